package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

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

// PullsWith are the pull requests that have something, in order.
func (r *Repo) PullsWith(has func(*Pull) bool) []*Issue {
	var found []*Issue
	for _, i := range r.Root().Issues {
		if i.Pull != nil && has(i.Pull) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *Issue) int { return a.Number - b.Number })
	return found
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
	return r.distrust(i, by)
}

// Push adds commits to a branch ("main", or "alice:fix" in alice's fork, which is made on demand) and returns the new tip. With onto (a
// branch, "user:branch", ref or SHA) it resets the branch to that first.
func (r *Repo) Push(branch, onto string, commits []gitstore.Draft) (string, error) {
	to, name, err := r.Branch(branch, true)
	if err != nil {
		return "", fmt.Errorf("pushing to %s: %w", branch, err)
	}
	ref := "refs/heads/" + name
	old := to.Refs[ref]
	tip, from := old, onto
	if onto != "" || old == "" {
		if from == "" && len(commits) > 0 {
			from = commits[0].From
		}
		in, rev, err := r.Branch(from, false)
		ok := err == nil
		if ok {
			tip, ok = in.Resolve(rev)
		}
		if !ok {
			return "", fmt.Errorf("pushing to %s: there is no %q to start from", branch, from)
		}
	}
	author := to.Owner.Login // of the last commit
	for _, c := range commits {
		if c.Author == "" {
			c.Author = to.Owner.Login
		}
		author = c.Author
		if tip, err = r.Store.Make(c, r.World.Now(), tip); err != nil {
			return "", fmt.Errorf("pushing to %s: %w", branch, err)
		}
	}
	if err := to.SetRef(ref, tip); err != nil {
		return "", err
	}
	return tip, to.RefMoved(ref, old, tip, r.World.Account(author))
}

// DeleteBranch deletes a branch; open pull requests from it close, as on GitHub.
func (r *Repo) DeleteBranch(branch string) error {
	from, name, err := r.Branch(branch, false)
	if err != nil {
		return err
	}
	old := from.Refs["refs/heads/"+name]
	if old == "" {
		return fmt.Errorf("deleting branch %s: there is none", branch)
	}
	if err := from.SetRef("refs/heads/"+name, ""); err != nil {
		return err
	}
	return from.RefMoved("refs/heads/"+name, old, "", from.Owner)
}

// Tag makes a lightweight tag.
func (r *Repo) Tag(name, rev string) error {
	sha, ok := r.Resolve(rev)
	if !ok {
		return fmt.Errorf("tagging %s: there is no %q", name, rev)
	}
	old := r.Refs["refs/tags/"+name]
	if err := r.SetRef("refs/tags/"+name, sha); err != nil {
		return err
	}
	return r.RefMoved("refs/tags/"+name, old, sha, r.Owner)
}

// RestoreBranch puts the head branch of a closed pull request back, by the author.
func (r *Repo) RestoreBranch(i *Issue) error {
	p := i.Pull
	if p.HeadRepo.Deleted || p.Head() != "" {
		return errors.New("it is there, or its repository is gone")
	}
	if err := p.HeadRepo.SetRef("refs/heads/"+p.HeadRef, p.HeadSHA); err != nil {
		return err
	}
	r.happened(i, TimelineEvent{Kind: "HeadRefRestored", Actor: i.Author})
	return p.HeadRepo.RefMoved("refs/heads/"+p.HeadRef, "", p.HeadSHA, i.Author)
}
