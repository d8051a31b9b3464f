package world

import (
	"slices"
	"unicode/utf8"
)

// CheckComment is why GitHub refuses a comment's text, or nil.
func CheckComment(text string) error {
	switch {
	case text == "":
		return Invalid("IssueComment", "body", "missing_field", "")
	case utf8.RuneCountInString(text) > 65536:
		return Invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return nil
}

// AddComment adds a comment, and the references that it makes.
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

// EditComment changes the text of a comment.
func (r *Repo) EditComment(i *Issue, c *Comment, by *User, body string) {
	from := c.Body
	c.Body, c.Updated, c.Edits = body, r.World.Now(), Edits{r.World.Now(), by}
	r.refer(i, by, body)
	r.World.emit(Event{Name: "issue_comment", Action: "edited", Repo: r, By: by, Issue: i, Comment: c, Was: map[string]string{"body": from}})
}

// DeleteComment deletes a comment; the history shows whose it was.
func (r *Repo) DeleteComment(i *Issue, c *Comment, by *User) {
	i.Comments = slices.DeleteFunc(i.Comments, func(x *Comment) bool { return x == c })
	i.Updated = r.World.Now()
	r.happened(i, TimelineEvent{Kind: "CommentDeleted", Actor: by, Author: c.Author})
	r.World.emit(Event{Name: "issue_comment", Action: "deleted", Repo: r, By: by, Issue: i, Comment: c})
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
