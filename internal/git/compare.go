package git

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Range is what a pull request from Head into Base would contain.
type Range struct {
	Base, Head string // names of commits
	// Staged compares with what `git commit` would commit now, on top of Head,
	// for pre-commit hooks.
	Staged bool
	// Reads picks the files whose contents are read; nil picks none.
	Reads func(path string) bool
}

// Comparison is the result: commits and changed files, as GitHub would list them.
type Comparison struct {
	Head    string
	Commits []pull.Commit
	Files   []pull.File
}

// Compare reads a range, from the merge base of both ends.
func (r Repository) Compare(ctx context.Context, of Range) (Comparison, error) {
	base, err := r.Resolve(ctx, of.Base)
	if err != nil {
		return Comparison{}, err
	}
	head, err := r.Resolve(ctx, of.Head)
	if err != nil {
		return Comparison{}, err
	}
	out, err := r.run(ctx, nil, "merge-base", base, head)
	if err != nil {
		return Comparison{}, fmt.Errorf("comparing %s with %s: they have no common commit (in a shallow clone, fetch more): %w", of.Base,
			of.Head, err)
	}
	c := Comparison{Head: head}
	fork := strings.TrimSpace(string(out))
	if c.Commits, err = r.commits(ctx, fork, head); err != nil {
		return c, err
	}
	c.Files, err = r.files(ctx, fork, head, of)
	return c, err
}

func (r Repository) commits(ctx context.Context, from, to string) ([]pull.Commit, error) {
	out, err := r.run(ctx, nil, "log", "--reverse", "-z", "--no-show-signature", "--encoding=UTF-8", "--format=%H %P%n%B", from+".."+to)
	if err != nil {
		return nil, err
	}
	var commits []pull.Commit
	for record := range strings.SplitSeq(string(out), "\x00") {
		ids, message, found := strings.Cut(record, "\n")
		if !found {
			continue
		}
		parents := strings.Fields(ids)
		commits = append(commits, pull.Commit{SHA: parents[0], Message: strings.TrimRight(message, "\n"), Merge: len(parents) > 2})
	}
	return commits, nil
}

// changes are the letters of git's raw diff format ("git diff").
var changes = map[byte]pull.Change{'A': pull.Added, 'C': pull.Added, 'M': pull.Modified, 'T': pull.Modified, 'R': pull.Renamed,
	'D': pull.Removed}

// diff returns the raw diff, field by field.
func (r Repository) diff(ctx context.Context, from, to string, staged bool) ([]string, error) {
	args := []string{"diff", "--raw", "-z", "-M", "--no-abbrev", "--no-ext-diff", "--no-textconv", "--no-relative", "--ignore-submodules=none"}
	if staged {
		args = append(args, "--cached", from)
	} else {
		args = append(args, from, to)
	}
	out, err := r.run(ctx, nil, args...)
	if err != nil {
		return nil, err
	}
	return strings.Split(string(out), "\x00"), nil
}

func (r Repository) files(ctx context.Context, from, to string, of Range) ([]pull.File, error) {
	fields, err := r.diff(ctx, from, to, of.Staged)
	if err != nil {
		return nil, err
	}
	var files []pull.File
	for len(fields) >= 2 { // ":100644 100644 OLD NEW M", path, and the new path of a rename
		head := strings.Fields(strings.TrimPrefix(fields[0], ":"))
		if len(head) != 5 {
			return nil, fmt.Errorf("reading the output of git diff: unexpected %q", fields[0])
		}
		file := pull.File{Path: fields[1], Change: changes[head[4][0]]}
		if file.Change == "" { // U, for unmerged
			return nil, fmt.Errorf("comparing what is staged: %s has conflicts: resolve them and stage it", file.Path)
		}
		fields = fields[2:]
		if kind := head[4][0]; (kind == 'R' || kind == 'C') && len(fields) > 0 {
			if kind == 'R' {
				file.Previous = file.Path
			}
			file.Path, fields = fields[0], fields[1:]
		}
		if file.Change != pull.Removed && of.Reads != nil && of.Reads(file.Path) {
			if file.Content, err = r.content(ctx, head[1], head[3]); err != nil {
				return nil, fmt.Errorf("reading %s: %w", file.Path, err)
			}
		}
		files = append(files, file)
	}
	return files, nil
}

// content reads a tree's entry by its mode and id.
func (r Repository) content(ctx context.Context, mode, id string) (*pull.Content, error) {
	if mode == "160000" {
		return &pull.Content{Kind: pull.Submodule}, nil
	}
	kind := pull.Regular
	if mode == "120000" {
		kind = pull.Symlink
	}
	out, err := r.run(ctx, nil, "cat-file", "-s", id)
	if err != nil {
		return nil, err
	}
	size, err := strconv.ParseInt(string(bytes.TrimSpace(out)), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("reading the size of %s: %w", id, err)
	}
	content := &pull.Content{Kind: kind, Size: size}
	if size > pull.MaxContent {
		return content, nil
	}
	content.Data, err = r.run(ctx, nil, "cat-file", "blob", id)
	return content, err
}
