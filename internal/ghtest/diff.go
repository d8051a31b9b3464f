package ghtest

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// diff is what a pull request changes: from the merge base to the head, with renames found, as GitHub shows it.
type diff struct {
	base                 string // merge base
	files                []changedFile
	commits              []string // oldest first
	additions, deletions int
	noPatches            bool // not asked of git yet
}

type changedFile struct {
	path, previous       string
	status               string // added, removed, modified, renamed, copied, changed
	sha                  string
	additions, deletions int
	patch                string
	binary               bool
}

// diff compares a head with the tip of its base; the result is kept.
func (r *Repo) diff(base, head string) (*diff, error) {
	key := [2]string{base, head}
	if d := r.diffs[key]; d != nil {
		return d, nil
	}
	mergeBase, commits, err := r.store.between(base, head)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with %s: %w", base, head, err)
	}
	d := r.diffs[[2]string{mergeBase, head}]
	if d == nil {
		if d, err = r.store.compare(mergeBase, head); err != nil {
			return nil, fmt.Errorf("comparing %s with %s: %w", base, head, err)
		}
		d.base, d.commits = mergeBase, commits
		r.diffs[[2]string{mergeBase, head}] = d
	}
	r.diffs[key] = d
	return d, nil
}

// withPatches is the same diff with the hunks of each file.
func (r *Repo) withPatches(d *diff, head string) (*diff, error) {
	if !d.noPatches {
		return d, nil
	}
	full, err := r.store.diffTrees(d.base, head)
	if err != nil {
		return nil, fmt.Errorf("comparing %s with %s: %w", d.base, head, err)
	}
	d.files, d.noPatches = full.files, false
	return d, nil
}

// diffTrees runs git diff-tree, which prints NUL-separated raw lines, then line counts, then patches.
func (st *store) diffTrees(base, head string) (*diff, error) {
	out, err := st.run("diff-tree", "-r", "-M", "--no-color", "--full-index", "--raw", "--numstat", "-p", "-z", base, head)
	if err != nil {
		return nil, err
	}
	d := &diff{}
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
		f := changedFile{sha: fields[3], status: fileStatus(fields[4])}
		if f.status == "removed" {
			f.sha = fields[2]
		}
		if f.path = next(); f.status == "renamed" || f.status == "copied" {
			f.previous, f.path = f.path, next()
		}
		d.files = append(d.files, f)
	}
	for i := range d.files {
		f := &d.files[i]
		counts := strings.SplitN(next(), "\t", 3)
		if len(counts) != 3 {
			return nil, fmt.Errorf("reading git diff-tree: no line counts of %s", f.path)
		}
		if counts[2] == "" { // a rename: both names follow
			next()
			next()
		}
		f.binary = counts[0] == "-"
		f.additions, _ = strconv.Atoi(counts[0]) // "-" of a binary file is 0
		f.deletions, _ = strconv.Atoi(counts[1])
		d.additions += f.additions
		d.deletions += f.deletions
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
func (d *diff) addPatches(text string) {
	sections := strings.Split("\n"+text, "\ndiff --git ")
	i := 1
	for n := range d.files {
		f := &d.files[n]
		if f.status == "changed" {
			i += 2
			continue
		}
		if i >= len(sections) {
			return
		}
		if at := strings.Index(sections[i], "\n@@ "); at >= 0 && !f.binary {
			const most = 1 << 18 // GitHub leaves out the patch of a large change
			if patch := strings.TrimSuffix(sections[i][at+1:], "\n"); len(patch) < most {
				f.patch = patch
			}
		}
		i++
	}
}
