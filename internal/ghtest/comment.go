package ghtest

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

type comment struct {
	id               int64
	author           *user
	association      string
	body             string
	created, updated time.Time
	edits
	reactions []*reaction
}

// edits are the last change of a text.
type edits struct {
	edited time.Time // zero: it is as it was written
	editor *user
}

// Comment adds a comment by a person and returns its id.
func (r *Repo) Comment(number int, by, body string) (int64, error) {
	var id int64
	err := r.act(number, "commenting on", func(i *issue) error {
		who := r.srv.account(by)
		if !r.mayTalk(i, who) {
			return errors.New("it is locked")
		}
		id = r.addComment(i, who, body).id
		return nil
	})
	return id, err
}

func (r *Repo) addComment(i *issue, by *user, body string) *comment {
	c := &comment{id: r.srv.nextID(), author: by, association: "CONTRIBUTOR", body: body, created: r.srv.now(), updated: r.srv.now()}
	if by.kind == "Bot" {
		c.association = "NONE"
	}
	i.comments = append(i.comments, c)
	i.updated = c.created
	r.refer(i, by, body)
	r.srv.hooks.comment(r, "created", i, c, by, nil)
	return c
}

// DeleteComment deletes a comment, by a person; the history shows that one was deleted, and whose it was.
func (r *Repo) DeleteComment(number int, by string, id int64) error {
	return r.act(number, "deleting a comment of", func(i *issue) error {
		c, err := i.comment(id)
		if err == nil {
			r.deleteComment(i, c, r.srv.account(by))
		}
		return err
	})
}

// comment finds one of its comments.
func (i *issue) comment(id int64) (*comment, error) {
	for _, c := range i.comments {
		if c.id == id {
			return c, nil
		}
	}
	return nil, fmt.Errorf("it has no comment %d", id)
}

func (r *Repo) deleteComment(i *issue, c *comment, by *user) {
	i.comments = slices.DeleteFunc(i.comments, func(x *comment) bool { return x == c })
	i.updated = r.srv.now()
	r.happened(i, event{kind: "CommentDeleted", actor: by, author: c.author})
	r.srv.hooks.comment(r, "deleted", i, c, by, nil)
}

// EditComment changes a comment, by its author or by somebody who may.
func (r *Repo) EditComment(number int, by string, id int64, body string) error {
	return r.act(number, "editing a comment of", func(i *issue) error {
		c, err := i.comment(id)
		if err == nil {
			r.editComment(i, c, r.srv.account(by), body)
		}
		return err
	})
}

func (r *Repo) editComment(i *issue, c *comment, by *user, body string) {
	from := c.body
	c.body, c.updated, c.edits = body, r.srv.now(), edits{r.srv.now(), by}
	r.refer(i, by, body)
	r.srv.hooks.comment(r, "edited", i, c, by, obj{"changes": obj{"body": obj{"from": from}}})
}
