package world

import (
	"fmt"

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
