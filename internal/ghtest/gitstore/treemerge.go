package gitstore

import (
	"maps"
)

// straight reports whether a commit leads to another without a merge on the way, so that the two have one merge base.
func (st *Store) straight(from, to string) bool {
	const far = 500
	for range far {
		if from == to {
			return true
		}
		c, err := st.Commit(from)
		if err != nil || len(c.Parents) != 1 {
			return false
		}
		from = c.Parents[0]
	}
	return false
}

// mergeApart merges two commits that changed different entries, without a process: so that a thousand pull requests can be checked
// after every push. What both changed is for git to merge, even if to the same: one of them may have moved it elsewhere.
func (st *Store) mergeApart(base, ours, theirs string) (tree string, ok bool, err error) {
	if !st.straight(ours, base) || !st.straight(theirs, base) {
		return "", false, nil
	}
	var trees [3]string
	for at, sha := range []string{base, ours, theirs} {
		c, err := st.Commit(sha)
		if err != nil {
			return "", false, err
		}
		trees[at] = c.Tree
	}
	tree, ok, err = st.mergeEntries(trees[0], trees[1], trees[2])
	if err != nil || !ok || tree != "" {
		return tree, ok, err
	}
	tree, err = st.writeTree(nil)
	return tree, true, err
}

// mergeEntries merges directories; "" is none.
func (st *Store) mergeEntries(base, ours, theirs string) (string, bool, error) {
	var sides [3]map[string]Entry
	for at, tree := range []string{base, ours, theirs} {
		entries, err := st.entries(tree)
		if err != nil {
			return "", false, err
		}
		sides[at] = entries
	}
	names := maps.Clone(sides[0])
	maps.Copy(names, sides[1])
	maps.Copy(names, sides[2])
	var list []Entry
	for name := range names {
		old, our, their := sides[0][name], sides[1][name], sides[2][name]
		merged := our
		switch {
		case their == old:
		case our == old:
			merged = their
		case old.IsDir() && our.IsDir() && their.IsDir():
			sub, ok, err := st.mergeEntries(old.SHA, our.SHA, their.SHA)
			if err != nil || !ok {
				return "", false, err
			}
			if merged.SHA = sub; sub == "" {
				continue
			}
		default:
			return "", false, nil
		}
		if merged.SHA != "" {
			list = append(list, merged)
		}
	}
	if list == nil {
		return "", true, nil
	}
	tree, err := st.writeTree(list)
	return tree, true, err
}
