package gitstore

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Diff is what a pull request changes: from the merge base to the head, with renames found, as GitHub shows it.
type Diff struct {
	Base                 string // merge base
	Files                []ChangedFile
	Commits              []string // oldest first
	Additions, Deletions int
	NoPatches            bool // not asked of git yet
}

// ChangedFile is one file of a Diff.
type ChangedFile struct {
	Path, Previous       string
	Status               string // added, removed, modified, renamed, copied, changed
	SHA                  string
	Additions, Deletions int
	Patch                string
	binary               bool
}

// DiffTrees runs git diff-tree, which prints NUL-separated raw lines, then line counts, then patches.
func (st *Store) DiffTrees(base, head string) (*Diff, error) {
	out, err := st.Run("diff-tree", "-r", "-M", "--no-color", "--full-index", "--raw", "--numstat", "-p", "-z", base, head)
	if err != nil {
		return nil, err
	}
	d := &Diff{}
	next := func() string {
		field, rest, _ := bytes.Cut(out, []byte{0})
		out = rest
		return string(field)
	}
	for bytes.HasPrefix(out, []byte(":")) {
		fields := strings.Fields(next())
		if len(fields) != 5 {
			return nil, fmt.Errorf("reading git diff-tree: raw line of %d fields", len(fields))
		}
		f := ChangedFile{SHA: fields[3], Status: fileStatus(fields[4])}
		if f.Status == "removed" {
			f.SHA = fields[2]
		}
		if f.Path = next(); f.Status == "renamed" || f.Status == "copied" {
			f.Previous, f.Path = f.Path, next()
		}
		d.Files = append(d.Files, f)
	}
	for i := range d.Files {
		f := &d.Files[i]
		counts := strings.SplitN(next(), "\t", 3)
		if len(counts) != 3 {
			return nil, fmt.Errorf("reading git diff-tree: no line counts of %s", f.Path)
		}
		if counts[2] == "" { // a rename: both names follow
			next()
			next()
		}
		f.binary = counts[0] == "-"
		f.Additions, _ = strconv.Atoi(counts[0]) // "-" of a binary file is 0
		f.Deletions, _ = strconv.Atoi(counts[1])
		d.Additions += f.Additions
		d.Deletions += f.Deletions
	}
	d.addPatches(string(bytes.TrimPrefix(out, []byte{0})))
	return d, nil
}

func fileStatus(letter string) string {
	switch letter[0] {
	case 'A':
		return "added"
	case 'D':
		return "removed"
	case 'R':
		return "renamed"
	case 'C':
		return "copied"
	case 'T':
		return "changed"
	}
	return "modified"
}

// addPatches gives each file its hunks. A file of changed type has two sections, of which GitHub shows none.
func (d *Diff) addPatches(text string) {
	sections := strings.Split("\n"+text, "\ndiff --git ")
	i := 1
	for n := range d.Files {
		f := &d.Files[n]
		if f.Status == "changed" {
			i += 2
			continue
		}
		if i >= len(sections) {
			return
		}
		if at := strings.Index(sections[i], "\n@@ "); at >= 0 && !f.binary {
			const most = 1 << 18 // GitHub leaves out the patch of a large change
			if patch := strings.TrimSuffix(sections[i][at+1:], "\n"); len(patch) < most {
				f.Patch = patch
			}
		}
		i++
	}
}
