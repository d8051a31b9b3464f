package git

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxTree is how much of a tree's files is read, in bytes.
const maxTree = 64 << 20

// TreeFile is a file of a commit. Content is nil if this repository doesn't have it, as in
// a partial clone; otherwise it's as pull.Content describes.
type TreeFile struct {
	Path    string
	Content *pull.Content

	id string
}

// Tree reads all files of a commit below a directory, in the order of their paths.
func (r Repository) Tree(ctx context.Context, commit, directory string) ([]TreeFile, error) {
	out, err := r.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", commit, "--", directory+"/")
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", directory, err)
	}
	var files []TreeFile
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		head, path, found := strings.Cut(record, "\t")
		fields := strings.Fields(head) // mode, type, id
		if !found || len(fields) != 3 {
			continue
		}
		f := TreeFile{Path: path, Content: &pull.Content{Kind: pull.Regular}, id: fields[2]}
		switch fields[0] {
		case "160000":
			f.Content.Kind, f.id = pull.Submodule, ""
		case "120000":
			f.Content.Kind = pull.Symlink
		}
		files = append(files, f)
	}
	if err := r.readFiles(ctx, files); err != nil {
		return nil, fmt.Errorf("reading %s: %w", directory, err)
	}
	return files, nil
}

// Has reports whether a commit has a file or a directory.
func (r Repository) Has(ctx context.Context, commit, path string) (bool, error) {
	out, err := r.run(ctx, nil, "ls-tree", "-z", "--full-tree", commit, "--", path)
	return len(out) > 0, err
}

// readFiles reads the contents of files, in two commands.
func (r Repository) readFiles(ctx context.Context, files []TreeFile) error {
	var all []*TreeFile
	for i := range files {
		if files[i].id != "" {
			all = append(all, &files[i])
		}
	}
	sizes, err := r.run(ctx, ids(all), "cat-file", "--batch-check=%(objectname) %(objectsize)")
	if err != nil {
		return err
	}
	lines := strings.Split(string(sizes), "\n")
	var wanted []*TreeFile
	total := int64(0)
	for i, f := range all {
		if i >= len(lines) {
			return fmt.Errorf("reading the output of git cat-file: %d lines for %d files", len(lines), len(all))
		}
		size, err := strconv.ParseInt(strings.TrimPrefix(lines[i], f.id+" "), 10, 64)
		if err != nil { // "ID missing"
			f.Content = nil
			continue
		}
		f.Content.Size = size
		if total+size <= maxTree && size <= pull.MaxContent {
			total += size
			wanted = append(wanted, f)
		}
	}
	out, err := r.run(ctx, ids(wanted), "cat-file", "--batch=%(objectname)")
	if err != nil {
		return err
	}
	for _, f := range wanted { // ID, newline, content, newline
		start := int64(len(f.id)) + 1
		end := start + f.Content.Size
		if int64(len(out)) <= end {
			return fmt.Errorf("reading the output of git cat-file: %s is cut off", f.Path)
		}
		f.Content.Data, out = out[start:end:end], out[end+1:]
	}
	return nil
}

// ids are those of files, a line each.
func ids(files []*TreeFile) *bytes.Reader {
	var b bytes.Buffer
	for _, f := range files {
		b.WriteString(f.id + "\n")
	}
	return bytes.NewReader(b.Bytes())
}
