package world

import (
	"errors"
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// mergedTree merges two commits with git's own merge; ErrConflict if they conflict. The outcome is kept.
func (r *Repo) mergedTree(base, head string) (string, error) {
	key := [2]string{base, head}
	tree, known := r.merges[key]
	if !known {
		var err error
		if tree, err = r.Store.Merge(base, head); err != nil && !errors.Is(err, gitstore.ErrConflict) {
			return "", fmt.Errorf("merging %s into %s: %w", head, base, err)
		}
		r.merges[key] = tree
	}
	if tree == "" {
		return "", gitstore.ErrConflict
	}
	return tree, nil
}

// Mergeable is GraphQL's word for whether the pull request can be merged.
func (r *Repo) Mergeable(i *Issue) string {
	base := r.Refs["refs/heads/"+i.Pull.BaseRef]
	if i.State != "open" || base == "" {
		return "UNKNOWN"
	}
	switch _, err := r.mergedTree(base, i.Pull.HeadSHA); {
	case errors.Is(err, gitstore.ErrConflict):
		return "CONFLICTING"
	case err != nil:
		return "UNKNOWN"
	}
	return "MERGEABLE"
}

// Told is the mergeability that a request sees: UNKNOWN in all fields of the first that asks.
func (r *Repo) Told(asker any, i *Issue, state func(*Issue) string) string {
	if r.asked == nil || i.State != "open" {
		return state(i)
	}
	key := [2]string{r.Refs["refs/heads/"+i.Pull.BaseRef], i.Pull.HeadSHA}
	if first, known := r.asked[key]; !known || first == asker {
		r.asked[key] = asker
		return "UNKNOWN"
	}
	return state(i)
}

// LazyMergeability says whether GitHub is slow; see Told.
func (r *Repo) LazyMergeability(lazy bool) {
	if r.asked = nil; lazy {
		r.asked = map[[2]string]any{}
	}
}
