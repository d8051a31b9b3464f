package world

import (
	"errors"
	"time"
)

var closeReasons = []string{"completed", "not_planned", "duplicate"}

// Close closes an issue as completed, or a pull request without merging.
func (r *Repo) Close(i *Issue, by *User) { r.closeAs(i, by, "completed") }

func (r *Repo) closeAs(i *Issue, by *User, reason string) {
	i.State, i.Closed = "closed", r.World.Now()
	if i.Pull == nil {
		i.Reason = reason
	}
	r.Open--
	delete(r.waiting, i.Number)
	if i.Pull != nil && !i.Pull.Merged() {
		i.Pull.Auto = nil
	}
	r.happened(i, TimelineEvent{Kind: "Closed", Actor: by, To: i.Reason})
	r.changed(i, Event{Action: "closed", By: by})
}

// closeIssues closes what a merged pull request closes.
func (r *Repo) closeIssues(i *Issue, by *User) {
	for _, x := range r.Closes(i) {
		if x.State == "open" {
			x.Repo.Close(x, by)
		}
	}
}

// Reopen opens what is closed; an error is GitHub's reason why it stays closed.
func (r *Repo) Reopen(i *Issue, by *User) error {
	p := i.Pull
	if p != nil {
		if reason := r.staysClosed(p); reason != "" {
			return errors.New("state cannot be changed. " + reason)
		}
	}
	i.State, i.Closed = "open", time.Time{}
	r.Open++
	r.happened(i, TimelineEvent{Kind: "Reopened", Actor: by})
	if p == nil {
		i.Reason = "reopened"
		r.changed(i, Event{Action: "reopened", By: by})
		return nil
	}
	p.BaseSHA = r.Refs["refs/heads/"+p.BaseRef]
	if p.HeadSHA != p.Head() { // it moved on while the pull request was closed
		p.HeadSHA = p.Head()
		if err := r.SetRef(p.ref(), p.HeadSHA); err != nil {
			return err
		}
	}
	r.changed(i, Event{Action: "reopened", By: by})
	return nil
}

// staysClosed says why a pull request cannot be opened again, "" if it can.
func (r *Repo) staysClosed(p *Pull) string {
	tip := p.Head()
	switch {
	case p.Merged():
		return "The pull request cannot be reopened."
	case p.HeadRepo.Deleted:
		return "The repository that submitted this pull request has been deleted."
	case tip == "":
		return "The " + p.HeadRef + " branch has been deleted."
	case r.Refs["refs/heads/"+p.BaseRef] == "":
		return "The " + p.BaseRef + " branch has been deleted."
	case r.OpenPullOf(p.HeadRepo, p.HeadRef, p.BaseRef) != nil:
		return "There is already an open pull request from " + p.HeadRef + " to " + p.BaseRef + "."
	}
	if mergeBase, _, err := r.Store.Between(p.HeadSHA, tip); err != nil || mergeBase != p.HeadSHA {
		return "The " + p.HeadRef + " branch was force-pushed or recreated."
	}
	return ""
}

// OpenPullOf finds the open pull request of a branch into a base, or nil.
func (r *Repo) OpenPullOf(head *Repo, ref, base string) *Issue {
	for _, i := range r.Issues {
		if p := i.Pull; p != nil && i.State == "open" && p.HeadRepo == head && p.HeadRef == ref && p.BaseRef == base {
			return i
		}
	}
	return nil
}
