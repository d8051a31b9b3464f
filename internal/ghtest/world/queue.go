package world

import (
	"errors"
	"maps"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// mergeQueueBot is who merges and pushes for the queue.
func (r *Repo) mergeQueueBot() *User { return r.World.Account("github-merge-queue[bot]") }

// build makes the commits of a group, by the first method that is allowed.
func (r *Repo) build(q *Queued) error {
	method := "merge"
	if len(r.Methods) > 0 {
		method = r.Methods[0]
	}
	made, err := r.mergeCommits(q.Pull, MergeOptions{By: r.mergeQueueBot().Login, Method: method}, q.Base)
	q.made = made
	return err
}

// announce makes the branch of a group and requests checks.
func (r *Repo) announce(q *Queued) error {
	if err := r.SetRef(q.Ref(), q.Head()); err != nil {
		return err
	}
	r.World.emit(Event{Name: "push", Repo: r, By: r.mergeQueueBot(), Ref: q.Ref(), After: q.Head()})
	r.World.emit(Event{Name: "merge_group", Action: "checks_requested", Repo: r, By: r.mergeQueueBot(), Group: q})
	return nil
}

// destroy removes the branch of a group; why is merged, invalidated or dequeued.
func (r *Repo) destroy(q *Queued, why string) error {
	r.World.emit(Event{Name: "merge_group", Action: "destroyed", Repo: r, By: r.mergeQueueBot(), Group: q, Reason: why})
	r.World.emit(Event{Name: "push", Repo: r, By: r.mergeQueueBot(), Ref: q.Ref(), Before: q.Head()})
	return r.SetRef(q.Ref(), "")
}

// Dequeue takes a pull request out, for a reason in the words of pull_request.dequeued.
func (r *Repo) Dequeue(i *Issue, reason string) error {
	q := r.QueueEntry(i)
	if q == nil {
		return nil
	}
	r.drop(q, reason)
	return errors.Join(r.destroy(q, "dequeued"), r.rebuild(q.Branch))
}

// drop takes an entry off its queue.
func (r *Repo) drop(q *Queued, reason string) {
	r.Queues[q.Branch] = slices.DeleteFunc(r.Queues[q.Branch], func(x *Queued) bool { return x == q })
	r.happened(q.Pull, TimelineEvent{Kind: "RemovedFromMergeQueue", Actor: r.mergeQueueBot(), From: q.Head(), To: reason})
	r.changed(q.Pull, Event{Action: "dequeued", By: r.mergeQueueBot(), Reason: reason})
}

// rebuild makes those groups again that are not on top of the one before; it drops what is closed or conflicts now.
func (r *Repo) rebuild(branch string) error {
	base := r.Refs["refs/heads/"+branch]
	for _, q := range slices.Clone(r.Queues[branch]) {
		kept, err := r.renew(q, base)
		if err != nil {
			return err
		}
		if kept {
			base = q.Head()
		}
	}
	return nil
}

// renew puts a group on top of a base, and reports whether it stays in the queue.
func (r *Repo) renew(q *Queued, base string) (bool, error) {
	switch {
	case q.Pull.Pull.Merged():
		r.drop(q, "ALREADY_MERGED")
		return false, r.destroy(q, "dequeued")
	case q.Pull.State != "open" || q.Pull.Pull.BaseRef != q.Branch:
		r.drop(q, "MANUAL")
		return false, r.destroy(q, "dequeued")
	case q.Base == base:
		return true, nil
	}
	if err := r.destroy(q, "invalidated"); err != nil {
		return false, err
	}
	fresh := *q
	fresh.Base = base
	err := r.build(&fresh)
	if errors.Is(err, gitstore.ErrConflict) {
		r.drop(q, "MERGE_CONFLICT")
		return false, nil
	}
	if err != nil {
		return false, err
	}
	*q = fresh
	return true, r.announce(q)
}

// MergeQueued brings the first group to its branch.
func (r *Repo) MergeQueued(q *Queued) error {
	r.drop(q, "MERGE")
	if err := r.destroy(q, "merged"); err != nil {
		return err
	}
	return r.land(q.Pull, r.mergeQueueBot(), q.made)
}

// runQueues merges the groups whose checks are successful, and takes out those whose checks are not.
func (r *Repo) runQueues() error {
	for _, branch := range slices.Sorted(maps.Keys(r.Queues)) {
		for moves := true; moves; {
			var err error
			if moves, err = r.runQueue(branch); err != nil {
				return err
			}
		}
	}
	return nil
}

// runQueue looks at the first of a queue, and reports whether there is another first now.
func (r *Repo) runQueue(branch string) (bool, error) {
	want, _ := r.Protection(branch)
	if err := r.rebuild(branch); err != nil {
		return false, err
	}
	if len(r.Queues[branch]) == 0 || len(want.RequiredContexts) == 0 {
		return false, nil
	}
	q := r.Queues[branch][0]
	states := r.contexts(q.Head())
	switch {
	case slices.ContainsFunc(want.RequiredContexts, func(name string) bool { return states[name] == "FAILURE" || states[name] == "ERROR" }):
		return true, r.Dequeue(q.Pull, "CI_FAILURE")
	case len(r.unmetContexts(q.Head(), want.RequiredContexts)) == 0:
		return true, r.MergeQueued(q)
	}
	return false, nil
}
