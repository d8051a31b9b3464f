package ghtest

import (
	"errors"
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// OpenPR opens a pull request and returns its number. The head must exist and differ from the base.
func (r *Repo) OpenPR(pr PR) (int, error) {
	defer r.lock()()
	i, err := r.repo.OpenPR(pr)
	if err != nil {
		return 0, err
	}
	return i.Number, nil
}

// OpenIssue opens an issue and returns its number.
func (r *Repo) OpenIssue(in Issue) (int, error) {
	defer r.lock()()
	i, err := r.repo.OpenIssue(in)
	if err != nil {
		return 0, err
	}
	return i.Number, nil
}

// EditTitle changes the title, by the author.
func (r *Repo) EditTitle(number int, title string) error { return r.EditTitleBy(number, "", title) }

// EditTitleBy changes the title, by someone who may.
func (r *Repo) EditTitleBy(number int, by, title string) error {
	return r.editAs(number, "editing the title of", by, world.Edit{Title: &title})
}

// EditBody changes the text, by the author.
func (r *Repo) EditBody(number int, body string) error { return r.EditBodyBy(number, "", body) }

// EditBodyBy changes the text, by someone who may.
func (r *Repo) EditBodyBy(number int, by, body string) error {
	return r.editAs(number, "editing the body of", by, world.Edit{Body: &body})
}

// editAs edits by a person, or with no name by the author.
func (r *Repo) editAs(number int, doing, by string, e world.Edit) error {
	return r.act(number, doing, func(i *world.Issue) error {
		who := i.Author
		if by != "" {
			who = r.account(by)
		}
		r.repo.Edit(i, who, e)
		return nil
	})
}

func (r *Repo) account(login string) *world.User { return r.srv.world.Account(login) }

// EditBase moves a pull request to another base branch, by the author.
func (r *Repo) EditBase(number int, base string) error {
	return r.actPull(number, "editing the base of", func(i *world.Issue) error {
		if !r.repo.HasBranch(base) {
			return fmt.Errorf("there is no branch %q", base)
		}
		r.repo.Edit(i, i.Author, world.Edit{Base: &base})
		return r.repo.Settle()
	})
}

// Label puts labels on, by a person. Those that are on it already change nothing.
func (r *Repo) Label(number int, by string, names ...string) error {
	return r.act(number, "labelling", func(i *world.Issue) error {
		for _, name := range names {
			r.repo.AddLabel(i, name, r.account(by))
		}
		return nil
	})
}

// Unlabel takes labels off, by a person.
func (r *Repo) Unlabel(number int, by string, names ...string) error {
	return r.act(number, "unlabelling", func(i *world.Issue) error {
		for _, name := range names {
			if !r.repo.RemoveLabel(i, name, r.account(by)) {
				return fmt.Errorf("it has no label %q", name)
			}
		}
		return nil
	})
}

// SetDraft turns a pull request into a draft or makes it ready for review, by the author.
func (r *Repo) SetDraft(number int, draft bool) error {
	return r.actPull(number, "drafting", func(i *world.Issue) error { return r.repo.SetDraft(i, i.Author, draft) })
}

// Close closes an issue as completed, or a pull request without merging.
func (r *Repo) Close(number int, by string) error { return r.CloseAs(number, by, "completed") }

// CloseAs closes an issue as completed, not_planned or duplicate; of a pull request the reason is not kept.
func (r *Repo) CloseAs(number int, by, reason string) error {
	return r.act(number, "closing", func(i *world.Issue) error { return r.repo.CloseFor(i, r.account(by), reason) })
}

// Reopen opens a closed issue, or a pull request whose head branch still exists.
func (r *Repo) Reopen(number int, by string) error {
	return r.act(number, "reopening", func(i *world.Issue) error {
		if i.State == "open" {
			return errors.New("it is open")
		}
		return r.repo.Reopen(i, r.account(by))
	})
}

// Link links a pull request to an issue that it closes, or no longer, by a person in the sidebar. It fires no event.
func (r *Repo) Link(number, to int, on bool) error {
	return r.act(number, "linking", func(i *world.Issue) error { return r.repo.Link(i, to, on) })
}

// Lock locks the conversation; reason is off-topic, too heated, resolved, spam, or empty.
func (r *Repo) Lock(number int, by, reason string) error {
	return r.act(number, "locking", func(i *world.Issue) error { return r.repo.Lock(i, r.account(by), reason) })
}

// Unlock opens the conversation again.
func (r *Repo) Unlock(number int, by string) error {
	return r.act(number, "unlocking", func(i *world.Issue) error { return r.repo.Unlock(i, r.account(by)) })
}

// Comment adds a comment by a person and returns its id.
func (r *Repo) Comment(number int, by, body string) (int64, error) {
	var id int64
	err := r.act(number, "commenting on", func(i *world.Issue) error {
		if !r.repo.MayTalk(i, r.account(by)) {
			return errors.New("it is locked")
		}
		id = r.repo.AddComment(i, r.account(by), body).ID
		return nil
	})
	return id, err
}

// EditComment changes a comment, by its author or by someone who may.
func (r *Repo) EditComment(number int, by string, id int64, body string) error {
	return r.act(number, "editing a comment of", func(i *world.Issue) error {
		c, err := i.Comment(id)
		if err == nil {
			r.repo.EditComment(i, c, r.account(by), body)
		}
		return err
	})
}

// DeleteComment deletes a comment, by a person; the history shows that one was deleted, and whose it was.
func (r *Repo) DeleteComment(number int, by string, id int64) error {
	return r.act(number, "deleting a comment of", func(i *world.Issue) error {
		c, err := i.Comment(id)
		if err == nil {
			r.repo.DeleteComment(i, c, r.account(by))
		}
		return err
	})
}

// React puts an emoji ("+1", "eyes", …) on a comment, or with comment 0 on the issue or pull request itself, by a person.
func (r *Repo) React(number int, by string, comment int64, content string) error {
	return r.act(number, "reacting to", func(i *world.Issue) error { return r.repo.ReactTo(i, comment, r.account(by), content) })
}

// Review submits a review of the head: APPROVED, CHANGES_REQUESTED or COMMENTED, and returns its id.
func (r *Repo) Review(number int, by, state, body string) (int64, error) {
	var id int64
	err := r.actPull(number, "reviewing", func(i *world.Issue) (err error) {
		id, err = r.repo.Review(i, r.account(by), state, body)
		return err
	})
	return id, err
}

// DismissReview dismisses an approval or a request for changes.
func (r *Repo) DismissReview(number int, by string, id int64, message string) error {
	return r.actPull(number, "dismissing a review of", func(i *world.Issue) error {
		return r.repo.DismissReview(i, r.account(by), id, message)
	})
}

// RequestReview asks collaborators to review, by a person.
func (r *Repo) RequestReview(number int, by string, logins ...string) error {
	return r.actPull(number, "requesting a review of", func(i *world.Issue) error {
		_, err := r.repo.RequestReviews(i, r.account(by), logins)
		return err
	})
}

// Assign assigns an issue or pull request to people, by a person.
func (r *Repo) Assign(number int, by string, logins ...string) error {
	return r.act(number, "assigning", func(i *world.Issue) error {
		for _, login := range logins {
			if !r.repo.Assignable(i, r.account(login)) {
				return fmt.Errorf("%s cannot be assigned", login)
			}
		}
		r.repo.Assign(i, r.account(by), logins)
		return nil
	})
}

// Milestone puts an issue or pull request into a milestone, by a person; "" takes it out.
func (r *Repo) Milestone(number int, by, title string) error {
	return r.act(number, "setting the milestone of", func(i *world.Issue) error {
		r.repo.Milestone(i, r.account(by), title)
		return nil
	})
}

// TransferIssue moves an issue to another repository of the owner, by a person, and returns its number there. Its comments go with
// it, and of its labels those that exist there. The old number leads to the new place.
func (r *Repo) TransferIssue(number int, by string, to *Repo) (int, error) {
	moved := 0
	err := r.act(number, "transferring", func(i *world.Issue) error {
		if err := r.repo.Transfer(i, r.account(by), to.repo); err != nil {
			return err
		}
		moved = i.Number
		return nil
	})
	return moved, err
}

// DeleteIssue deletes an issue, by a person. Its number is not used again.
func (r *Repo) DeleteIssue(number int, by string) error {
	return r.act(number, "deleting", func(i *world.Issue) error { return r.repo.DeleteIssue(i, r.account(by)) })
}
