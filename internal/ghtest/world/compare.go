package world

import (
	"slices"
)

// PullsOf are the pull requests that brought a commit, and the open ones that have it.
func (r *Repo) PullsOf(sha string) []*Issue {
	var found []*Issue
	for _, i := range r.Root().SortedIssues() {
		switch p := i.Pull; {
		case p == nil:
		case slices.Contains(p.introduced, sha):
			found = append(found, i)
		case i.State == "open" || p.Merged():
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
