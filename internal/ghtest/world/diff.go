package world

import (
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// Diff compares a head with the tip of its base; the result is kept.
func (r *Repo) Diff(base, head string) (*gitstore.Diff, error) {
	key := [2]string{base, head}
	if d := r.diffs[key]; d != nil {
		return d, nil
	}
	mergeBase, commits, err := r.Store.Between(base, head)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with %s: %w", base, head, err)
	}
	d := r.diffs[[2]string{mergeBase, head}]
	if d == nil {
		if d, err = r.Store.Compare(mergeBase, head); err != nil {
			return nil, fmt.Errorf("comparing %s with %s: %w", base, head, err)
		}
		d.Base, d.Commits = mergeBase, commits
		r.diffs[[2]string{mergeBase, head}] = d
	}
	r.diffs[key] = d
	return d, nil
}

// PullDiff compares the head with the base branch of now; of a merged pull request with the base before the merge.
func (r *Repo) PullDiff(p *Pull) (*gitstore.Diff, error) {
	base := p.BaseSHA
	if tip := r.Refs["refs/heads/"+p.BaseRef]; tip != "" && !p.Merged() {
		base = tip
	}
	return r.Diff(base, p.HeadSHA)
}

// WithPatches is the same diff with the hunks of each file.
func (r *Repo) WithPatches(d *gitstore.Diff, head string) (*gitstore.Diff, error) {
	if !d.NoPatches {
		return d, nil
	}
	full, err := r.Store.DiffTrees(d.Base, head)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with %s: %w", d.Base, head, err)
	}
	d.Files, d.NoPatches = full.Files, false
	return d, nil
}

// PullsOf are the pull requests that brought a commit. "If the commit is not present in the default branch, will additionally return open
// pull requests associated with the commit" (REST API, "List pull requests associated with a commit").
func (r *Repo) PullsOf(sha string) []*Issue {
	root := r.Root()
	onDefault := root.trunk(root.Refs["refs/heads/"+root.DefaultBranch])[sha]
	var found []*Issue
	for _, i := range r.Root().SortedIssues() {
		switch p := i.Pull; {
		case p == nil:
		case slices.Contains(p.introduced, sha):
			found = append(found, i)
		case i.State == "open" && !onDefault || p.Merged():
			if d, err := r.Root().PullDiff(p); err == nil && slices.Contains(d.Commits, sha) {
				found = append(found, i)
			}
		}
	}
	return found
}

// Apart counts the commits that only the head has, and those that only the base has.
func (r *Repo) Apart(base, head string) (ahead, behind int, err error) {
	_, onHead, err := r.Store.Between(base, head)
	if err != nil {
		return 0, 0, err
	}
	_, onBase, err := r.Store.Between(head, base)
	return len(onHead), len(onBase), err
}

// Comparison is the word for it.
func Comparison(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}
