package ghtest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// between finds the merge base and the commits since. Straight histories are walked here, all others by git.
func (st *store) between(base, head string) (mergeBase string, commits []string, err error) {
	const far = 500
	known := map[string]bool{}
	for sha, n := base, 0; n < far; n++ {
		known[sha] = true
		c, err := st.commit(sha)
		if err != nil || len(c.parents) != 1 {
			break
		}
		sha = c.parents[0]
	}
	for sha, n := head, 0; n < far; n++ {
		if known[sha] {
			return sha, reversed(commits), nil
		}
		c, err := st.commit(sha)
		if err != nil || len(c.parents) != 1 {
			break
		}
		commits = append(commits, sha)
		sha = c.parents[0]
	}
	out, err := st.run("merge-base", base, head)
	if err != nil {
		return "", nil, err
	}
	mergeBase = strings.TrimSpace(string(out))
	out, err = st.run("rev-list", "--reverse", "--topo-order", base+".."+head)
	return mergeBase, strings.Fields(string(out)), err
}

func reversed(list []string) []string {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// compare finds what changed. Simple changes are found here, without a process; where git has to judge (renames, lines that
// moved, changes of type, submodules) git is asked. Both give the same.
func (st *store) compare(base, head string) (*diff, error) {
	from, err := st.commit(base)
	if err != nil {
		return nil, err
	}
	to, err := st.commit(head)
	if err != nil {
		return nil, err
	}
	var changes []change
	if err := st.changes(from.tree, to.tree, "", &changes); err != nil {
		return nil, err
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	d := &diff{noPatches: true}
	added, removed := 0, 0
	for _, c := range changes {
		f, ok := st.simple(c)
		if !ok {
			return st.diffTrees(base, head)
		}
		switch f.status {
		case "added":
			added++
		case "removed":
			removed++
		}
		d.files = append(d.files, f)
		d.additions += f.additions
		d.deletions += f.deletions
	}
	if added > 0 && removed > 0 {
		return st.diffTrees(base, head) // there may be renames
	}
	return d, nil
}

// change is one path with its entries before and after; a side without sha has no such file.
type change struct {
	path     string
	old, new treeEntry
}

// changes walks two trees; "" is none.
func (st *store) changes(from, to, prefix string, found *[]change) error {
	sides := map[string]*change{}
	for side, sha := range []string{from, to} {
		if sha == "" {
			continue
		}
		entries, err := st.tree(sha)
		if err != nil {
			return err
		}
		for _, e := range entries {
			c := sides[e.name]
			if c == nil {
				c = &change{path: prefix + e.name}
				sides[e.name] = c
			}
			if side == 0 {
				c.old = e
			} else {
				c.new = e
			}
		}
	}
	for _, c := range sides {
		if c.old.sha == c.new.sha && c.old.mode == c.new.mode {
			continue
		}
		trees := [2]string{}
		if c.old.isDir() {
			trees[0], c.old = c.old.sha, treeEntry{}
		}
		if c.new.isDir() {
			trees[1], c.new = c.new.sha, treeEntry{}
		}
		if trees != [2]string{} {
			if err := st.changes(trees[0], trees[1], c.path+"/", found); err != nil {
				return err
			}
		}
		if c.old.sha != "" || c.new.sha != "" {
			*found = append(*found, *c)
		}
	}
	return nil
}

// simple counts the lines of a change whose count leaves no choice.
func (st *store) simple(c change) (changedFile, bool) {
	f := changedFile{path: c.path, sha: c.new.sha, status: "modified"}
	var text [2][]byte
	for side, e := range []treeEntry{c.old, c.new} {
		if e.sha == "" {
			f.status = []string{"added", "removed"}[side]
			continue
		}
		if e.mode != "100644" && e.mode != "100755" {
			return f, false
		}
		content, err := st.blob(e.sha)
		if err != nil {
			return f, false
		}
		f.binary = f.binary || isBinary(content)
		text[side] = content
	}
	if f.status == "removed" {
		f.sha = c.old.sha
	}
	if f.binary {
		return f, true
	}
	gone, come := differing(splitLines(text[0]), splitLines(text[1]))
	known := map[string]bool{}
	for _, line := range gone {
		known[line] = true
	}
	f.additions, f.deletions = len(come), len(gone)
	return f, !slices.ContainsFunc(come, func(line string) bool { return known[line] })
}

func isBinary(content []byte) bool { return bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 }

func splitLines(text []byte) []string {
	lines := strings.SplitAfter(string(text), "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// differing leaves out the lines that both begin and end with.
func differing(a, b []string) (restA, restB []string) {
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	return a, b
}
