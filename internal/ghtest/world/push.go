package world

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

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

// Received finds out what a push changed and does what follows from it.
func (r *Repo) Received(by *User) {
	disk, err := r.diskRefs()
	if err != nil || r.Deleted {
		return
	}
	before := r.onDisk // what the server changed meanwhile stays
	r.onDisk = disk
	names := maps.Clone(disk)
	maps.Copy(names, before)
	for _, ref := range slices.Sorted(maps.Keys(names)) {
		if before[ref] == disk[ref] || strings.HasPrefix(ref, "refs/pull/") || r.SetRef(ref, disk[ref]) != nil {
			continue
		}
		if by == r.World.App.Bot {
			r.Record(Write{Kind: "push", SHA: disk[ref], Key: ref})
		}
		_ = r.RefMoved(ref, before[ref], disk[ref], by) // the next push finds what could not be followed
	}
}
