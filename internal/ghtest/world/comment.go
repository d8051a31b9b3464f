package world

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

type Comment struct {
	ID               int64
	Author           *User
	Association      string
	Body             string
	Created, Updated time.Time
	Edits
	Reactions []*Reaction
}

// Edits are the last change of a text.
type Edits struct {
	Edited time.Time // zero: it is as it was written
	Editor *User
}

func (r *Repo) AddComment(i *Issue, by *User, body string) *Comment {
	c := &Comment{ID: r.World.nextID(), Author: by, Association: "CONTRIBUTOR", Body: body, Created: r.World.Now(), Updated: r.World.Now()}
	if by.Kind == "Bot" {
		c.Association = "NONE"
	}
	i.Comments = append(i.Comments, c)
	i.Updated = c.Created
	r.refer(i, by, body)
	r.World.emit(Event{Name: "issue_comment", Action: "created", Repo: r, By: by, Issue: i, Comment: c})
	return c
}

// Comment finds one of its comments.
func (i *Issue) Comment(id int64) (*Comment, error) {
	for _, c := range i.Comments {
		if c.ID == id {
			return c, nil
		}
	}
	return nil, fmt.Errorf("it has no comment %d", id)
}

func (r *Repo) DeleteComment(i *Issue, c *Comment, by *User) {
	i.Comments = slices.DeleteFunc(i.Comments, func(x *Comment) bool { return x == c })
	i.Updated = r.World.Now()
	r.happened(i, TimelineEvent{Kind: "CommentDeleted", Actor: by, Author: c.Author})
	r.World.emit(Event{Name: "issue_comment", Action: "deleted", Repo: r, By: by, Issue: i, Comment: c})
}

func (r *Repo) EditComment(i *Issue, c *Comment, by *User, body string) {
	from := c.Body
	c.Body, c.Updated, c.Edits = body, r.World.Now(), Edits{r.World.Now(), by}
	r.refer(i, by, body)
	r.World.emit(Event{Name: "issue_comment", Action: "edited", Repo: r, By: by, Issue: i, Comment: c, Was: map[string]string{"body": from}})
}

func (w *World) CommentHTML(r *Repo, i *Issue, c *Comment) string {
	return w.IssueHTML(r, i) + "#issuecomment-" + Decimal(c.ID)
}

func CheckComment(text string) error {
	switch {
	case text == "":
		return Invalid("IssueComment", "body", "missing_field", "")
	case utf8.RuneCountInString(text) > 65536:
		return Invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return nil
}

// AddComment comments; on what is locked an App may not, whatever its permissions are.
func (a Actor) AddComment(r *Repo, i *Issue, text string) (*Comment, error) {
	if err := CheckComment(text); err != nil {
		return nil, err
	}
	if !r.MayTalk(i, a.Writer()) {
		return nil, lockedError("Unable to create comment because issue is locked.")
	}
	x := r.AddComment(i, a.Writer(), text)
	if a.ByApp() {
		r.Record(Write{Kind: "comment", Number: i.Number, Key: Decimal(x.ID), Text: text})
	}
	return x, nil
}

// FindComment is nil for what does not exist.
func (r *Repo) FindComment(id int64) (*Issue, *Comment) {
	for _, i := range r.Issues {
		for _, x := range i.Comments {
			if x.ID == id {
				return i, x
			}
		}
	}
	return nil, nil
}

func (a Actor) UpdateComment(r *Repo, i *Issue, x *Comment, text string) error {
	if err := CheckComment(text); err != nil {
		return err
	}
	r.EditComment(i, x, a.Writer(), text)
	if a.ByApp() {
		r.Record(Write{Kind: "comment-edit", Number: i.Number, Key: Decimal(x.ID), Text: text})
	}
	return nil
}
