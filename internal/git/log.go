package git

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Landed is a commit on a branch, as its first parent's child: a squashed pull request, or
// a whole merge.
type Landed struct {
	ID      string
	Date    time.Time // of the committer
	Message string
	Files   []pull.File // that it changes; renamed ones are removed and added
}

// Log reads what came to a branch since another commit, oldest first, with the contents of
// the files that reads picks, as each commit left them.
func (r Repository) Log(ctx context.Context, from, to string, reads func(path string) bool) ([]Landed, error) {
	out, err := r.run(ctx, nil, "log", "-z", "--first-parent", "--diff-merges=first-parent", "--reverse", "--no-renames", "--raw",
		"--no-abbrev", "--no-show-signature", "--encoding=UTF-8", "--format=%H%x00%cI%x00%B%x00", from+".."+to)
	if err != nil {
		return nil, fmt.Errorf("listing the commits from %.10s to %.10s: %w", from, to, err)
	}
	var all []Landed
	var wanted []pull.File
	var blobs []treeBlob
	fields := strings.Split(string(out), "\x00")
	for len(fields) > 3 { // id, date, message, nothing, and then a line and a path for each file
		c := Landed{ID: fields[0], Message: strings.TrimRight(fields[2], "\n")}
		if c.Date, err = time.Parse(time.RFC3339, fields[1]); err != nil {
			return nil, fmt.Errorf("reading the output of git log: %w", err)
		}
		for fields = fields[4:]; len(fields) > 1 && rawLine(fields[0]) != nil; fields = fields[2:] {
			head := rawLine(fields[0])
			f := pull.File{Path: fields[1], Change: changes[head[4][0]]}
			if f.Change != pull.Removed && head[1] != "160000" && reads(f.Path) {
				f.Content = &pull.Content{Kind: pull.Regular}
				blobs = append(blobs, treeBlob{head[3], len(wanted)})
				wanted = append(wanted, f)
			}
			c.Files = append(c.Files, f)
		}
		all = append(all, c)
	}
	if err := r.readBlobs(ctx, wanted, blobs); err != nil {
		return nil, err
	}
	return all, nil
}

// rawLine are the fields of a line of git's raw diff format, such as ":100644 100644 OLD
// NEW M"; nil for anything else.
func rawLine(line string) []string {
	text, found := strings.CutPrefix(strings.TrimPrefix(line, "\n"), ":")
	if head := strings.Fields(text); found && len(head) == 5 {
		return head
	}
	return nil
}

// Tags lists the tags that start with a prefix, such as "v3.15.".
func (r Repository) Tags(ctx context.Context, prefix string) ([]string, error) {
	out, err := r.run(ctx, nil, "for-each-ref", "--format=%(refname:strip=2)", "refs/tags/")
	if err != nil {
		return nil, fmt.Errorf("listing the tags: %w", err)
	}
	var tags []string
	for tag := range strings.FieldsSeq(string(out)) {
		if strings.HasPrefix(tag, prefix) {
			tags = append(tags, tag)
		}
	}
	return tags, nil
}

// LastTag is the tag with this prefix that is nearest to a commit, among those that lead to
// it; "" for none.
func (r Repository) LastTag(ctx context.Context, commit, prefix string) (string, error) {
	tags, err := r.Tags(ctx, prefix)
	if err != nil || len(tags) == 0 {
		return "", err
	}
	out, err := r.run(ctx, nil, "describe", "--tags", "--abbrev=0", "--match", prefix+"*", commit)
	if err != nil {
		return "", nil // none of them leads there
	}
	return strings.TrimSpace(string(out)), nil
}
