package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// SetDraft turns a pull request into a draft, or makes it ready for review.
func (r *Repo) SetDraft(i *Issue, by *User, draft bool) error {
	if i.Pull.Draft == draft {
		return nil
	}
	i.Pull.Draft = draft
	action, kind := "ready_for_review", "ReadyForReview"
	if draft {
		action, kind = "converted_to_draft", "ConvertToDraft"
	}
	r.happened(i, TimelineEvent{Kind: kind, Actor: by})
	r.changed(i, Event{Action: action, By: by})
	return r.Settle()
}

// CloseFor closes what is open, for a reason.
func (r *Repo) CloseFor(i *Issue, by *User, reason string) error {
	if i.State != "open" || !slices.Contains(closeReasons, reason) {
		return fmt.Errorf("it is not open, or %q is no reason", reason)
	}
	r.closeAs(i, by, reason)
	return r.Settle()
}

// Link links a pull request to an issue that it closes, or no longer. It emits no event.
func (r *Repo) Link(i *Issue, to int, on bool) error {
	x := r.Issues[to]
	if i.Pull == nil || x == nil || x.Pull != nil {
		return fmt.Errorf("#%d is no pull request, or #%d no issue", i.Number, to)
	}
	i.Pull.linked = slices.DeleteFunc(slices.Clone(i.Pull.linked), func(l *Issue) bool { return l == x })
	if on {
		i.Pull.linked = append(i.Pull.linked, x)
	}
	return nil
}

// MergeAt is Merge for people who may bypass protections, of the expected head only.
func (r *Repo) MergeAt(i *Issue, o MergeOptions) (string, error) {
	p := i.Pull
	if i.State != "open" || p.Draft || !r.HasBranch(p.BaseRef) {
		return "", errors.New("it is closed, a draft, or without a base")
	}
	if o.SHA != "" && o.SHA != p.HeadSHA {
		return "", errors.New("its head is not the expected one")
	}
	return r.Merge(i, o)
}

// Enqueue puts a pull request that may be merged into the merge queue of its base branch, and returns the head of its group.
func (r *Repo) Enqueue(i *Issue, by *User) (string, error) {
	p := i.Pull
	switch unmet := r.unmet(p); {
	case i.State != "open" || p.Draft || r.QueueEntry(i) != nil:
		return "", errors.New("it is closed, a draft, or queued")
	case len(unmet) > 0:
		return "", errors.New(strings.Join(unmet, " "))
	}
	q := &Queued{ID: r.World.nextID(), Pull: i, By: by, At: r.World.Now(), Branch: p.BaseRef, Base: r.Refs["refs/heads/"+p.BaseRef]}
	if before := r.Queues[p.BaseRef]; len(before) > 0 {
		q.Base = before[len(before)-1].Head()
	}
	if err := r.build(q); err != nil {
		return "", err
	}
	head := q.Head()
	r.Queues[p.BaseRef] = append(r.Queues[p.BaseRef], q)
	r.happened(i, TimelineEvent{Kind: "AddedToMergeQueue", Actor: q.By})
	r.changed(i, Event{Action: "enqueued", By: q.By})
	if err := r.announce(q); err != nil {
		return head, err
	}
	return head, r.Settle()
}
