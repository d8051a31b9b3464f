package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// Settle merges what waited and may be merged now, queues too.
func (r *Repo) Settle() error {
	r = r.Root()
	for _, number := range slices.Sorted(maps.Keys(r.waiting)) {
		i := r.waiting[number]
		if i == nil || !slices.Contains([]string{"CLEAN", "UNSTABLE"}, r.MergeState(i)) {
			continue // another merge may have settled it
		}
		a := i.Pull.Auto
		_, err := r.Merge(i, MergeOptions{By: a.By.Login, Method: a.Method, Title: a.Title, Body: a.Body})
		if errors.Is(err, gitstore.ErrConflict) { // of a rebase, which can fail where a merge does not
			err = r.DisableAutoMerge(i, a.By, "Merge conflict")
		}
		if err != nil {
			return fmt.Errorf("merging %s#%d by itself: %w", r.FullName(), number, err)
		}
	}
	return r.runQueues()
}

// RefMoved does what GitHub does after a ref changed: a push event, and pull requests follow their head.
func (r *Repo) RefMoved(ref, old, tip string, by *User) error {
	r.Pushed = r.World.Now()
	r.World.emit(Event{Name: "push", Repo: r, By: by, Ref: ref, Before: old, After: tip})
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok || old == "" {
		return nil
	}
	if tip == "" {
		r.gone(branch, old, by)
		return r.Settle()
	}
	for _, i := range r.PullsWith(func(p *Pull) bool { return p.HeadRepo == r && p.HeadRef == branch }) {
		if i.State != "open" {
			continue
		}
		if err := r.Root().follow(i, tip, by); err != nil {
			return err
		}
	}
	return r.Settle()
}

// gone closes the pull requests from and to a deleted branch. Those to the branch of a merged one go to its base instead ("Deleting and
// restoring branches in a pull request").
func (r *Repo) gone(branch, old string, by *User) {
	next := ""
	for _, i := range r.PullsWith(func(p *Pull) bool { return p.Merged() && p.HeadRepo == r && p.HeadRef == branch }) {
		next = i.Pull.BaseRef
	}
	for _, i := range r.PullsWith(func(p *Pull) bool {
		return (p.HeadRepo == r && p.HeadRef == branch) || (r.Parent == nil && p.BaseRef == branch)
	}) {
		switch {
		case i.State != "open":
		case i.Pull.BaseRef == branch && r.Parent == nil && r.Refs["refs/heads/"+next] != "":
			r.rebase(i, next, by)
		default:
			r.Root().Close(i, by)
		}
		if i.Pull.HeadRef == branch && i.Pull.HeadRepo == r && i.Pull.HeadSHA == old {
			r.Root().happened(i, TimelineEvent{Kind: "HeadRefDeleted", Actor: by, From: branch})
		}
	}
}

// rebase gives a pull request another base, as GitHub does by itself.
func (r *Repo) rebase(i *Issue, base string, by *User) {
	p := i.Pull
	was := map[string]string{"base": p.BaseRef, "sha": p.BaseSHA}
	r.happened(i, TimelineEvent{Kind: "AutomaticBaseChangeSucceeded", Actor: by, From: p.BaseRef, To: base})
	p.BaseRef, p.BaseSHA = base, r.Refs["refs/heads/"+base]
	r.changed(i, Event{Action: "edited", By: by, Was: was})
}

// follow moves the head of a pull request.
func (r *Repo) follow(i *Issue, tip string, by *User) error {
	before := i.Pull.HeadSHA
	if before == tip {
		return nil
	}
	if err := r.Dequeue(i, "BRANCH_PROTECTIONS"); err != nil {
		return err
	}
	i.Pull.HeadSHA, i.Pull.pusher = tip, by
	if mergeBase, _, err := r.Store.Between(before, tip); err != nil || mergeBase != before {
		r.happened(i, TimelineEvent{Kind: "HeadRefForcePushed", Actor: by, From: before, To: tip})
	}
	if sha, ok := r.Refs["refs/heads/"+i.Pull.BaseRef]; ok {
		i.Pull.BaseSHA = sha
	}
	if err := r.SetRef(i.Pull.ref(), tip); err != nil {
		return err
	}
	r.changed(i, Event{Action: "synchronize", By: by, Before: before, After: tip})
	r.stale(i, by)
	if err := r.propose(i, by); err != nil {
		return err
	}
	return r.distrust(i, by)
}
