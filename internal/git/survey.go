package git

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"
)

// emptyTree is known to every git.
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

// survey reads the commits involved, and fetches all contents that their picks will most
// likely need at once, instead of in a request or two for each target.
func (w *work) survey(ctx context.Context) error {
	if err := w.readOriginals(ctx); err != nil {
		return err
	}
	if w.job.Revert {
		if err := w.invert(ctx); err != nil {
			return err
		}
	}
	w.tips, w.heads = make([]tip, len(w.picked)), make([]commit, len(w.picked))
	for i := range w.picked {
		p := &w.picked[i]
		if p.Outcome == Failed {
			continue
		}
		var err error
		if w.tips[i].commit, err = w.objects.commit(ctx, tipRef(i)); err != nil {
			return err
		}
		if p.Tip = w.tips[i].id; p.Tip == "" {
			return fmt.Errorf("the tip of %s isn't a commit", p.Branch)
		}
		if w.heads[i], err = w.objects.commit(ctx, headRef(i)); err != nil {
			return err
		}
	}
	return w.prefetch(ctx)
}

// readOriginals reads the picked commits, along first parents.
func (w *work) readOriginals(ctx context.Context) error {
	name := "refs/picked"
	for range max(w.job.Commits, 1) {
		if name == "" {
			return fmt.Errorf("only %d commits lead to %s, not %d", len(w.originals), w.job.Commit, w.job.Commits)
		}
		c, err := w.objects.commit(ctx, name)
		if err != nil {
			return err
		}
		if c.id == "" {
			return &Failure{Kind: CommitMissing, Err: fmt.Errorf("%s isn't a commit", w.job.Commit)}
		}
		w.originals = append(w.originals, c)
		name = c.base()
	}
	slices.Reverse(w.originals)
	return nil
}

// prefetch fetches the contents of changed files that may have to be merged, and of each
// tip's attributes. Anything missing is fetched later, one by one.
func (w *work) prefetch(ctx context.Context) error {
	changes, err := w.changes(ctx)
	if err != nil {
		return err
	}
	need := map[string]bool{}
	for _, c := range changes {
		need[c.new] = true // the push needs it, even if nothing must be merged
		if c.whole() {
			need[c.old] = true
		}
	}
	found := make([]files, len(w.tips))
	var lists errgroup.Group
	lists.SetLimit(4)
	for i, at := range w.tips {
		if at.id != "" {
			lists.Go(func() (err error) {
				found[i], err = w.list(ctx, at.tree, changes)
				return err
			})
		}
	}
	if err := lists.Wait(); err != nil {
		return err
	}
	for i, files := range found {
		w.tips[i].attributes = files.attributes
		for _, f := range files.attributes {
			need[f.id] = true
		}
		for name, id := range files.others {
			if c := changes[name]; c.old != id {
				need[c.old], need[id] = true, true
			}
		}
	}
	delete(need, "")
	if w.partial && len(need) > 0 {
		if err := w.bring(ctx, need); err != nil {
			return err
		}
	}
	return w.weigh(ctx, changes, found)
}

// bring fetches contents by their ids.
func (w *work) bring(ctx context.Context, need map[string]bool) error {
	var ids bytes.Buffer
	for id := range need {
		ids.WriteString(id + "\n")
	}
	_, err := w.run(ctx, command{stdin: ids.Bytes(), args: []string{"-c", "fetch.negotiationAlgorithm=noop", "fetch", "origin", "--quiet",
		"--no-tags", "--no-write-fetch-head", "--filter=blob:none", "--stdin"}})
	if is(err, CommitMissing) { // it's about contents; the commit is here
		return &Failure{Broken, true, err}
	}
	return err
}

// weigh fails targets for which too large files would have to be merged. Files that only
// one side changed don't need a merge, whatever their size. It doesn't see renamed
// files, for which the process limits must do.
func (w *work) weigh(ctx context.Context, changes map[string]change, at []files) error {
	sizes := map[string]int64{"": 0}
	for i, files := range at {
		var large []Conflict
		for _, name := range slices.Sorted(maps.Keys(files.others)) {
			c, id := changes[name], files.others[name]
			if c.new == "" || id == c.old || id == c.new || slices.Contains(w.picked[i].Leave, name) {
				continue
			}
			for _, version := range []string{c.old, c.new, id} {
				if _, known := sizes[version]; !known {
					size, err := w.objects.size(ctx, version)
					if err != nil {
						return err
					}
					sizes[version] = size
				}
			}
			if max(sizes[c.old], sizes[c.new], sizes[id]) > w.maxMerge {
				large = append(large, Conflict{Path: name, Kind: "too large"})
			}
		}
		if len(large) > 0 {
			w.picked[i].fail(&Failure{Kind: FileTooLarge, Err: fmt.Errorf("merging %d files, such as %q, of more than %d bytes", len(large),
				large[0].Path, w.maxMerge)})
			w.picked[i].Conflicts = large
		}
	}
	return nil
}

// change is a file before and after; an id is "" for a missing file or a submodule.
type change struct{ old, new string }

// whole reports that a file is added or removed, and so may be part of a rename.
func (c change) whole() bool { return c.old == "" || c.new == "" }

var changeHead = regexp.MustCompile(`^(?:[0-9a-f]{40} [0-9a-f]{40}\n)?:(\d+) (\d+) ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\d*$`)

// changes returns those of all originals, by path.
func (w *work) changes(ctx context.Context) (map[string]change, error) {
	first, last := w.originals[0], w.originals[len(w.originals)-1]
	from := emptyTree
	if base := first.base(); base != "" {
		c, err := w.objects.commit(ctx, base)
		if err != nil || c.id == "" {
			return nil, fmt.Errorf("reading the parent %s of %s: it doesn't exist (%v)", base, first.id, err)
		}
		from = c.tree
	}
	fields, err := w.diff(ctx, from, last.tree)
	if err != nil {
		return nil, err
	}
	found := map[string]change{}
	for ; len(fields) >= 2; fields = fields[2:] {
		m := changeHead.FindStringSubmatch(fields[0])
		if m == nil {
			return nil, fmt.Errorf("reading the output of git diff-tree: unexpected %q", fields[0])
		}
		found[fields[1]] = change{old: blob(m[1], m[3]), new: blob(m[2], m[4])}
	}
	return found, nil
}

// diff returns the fields of "git diff-tree --raw": of each changed file, what changeHead
// matches, and its path.
func (s *space) diff(ctx context.Context, from, to string) ([]string, error) {
	p, err := s.run(ctx, command{args: []string{"diff-tree", "-r", "-z", "--raw", "--no-renames", from, to}})
	return strings.Split(string(p.out), "\x00"), err
}

func blob(mode, id string) string {
	if mode == "000000" || mode == "160000" {
		return ""
	}
	return id
}

// file is an entry of a tree.
type file struct{ path, id string }

// files are the entries of a tree that matter: files with attributes, and the changed
// files.
type files struct {
	attributes []file
	others     map[string]string
}

var regular = regexp.MustCompile(`^100\d{3} blob ([0-9a-f]{40})$`)

// maxAttributeFiles limits the files with attributes in a tree: a tree that contains the
// same directory many times can have any number.
const maxAttributeFiles = 10_000

func (s *space) list(ctx context.Context, tree string, changes map[string]change) (files, error) {
	found := files{others: map[string]string{}}
	_, err := s.run(ctx, command{args: []string{"ls-tree", "-r", "-z", "--full-tree", tree}, each: func(record string) {
		head, name, _ := strings.Cut(record, "\t")
		_, changed := changes[name]
		attributes := strings.HasSuffix(name, ".gitattributes") && path.Base(name) == ".gitattributes" &&
			len(found.attributes) <= maxAttributeFiles
		if !changed && !attributes {
			return
		}
		if m := regular.FindStringSubmatch(head); m != nil {
			if attributes {
				found.attributes = append(found.attributes, file{name, m[1]})
			}
			if changed {
				found.others[name] = m[1]
			}
		}
	}})
	if err == nil && len(found.attributes) > maxAttributeFiles {
		err = &Failure{Kind: TooLarge, Err: fmt.Errorf("the tree has more than %d files with attributes", maxAttributeFiles)}
	}
	return found, err
}
