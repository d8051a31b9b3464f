package ghtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Push adds commits to a branch ("main", or "alice:fix" in alice's fork, which is made on demand) and returns the new tip.
func (r *Repo) Push(branch string, commits ...Commit) (string, error) {
	return r.push(branch, "", commits)
}

// ForcePush resets a branch to onto (a branch, "user:branch", ref or SHA), adds commits, and returns the new tip.
func (r *Repo) ForcePush(branch, onto string, commits ...Commit) (string, error) {
	return r.push(branch, onto, commits)
}

func (r *Repo) push(branch, onto string, commits []Commit) (string, error) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	to, name, err := r.branch(branch, true)
	if err != nil {
		return "", fmt.Errorf("pushing to %s: %w", branch, err)
	}
	ref := "refs/heads/" + name
	old := to.refs[ref]
	start := old
	if onto != "" || old == "" {
		from := onto
		if from == "" && len(commits) > 0 {
			from = commits[0].From
		}
		in, rev, err := r.branch(from, false)
		ok := err == nil
		if ok {
			start, ok = in.resolve(rev)
		}
		if !ok {
			return "", fmt.Errorf("pushing to %s: there is no %q to start from", branch, from)
		}
	}
	tip := start
	for _, c := range commits {
		if c.Author == "" {
			c.Author = to.owner.login
		}
		if tip, err = r.store.make(c, r.srv.now(), tip); err != nil {
			return "", fmt.Errorf("pushing to %s: %w", branch, err)
		}
	}
	by := to.owner
	if len(commits) > 0 && commits[len(commits)-1].Author != "" {
		by = r.srv.account(commits[len(commits)-1].Author)
	}
	if err := to.setRef(ref, tip); err != nil {
		return "", err
	}
	return tip, to.moved(ref, old, tip, by)
}

// DeleteBranch deletes a branch; open pull requests from it close, as on GitHub.
func (r *Repo) DeleteBranch(branch string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	from, name, err := r.branch(branch, false)
	if err != nil {
		return err
	}
	old := from.refs["refs/heads/"+name]
	if old == "" {
		return fmt.Errorf("deleting branch %s: there is none", branch)
	}
	if err := from.setRef("refs/heads/"+name, ""); err != nil {
		return err
	}
	return from.moved("refs/heads/"+name, old, "", from.owner)
}

// Tag makes a lightweight tag.
func (r *Repo) Tag(name, rev string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	sha, ok := r.resolve(rev)
	if !ok {
		return fmt.Errorf("tagging %s: there is no %q", name, rev)
	}
	old := r.refs["refs/tags/"+name]
	if err := r.setRef("refs/tags/"+name, sha); err != nil {
		return err
	}
	return r.moved("refs/tags/"+name, old, sha, r.owner)
}

// moved does what GitHub does after a ref changed: a push event, and pull requests follow their head.
func (r *Repo) moved(ref, old, tip string, by *user) error {
	r.pushed = r.srv.now()
	r.srv.hooks.push(r, ref, old, tip, by)
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	if !ok || old == "" {
		return nil
	}
	if tip == "" {
		r.gone(branch, old, by)
		return r.settle()
	}
	for _, i := range r.pullsWith(func(p *pull) bool { return p.headRepo == r && p.headRef == branch }) {
		if i.state != "open" {
			continue
		}
		if err := r.root().follow(i, tip, by); err != nil {
			return err
		}
	}
	return r.settle()
}

// pullsWith are the pull requests that have something, in order.
func (r *Repo) pullsWith(has func(*pull) bool) []*issue {
	var found []*issue
	for _, i := range r.root().issues {
		if i.pull != nil && has(i.pull) {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(a, b *issue) int { return a.number - b.number })
	return found
}

// gone closes the pull requests from and to a deleted branch. Those to the branch of a merged one go to its base instead ("Deleting and
// restoring branches in a pull request").
func (r *Repo) gone(branch, old string, by *user) {
	next := ""
	for _, i := range r.pullsWith(func(p *pull) bool { return p.merged() && p.headRepo == r && p.headRef == branch }) {
		next = i.pull.baseRef
	}
	for _, i := range r.pullsWith(func(p *pull) bool {
		return (p.headRepo == r && p.headRef == branch) || (r.parent == nil && p.baseRef == branch)
	}) {
		switch {
		case i.state != "open":
		case i.pull.baseRef == branch && r.parent == nil && r.refs["refs/heads/"+next] != "":
			r.rebase(i, next, by)
		default:
			r.root().close(i, by)
		}
		if i.pull.headRef == branch && i.pull.headRepo == r && i.pull.headSHA == old {
			r.root().happened(i, event{kind: "HeadRefDeleted", actor: by, from: branch})
		}
	}
}

// rebase gives a pull request another base, as GitHub does by itself.
func (r *Repo) rebase(i *issue, base string, by *user) {
	p := i.pull
	changes := obj{"base": obj{"ref": obj{"from": p.baseRef}, "sha": obj{"from": p.baseSHA}}}
	r.happened(i, event{kind: "AutomaticBaseChangeSucceeded", actor: by, from: p.baseRef, to: base})
	p.baseRef, p.baseSHA = base, r.refs["refs/heads/"+base]
	r.changed(i, "edited", by, obj{"changes": changes})
}

// RestoreBranch puts the head branch of a closed pull request back, as its button does, by the author.
func (r *Repo) RestoreBranch(number int) error {
	return r.actPull(number, "restoring the branch of", func(i *issue) error {
		p := i.pull
		if p.headRepo.deleted || p.head() != "" {
			return errors.New("it is there, or its repository is gone")
		}
		if err := p.headRepo.setRef("refs/heads/"+p.headRef, p.headSHA); err != nil {
			return err
		}
		r.happened(i, event{kind: "HeadRefRestored", actor: i.author})
		return p.headRepo.moved("refs/heads/"+p.headRef, "", p.headSHA, i.author)
	})
}

// follow moves the head of a pull request.
func (r *Repo) follow(i *issue, tip string, by *user) error {
	before := i.pull.headSHA
	if before == tip {
		return nil
	}
	if err := r.dequeue(i, "BRANCH_PROTECTIONS"); err != nil {
		return err
	}
	i.pull.headSHA, i.pull.pusher = tip, by
	if mergeBase, _, err := r.store.between(before, tip); err != nil || mergeBase != before {
		r.happened(i, event{kind: "HeadRefForcePushed", actor: by, from: before, to: tip})
	}
	if sha, ok := r.refs["refs/heads/"+i.pull.baseRef]; ok {
		i.pull.baseSHA = sha
	}
	if err := r.setRef(i.pull.ref(), tip); err != nil {
		return err
	}
	r.changed(i, "synchronize", by, obj{"before": before, "after": tip})
	r.stale(i, by)
	return r.distrust(i, by)
}
