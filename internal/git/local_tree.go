package git

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Tree is a separate work tree in which a pick's conflicts are resolved.
type Tree struct {
	Dir    string // absolute
	Branch string // the branch that's checked out
	Commit string // the picked commit, full id
	Onto   string // the commit that it's picked onto, full id
}

// Begin makes the work tree and cherry-picks in it. The branch is only there for the
// result: what it held before is lost. The message is for people who commit there by
// hand.
func (l *Local) Begin(ctx context.Context, t Tree, message string) error {
	c, err := l.read(ctx, t.Commit)
	if err != nil {
		return err
	}
	if _, err := l.do(ctx, "", "worktree", "add", "--quiet", "--no-track", "-B", t.Branch, "--", t.Dir, t.Onto); err != nil {
		return fmt.Errorf("making a work tree: %w", err)
	}
	args := []string{"-c", "commit.gpgSign=false", "cherry-pick", "--allow-empty", "--keep-redundant-commits"}
	if len(c.parents) > 1 {
		args = append(args, "-m", "1")
	}
	p, err := l.do(ctx, t.Dir, append(args, t.Commit)...)
	if p.code <= 0 && err != nil {
		return err
	}
	file, err2 := l.do(ctx, t.Dir, "rev-parse", "--path-format=absolute", "--git-path", "CHERRY_PICK_HEAD")
	if err2 != nil {
		return err2
	}
	head := strings.TrimSuffix(string(file.out), "\n")
	if _, missing := os.Stat(head); missing != nil && err != nil {
		return fmt.Errorf("cherry-picking in %s: %w", t.Dir, err)
	} else if missing != nil {
		return nil // git resolved everything: rerere, or a merge driver
	}
	return os.WriteFile(filepath.Join(filepath.Dir(head), "MERGE_MSG"), []byte(message), 0o666)
}

// TreeState is the state of the work in a Tree. Paths are as git has them.
type TreeState struct {
	Gone     bool     // the work tree doesn't exist any more
	Branch   string   // the one checked out, "" for none
	Head     string   // full id
	Unmerged []string // conflicts that aren't staged
	Marked   []string // staged files with conflict markers
	Loose    []string // changes that aren't staged, and new files
	Staged   bool     // there is something to commit
}

// State reads a work tree's state.
func (l *Local) State(ctx context.Context, t Tree) (TreeState, error) {
	var s TreeState
	trees, err := l.trees(ctx)
	if err != nil {
		return s, err
	}
	if _, listed := trees[t.Dir]; !listed {
		return TreeState{Gone: true}, nil
	}
	if _, err := os.Stat(filepath.Join(t.Dir, ".git")); errors.Is(err, os.ErrNotExist) {
		return TreeState{Gone: true}, nil
	}
	p, err := l.do(ctx, t.Dir, "status", "--porcelain=v2", "-z", "--branch", "--no-renames", "--untracked-files=all",
		"--ignore-submodules=dirty")
	if err != nil {
		return s, err
	}
	for line := range strings.SplitSeq(string(p.out), "\x00") {
		s.add(line)
	}
	s.Marked, err = l.marked(ctx, t, s.Unmerged)
	return s, err
}

// add reads a line of "git status --porcelain=v2".
func (s *TreeState) add(line string) {
	if value, ok := strings.CutPrefix(line, "# branch.oid "); ok {
		s.Head = value
	}
	if value, ok := strings.CutPrefix(line, "# branch.head "); ok && value != "(detached)" {
		s.Branch = value
	}
	kind, rest, _ := strings.Cut(line, " ")
	columns := map[string]int{"1": 8, "u": 10, "?": 1}[kind]
	fields := strings.SplitN(rest, " ", columns)
	if columns == 0 || len(fields) != columns {
		return
	}
	path := fields[columns-1]
	switch {
	case kind == "u":
		s.Unmerged = append(s.Unmerged, path)
	case kind == "?":
		s.Loose = append(s.Loose, path)
	default:
		s.Staged = s.Staged || fields[0][0] != '.'
		if fields[0][1] != '.' {
			s.Loose = append(s.Loose, path)
		}
	}
}

// marked returns files that differ from the tip and from the original, and have markers
// in the index.
func (l *Local) marked(ctx context.Context, t Tree, but []string) ([]string, error) {
	p, err := l.do(ctx, t.Dir, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", "--ignore-submodules=all", t.Onto)
	if err != nil {
		return nil, err
	}
	var found []string
	fields := strings.Split(string(p.out), "\x00")
	for ; len(fields) >= 2; fields = fields[2:] {
		m := changeHead.FindStringSubmatch(fields[0])
		if m == nil || blob(m[2], m[4]) == "" || slices.Contains(but, fields[1]) {
			continue
		}
		now, err := l.work.objects.read(ctx, m[4], maxFile)
		if err != nil {
			return nil, err
		}
		if !HasMarkers(now.data) {
			continue
		}
		original, err := l.work.objects.read(ctx, t.Commit+":"+fields[1], maxFile)
		if err != nil {
			return nil, err
		}
		if original.id != m[4] {
			found = append(found, fields[1])
		}
	}
	return found, nil
}

// WriteTree writes what is staged in a work tree, and returns the tree's id.
func (l *Local) WriteTree(ctx context.Context, t Tree) (string, error) {
	p, err := l.do(ctx, t.Dir, "write-tree")
	return strings.TrimSpace(string(p.out)), err
}

// End removes a work tree and everything in it, as far as it exists.
func (l *Local) End(ctx context.Context, dir string) error {
	trees, err := l.trees(ctx)
	if err != nil {
		return err
	}
	if inside(l.home, dir) {
		l.home = l.Common
		for other := range trees {
			if _, err := os.Stat(filepath.Join(other, ".git")); err == nil && !inside(other, dir) {
				l.home = other
			}
		}
	}
	_ = os.Remove(dir) // only if it's empty: git was killed before it filled it
	if _, listed := trees[dir]; !listed {
		return nil
	}
	if _, err = l.do(ctx, "", "worktree", "remove", "--force", "--force", "--", dir); err != nil {
		return fmt.Errorf("removing the work tree %s: %w", dir, err)
	}
	return nil
}

// inside reports whether a path is a directory, or below it.
func inside(path, dir string) bool {
	relative, err := filepath.Rel(dir, path)
	return err == nil && filepath.IsLocal(relative)
}
