package gitstore

import (
	"bytes"
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Between finds the merge base and the commits since. Straight histories are walked here, all others by git.
func (st *Store) Between(base, head string) (mergeBase string, commits []string, err error) {
	const far = 500
	known := map[string]bool{}
	for sha, n := base, 0; n < far; n++ {
		known[sha] = true
		c, err := st.Commit(sha)
		if err != nil || len(c.Parents) != 1 {
			break
		}
		sha = c.Parents[0]
	}
	for sha, n := head, 0; n < far; n++ {
		if known[sha] {
			return sha, reversed(commits), nil
		}
		c, err := st.Commit(sha)
		if err != nil || len(c.Parents) != 1 {
			break
		}
		commits = append(commits, sha)
		sha = c.Parents[0]
	}
	out, err := st.Run("merge-base", base, head)
	if err != nil {
		return "", nil, err
	}
	mergeBase = strings.TrimSpace(string(out))
	out, err = st.Run("rev-list", "--reverse", "--topo-order", base+".."+head)
	return mergeBase, strings.Fields(string(out)), err
}

func reversed(list []string) []string {
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 {
		list[i], list[j] = list[j], list[i]
	}
	return list
}

// Compare finds what changed. Simple changes are found here, without a process; where git has to judge (renames, lines that
// moved, changes of type, submodules) git is asked. Both give the same.
func (st *Store) Compare(base, head string) (*Diff, error) {
	from, err := st.Commit(base)
	if err != nil {
		return nil, err
	}
	to, err := st.Commit(head)
	if err != nil {
		return nil, err
	}
	var changes []change
	if err := st.changes(from.Tree, to.Tree, "", &changes); err != nil {
		return nil, err
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	d := &Diff{NoPatches: true}
	added, removed := 0, 0
	for _, c := range changes {
		f, ok := st.simple(c)
		if !ok {
			return st.DiffTrees(base, head)
		}
		switch f.Status {
		case "added":
			added++
		case "removed":
			removed++
		}
		d.Files = append(d.Files, f)
		d.Additions += f.Additions
		d.Deletions += f.Deletions
	}
	if added > 0 && removed > 0 {
		return st.DiffTrees(base, head) // there may be renames
	}
	return d, nil
}

// change is one path with its entries before and after; a side without sha has no such file.
type change struct {
	path     string
	old, new Entry
}

// changes walks two trees; "" is none.
func (st *Store) changes(from, to, prefix string, found *[]change) error {
	sides := map[string]*change{}
	for side, sha := range []string{from, to} {
		if sha == "" {
			continue
		}
		entries, err := st.Tree(sha)
		if err != nil {
			return err
		}
		for _, e := range entries {
			c := sides[e.Name]
			if c == nil {
				c = &change{path: prefix + e.Name}
				sides[e.Name] = c
			}
			if side == 0 {
				c.old = e
			} else {
				c.new = e
			}
		}
	}
	for _, c := range sides {
		if c.old.SHA == c.new.SHA && c.old.Mode == c.new.Mode {
			continue
		}
		trees := [2]string{}
		if c.old.IsDir() {
			trees[0], c.old = c.old.SHA, Entry{}
		}
		if c.new.IsDir() {
			trees[1], c.new = c.new.SHA, Entry{}
		}
		if trees != [2]string{} {
			if err := st.changes(trees[0], trees[1], c.path+"/", found); err != nil {
				return err
			}
		}
		if c.old.SHA != "" || c.new.SHA != "" {
			*found = append(*found, *c)
		}
	}
	return nil
}

// simple counts the lines of a change whose count leaves no choice.
func (st *Store) simple(c change) (ChangedFile, bool) {
	f := ChangedFile{Path: c.path, SHA: c.new.SHA, Status: "modified"}
	var text [2][]byte
	for side, e := range []Entry{c.old, c.new} {
		if e.SHA == "" {
			f.Status = []string{"added", "removed"}[side]
			continue
		}
		if e.Mode != "100644" && e.Mode != "100755" {
			return f, false
		}
		content, err := st.Blob(e.SHA)
		if err != nil {
			return f, false
		}
		f.binary = f.binary || IsBinary(content)
		text[side] = content
	}
	if f.Status == "removed" {
		f.SHA = c.old.SHA
	}
	if f.binary {
		return f, true
	}
	gone, come := differing(splitLines(text[0]), splitLines(text[1]))
	known := map[string]bool{}
	for _, line := range gone {
		known[line] = true
	}
	f.Additions, f.Deletions = len(come), len(gone)
	return f, !slices.ContainsFunc(come, func(line string) bool { return known[line] })
}

// IsBinary reports what git takes for no text: it looks for a NUL in the first 8,000 bytes.
func IsBinary(content []byte) bool { return bytes.IndexByte(content[:min(len(content), 8000)], 0) >= 0 }

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

// Touched are the paths that a commit changes.
type Touched struct{ Added, Removed, Modified []string }

// Touched compares a commit with its first parent, as a push lists it: a renamed file is removed and added.
func (st *Store) Touched(c *Commit) Touched {
	files := Touched{Added: []string{}, Removed: []string{}, Modified: []string{}}
	before := ""
	if len(c.Parents) > 0 {
		parent, err := st.Commit(c.Parents[0])
		if err != nil {
			return files // a shallow history
		}
		before = parent.Tree
	}
	var found []change
	if err := st.changes(before, c.Tree, "", &found); err != nil {
		return files
	}
	slices.SortFunc(found, func(a, b change) int { return cmp.Compare(a.path, b.path) })
	for _, f := range found {
		switch {
		case f.old.SHA == "":
			files.Added = append(files.Added, f.path)
		case f.new.SHA == "":
			files.Removed = append(files.Removed, f.path)
		default:
			files.Modified = append(files.Modified, f.path)
		}
	}
	return files
}

// HistoryOptions choose commits.
type HistoryOptions struct {
	Path         string
	Since, Until string // RFC 3339
}

// History lists a commit and its ancestors, newest first.
func (st *Store) History(sha string, o HistoryOptions) ([]string, error) {
	args := []string{"rev-list"}
	for name, text := range map[string]string{"--max-age=": o.Since, "--min-age=": o.Until} {
		if at, err := time.Parse(time.RFC3339, text); err == nil {
			args = append(args, name+strconv.FormatInt(at.Unix(), 10))
		}
	}
	args = append(args, sha, "--")
	if o.Path != "" {
		args = append(args, ":(literal)"+o.Path)
	}
	out, err := st.Run(args...)
	return strings.Fields(string(out)), err
}
