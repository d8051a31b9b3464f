package git

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// tip is what is picked onto, with its attributes.
type tip struct {
	commit
	attributes []file
}

// pick picks onto all targets, one after the other, so that only as many merges use
// memory at once as there are jobs. Errors are in the targets' results.
func (w *work) pick(ctx context.Context) {
	for i := range w.picked {
		if w.picked[i].Outcome == Failed {
			continue
		}
		if err := w.onto(ctx, i); err != nil {
			w.picked[i].fail(fmt.Errorf("picking %s onto %s: %w", w.job.Commit, w.picked[i].Branch, err))
		}
	}
}

// onto picks the originals onto one target, in order. After a conflict, the next ones
// are picked onto the markers, so that none is lost.
func (w *work) onto(ctx context.Context, i int) error {
	p, at := &w.picked[i], w.tips[i]
	p.Original = w.originals[len(w.originals)-1].source()
	conflicts, clean := map[string]string{}, true
	for n, original := range w.originals {
		if n > 0 {
			files, err := w.list(ctx, at.tree, nil)
			if err != nil {
				return err
			}
			at.attributes = files.attributes
		}
		m, err := w.merge(ctx, i, at, original)
		if err != nil {
			return err
		}
		if m.clean && m.tree == at.tree {
			continue // the target already has it
		}
		maps.Copy(conflicts, m.conflicts)
		clean = clean && m.clean
		if at.id, err = w.write(w.job.reword(original, m.tree, at.id)); err != nil {
			return err
		}
		at.tree = m.tree
		if !clean && !w.job.Markers {
			break
		}
	}
	if p.Outcome = outcomeOf(clean, at.id == p.Tip); p.Outcome == Clean || p.Outcome == Conflicted && w.job.Markers {
		p.Commit = at.id
	}
	var err error
	p.Conflicts, err = w.conflicts(ctx, conflicts, at.tree)
	return err
}

func outcomeOf(clean, unchanged bool) Outcome {
	switch {
	case !clean:
		return Conflicted
	case unchanged:
		return Present
	}
	return Clean
}

// merge merges an original into a tip in memory. The branch's name appears in the
// markers.
func (w *work) merge(ctx context.Context, i int, at tip, original commit) (merged, error) {
	attributes, err := w.attributes(ctx, i, at.attributes)
	if err != nil {
		return merged{}, err
	}
	id, err := w.write(side(at.tree, original))
	if err != nil {
		return merged{}, err
	}
	if original, err = w.trim(ctx, original, w.picked[i].Leave); err != nil {
		return merged{}, err
	}
	branch := w.picked[i].Branch
	if err := w.setRef("refs/heads/"+branch, id); err != nil {
		return merged{}, err
	}
	return w.mergeTree(ctx, attributes, "heads/"+branch, original)
}

// trim returns an original without its changes to some files. Markers show its name.
func (w *work) trim(ctx context.Context, original commit, leave []string) (commit, error) {
	if len(leave) == 0 {
		return original, nil
	}
	tree, err := w.without(ctx, original, leave)
	if err != nil || tree == original.tree {
		return original, err
	}
	id, err := w.write(original.with(tree))
	if err != nil {
		return original, err
	}
	original.name = "originals/" + original.id
	return original, w.setRef("refs/"+original.name, id)
}

// side is what an original is merged into: a commit with the tip's tree on the
// original's parent, which makes that parent the merge base. Its date in the far future
// spares git a walk through the history.
func side(tree string, original commit) []byte {
	text := "tree " + tree + "\n"
	if base := original.base(); base != "" {
		text += "parent " + base + "\n"
	}
	return []byte(text + "author s <s> 4000000000 +0000\ncommitter s <s> 4000000000 +0000\n\ns\n")
}

// mergeTree merges an original into its side, with the attributes in a directory.
func (s *space) mergeTree(ctx context.Context, attributes, side string, original commit) (merged, error) {
	args := []string{"merge-tree", "--write-tree", "-z", "--name-only", "--messages"}
	if original.base() == "" {
		args = append(args, "--allow-unrelated-histories") // the base is the empty tree
	}
	p, err := s.run(ctx, command{args: append(args, side, cmp.Or(original.name, original.id)), tree: attributes})
	m, ok := parseMerge(string(p.out))
	if ok && (p.code == 0 || p.code == 1) {
		m.clean = p.code == 0
		return m, nil
	}
	if err == nil {
		err = fmt.Errorf("reading the output of git merge-tree: unexpected %.80q", p.out)
	}
	if t := asFailure(err); t.Kind == Broken {
		return merged{}, &Failure{Broken, p.code == 128, t.Err}
	}
	return merged{}, err
}

// setRef points a ref of the throw-away repository to a commit.
func (s *space) setRef(name, id string) error {
	file := filepath.Join(s.path("git"), filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(id+"\n"), 0o600)
}

// maxAttributes is the most that one tip's attributes may take, in bytes.
const maxAttributes = 32 << 20

// attributes writes a tip's files with attributes into a directory, since git only reads
// them from a work tree.
func (w *work) attributes(ctx context.Context, i int, from []file) (string, error) {
	dir := w.path("tree" + strconv.Itoa(i))
	if err := errors.Join(os.RemoveAll(dir), os.Mkdir(dir, 0o700)); err != nil {
		return "", err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return "", err
	}
	defer root.Close()
	left := int64(maxAttributes)
	for _, f := range from {
		if !safe(f.path) {
			continue
		}
		found, err := w.objects.read(ctx, f.id, left+1)
		if err != nil {
			return "", err
		}
		if left -= int64(len(found.data)) + int64(len(f.path)); left < 0 {
			return "", &Failure{Kind: TooLarge, Err: fmt.Errorf("the files with attributes are larger than %d bytes", maxAttributes)}
		}
		if err := root.MkdirAll(path.Dir(f.path), 0o700); err != nil {
			return "", err
		}
		if err := root.WriteFile(f.path, found.data, 0o600); err != nil {
			return "", err
		}
	}
	return dir, nil
}

// safe reports whether git would write a path into a work tree.
func safe(name string) bool {
	return filepath.IsLocal(name) && !slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool {
		return part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git")
	})
}
