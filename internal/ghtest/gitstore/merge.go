package gitstore

import (
	"errors"
	"strings"
	"time"
)

// ErrConflict is the error of a merge with conflicts.
var ErrConflict = errors.New("it conflicts with its base")

// Pick is the tree of a commit applied to another one, or ErrConflict: for conflicts, and for a commit with several parents.
func (st *Store) Pick(onto string, c *Commit) (string, error) {
	if len(c.Parents) != 1 {
		return "", ErrConflict
	}
	to, err := st.Commit(onto)
	if err != nil {
		return "", err
	}
	from, err := st.Commit(c.Parents[0])
	if err != nil {
		return "", err
	}
	if from.Tree == to.Tree {
		return c.Tree, nil
	}
	// A commit on top of the parent makes that the merge base; the late date keeps git from walking the history.
	stand, err := st.WriteCommit(Draft{Message: "onto"}, to.Tree, time.Unix(4000000000, 0), from.SHA)
	if err != nil {
		return "", err
	}
	return st.mergeTree(stand, c.SHA)
}

// Merge is the tree of two commits merged, or ErrConflict.
func (st *Store) Merge(base, head string) (string, error) {
	mergeBase, _, err := st.Between(base, head)
	if err != nil {
		return "", err
	}
	if mergeBase == base {
		c, err := st.Commit(head)
		if err != nil {
			return "", err
		}
		return c.Tree, nil
	}
	if tree, ok, err := st.mergeApart(mergeBase, base, head); ok || err != nil {
		return tree, err
	}
	return st.mergeTree(base, head)
}

func (st *Store) mergeTree(ours, theirs string) (string, error) {
	out, err := st.Run("merge-tree", "--write-tree", "--no-messages", ours, theirs)
	tree, _, _ := strings.Cut(string(out), "\n")
	if err != nil && IsSHA(tree) { // of the files with conflict marks in them
		return "", ErrConflict
	}
	return tree, err
}
