package git

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxTree is how much of a tree's files is read, in bytes.
const maxTree = 64 << 20

// Tree reads all files of a commit below a directory, in the order of their paths. A
// content is nil if this repository doesn't have it.
func (r Repository) Tree(ctx context.Context, commit, directory string) ([]pull.File, error) {
	out, err := r.run(ctx, nil, "ls-tree", "-r", "-z", "--full-tree", commit, "--", directory+"/")
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", directory, err)
	}
	var files []pull.File
	var blobs []treeBlob
	for record := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		head, path, found := strings.Cut(record, "\t")
		fields := strings.Fields(head) // mode, type, id
		if !found || len(fields) != 3 {
			continue
		}
		content := &pull.Content{Kind: pull.Regular}
		switch fields[0] {
		case "160000":
			content.Kind = pull.Submodule
		case "120000":
			content.Kind = pull.Symlink
		}
		if files = append(files, pull.File{Path: path, Content: content}); content.Kind != pull.Submodule {
			blobs = append(blobs, treeBlob{fields[2], len(files) - 1})
		}
	}
	if err := r.readBlobs(ctx, files, blobs); err != nil {
		return nil, fmt.Errorf("reading %s: in a partial clone, check the branch out once: %w", directory, err)
	}
	return files, nil
}

// Has reports whether a commit has a file or a directory.
func (r Repository) Has(ctx context.Context, commit, path string) (bool, error) {
	out, err := r.run(ctx, nil, "ls-tree", "-z", "--full-tree", commit, "--", path)
	return len(out) > 0, err
}

// treeBlob is a file's content, by its id, and the file's index.
type treeBlob struct {
	id   string
	file int
}

// readBlobs reads the contents of files, in two commands.
func (r Repository) readBlobs(ctx context.Context, files []pull.File, blobs []treeBlob) error {
	sizes, err := r.run(ctx, ids(blobs), "cat-file", "--batch-check=%(objectname) %(objectsize)")
	if err != nil {
		return err
	}
	lines := strings.Split(string(sizes), "\n")
	var wanted []treeBlob
	total := int64(0)
	for i, b := range blobs {
		if i >= len(lines) {
			return fmt.Errorf("reading the output of git cat-file: %d lines for %d files", len(lines), len(blobs))
		}
		size, err := strconv.ParseInt(strings.TrimPrefix(lines[i], b.id+" "), 10, 64)
		if err != nil { // "ID missing"
			files[b.file].Content = nil
			continue
		}
		files[b.file].Content.Size = size
		if total+size <= maxTree && size <= pull.MaxContent {
			total += size
			wanted = append(wanted, b)
		}
	}
	out, err := r.run(ctx, ids(wanted), "cat-file", "--batch=%(objectname)")
	if err != nil {
		return err
	}
	for _, b := range wanted { // ID, newline, content, newline
		content := files[b.file].Content
		start := int64(len(b.id)) + 1
		end := start + content.Size
		if int64(len(out)) <= end {
			return fmt.Errorf("reading the output of git cat-file: %s is cut off", files[b.file].Path)
		}
		content.Data, out = out[start:end:end], out[end+1:]
	}
	return nil
}

// ids are those of blobs, a line each.
func ids(blobs []treeBlob) *strings.Reader {
	var b strings.Builder
	for _, blob := range blobs {
		b.WriteString(blob.id + "\n")
	}
	return strings.NewReader(b.String())
}

// File is a file of a commit, nil if it doesn't exist.
func (r Repository) File(ctx context.Context, commit, path string) ([]byte, error) {
	if there, err := r.Has(ctx, commit, path); !there || err != nil {
		return nil, err
	}
	return r.run(ctx, nil, "cat-file", "blob", commit+":"+path)
}
