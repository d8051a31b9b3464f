package ghtest

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Close closes an issue as completed, or a pull request without merging.
func (r *Repo) Close(number int, by string) error {
	return r.CloseAs(number, by, "completed")
}

// CloseAs closes an issue as completed, not_planned or duplicate; of a pull request the reason is not kept.
func (r *Repo) CloseAs(number int, by, reason string) error {
	return r.act(number, "closing", func(i *issue) error {
		if i.state != "open" || !slices.Contains(closeReasons, reason) {
			return fmt.Errorf("it is not open, or %q is no reason", reason)
		}
		r.closeAs(i, r.srv.account(by), reason)
		return r.settle()
	})
}

var closeReasons = []string{"completed", "not_planned", "duplicate"}

func (r *Repo) close(i *issue, by *user) { r.closeAs(i, by, "completed") }

func (r *Repo) closeAs(i *issue, by *user, reason string) {
	i.state, i.closed = "closed", r.srv.now()
	if i.pull == nil {
		i.reason = reason
	}
	r.open--
	delete(r.waiting, i.number)
	if i.pull != nil && !i.pull.merged() {
		i.pull.auto = nil
	}
	r.happened(i, event{kind: "Closed", actor: by, to: i.reason})
	r.changed(i, "closed", by, nil)
}

// Reopen opens a closed issue, or a pull request whose head branch still exists.
func (r *Repo) Reopen(number int, by string) error {
	return r.act(number, "reopening", func(i *issue) error {
		if i.state == "open" {
			return errors.New("it is open")
		}
		return r.reopen(i, r.srv.account(by))
	})
}

// reopen opens what is closed; an error is GitHub's reason why it stays closed.
func (r *Repo) reopen(i *issue, by *user) error {
	p := i.pull
	if p != nil {
		if reason := r.staysClosed(p); reason != "" {
			return errors.New("state cannot be changed. " + reason)
		}
	}
	i.state, i.closed = "open", time.Time{}
	r.open++
	r.happened(i, event{kind: "Reopened", actor: by})
	if p == nil {
		i.reason = "reopened"
		r.changed(i, "reopened", by, nil)
		return nil
	}
	p.baseSHA = r.refs["refs/heads/"+p.baseRef]
	if p.headSHA != p.head() { // it moved on while the pull request was closed
		p.headSHA = p.head()
		if err := r.setRef(p.ref(), p.headSHA); err != nil {
			return err
		}
	}
	r.changed(i, "reopened", by, nil)
	return nil
}

// staysClosed says why a pull request cannot be opened again, "" if it can.
func (r *Repo) staysClosed(p *pull) string {
	tip := p.head()
	switch {
	case p.merged():
		return "The pull request cannot be reopened."
	case p.headRepo.deleted:
		return "The repository that submitted this pull request has been deleted."
	case tip == "":
		return "The " + p.headRef + " branch has been deleted."
	case r.refs["refs/heads/"+p.baseRef] == "":
		return "The " + p.baseRef + " branch has been deleted."
	case r.openPull(p.headRepo, p.headRef, p.baseRef) != nil:
		return "There is already an open pull request from " + p.headRef + " to " + p.baseRef + "."
	}
	if mergeBase, _, err := r.store.between(p.headSHA, tip); err != nil || mergeBase != p.headSHA {
		return "The " + p.headRef + " branch was force-pushed or recreated."
	}
	return ""
}

// openPull finds the open pull request of a branch into a base, or nil.
func (r *Repo) openPull(head *Repo, ref, base string) *issue {
	for _, i := range r.issues {
		if p := i.pull; p != nil && i.state == "open" && p.headRepo == head && p.headRef == ref && p.baseRef == base {
			return i
		}
	}
	return nil
}
