package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// plainIndex turns off what a person's configuration may do to an index.
var plainIndex = []string{"-c", "core.fsmonitor=false", "-c", "core.splitIndex=false", "-c", "index.sparse=false"}

// without returns a commit's tree with some files as they are in its parent, so that
// merging it leaves them as the target has them. Files that it doesn't change don't matter.
func (w *work) without(ctx context.Context, of commit, files []string) (tree string, err error) {
	from := emptyTree
	if base := of.base(); base != "" {
		c, err := w.objects.commit(ctx, base)
		if err != nil || c.id == "" {
			return "", fmt.Errorf("reading the parent %s of %s: it doesn't exist (%v)", base, of.id, err)
		}
		from = c.tree
	}
	fields, err := w.diff(ctx, from, of.tree)
	if err != nil {
		return "", err
	}
	var before bytes.Buffer // for "git update-index --index-info"; mode 0 removes a file
	for ; len(fields) >= 2; fields = fields[2:] {
		m := changeHead.FindStringSubmatch(fields[0])
		if m == nil {
			return "", fmt.Errorf("reading the output of git diff-tree: unexpected %q", fields[0])
		}
		if slices.Contains(files, fields[1]) {
			fmt.Fprintf(&before, "%s %s\t%s\x00", m[1], m[3], fields[1])
		}
	}
	if before.Len() == 0 {
		return of.tree, nil
	}
	return w.edit(ctx, of.tree, before.Bytes())
}

// edit returns a tree with other entries, as "git update-index --index-info" reads them.
func (w *work) edit(ctx context.Context, tree string, entries []byte) (string, error) {
	index := w.path("index")
	if err := os.Remove(index); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	s := *w.space
	s.env = append(slices.Clone(s.env), "GIT_INDEX_FILE="+index)
	var p printed
	for _, c := range []command{
		{args: []string{"read-tree", tree}},
		{args: []string{"update-index", "--replace", "-z", "--index-info"}, stdin: entries},
		{args: []string{"write-tree", "--missing-ok"}}, // contents are fetched once they're needed
	} {
		var err error
		c.args = append(slices.Clone(plainIndex), c.args...)
		if p, err = s.run(ctx, c); err != nil {
			return "", err
		}
	}
	return strings.TrimSpace(string(p.out)), nil
}

// with returns the object of the same commit with another tree, compared with the same
// parent.
func (c commit) with(tree string) []byte {
	text := "tree " + tree + "\n"
	if base := c.base(); base != "" {
		text += "parent " + base + "\n"
	}
	text += "author " + person(c.author) + "\ncommitter " + person(c.committer) + "\n"
	if c.encoding != "" {
		text += "encoding " + c.encoding + "\n"
	}
	return []byte(text + "\n" + c.message)
}

// changed returns the paths that a commit changes, sorted.
func (w *work) changed(ctx context.Context, of commit) ([]string, error) {
	from := emptyTree
	if of.base() != "" {
		from = of.base()
	}
	fields, err := w.diff(ctx, from, of.tree)
	var paths []string
	for ; len(fields) >= 2; fields = fields[2:] {
		paths = append(paths, fields[1])
	}
	return paths, err
}
