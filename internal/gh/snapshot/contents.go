package snapshot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	maxContents = 16 << 20 // bytes of all contents of one pull request

	// Strangers choose how many files a pull request has, and their contents. A pull request
	// has one or two NEWS entries; a release collects some hundreds.
	maxRead = 200 // files: 8 queries
	maxRaw  = 30  // files whose text GraphQL changes: each needs a request
)

// onDefault returns a file from the default branch, nil if it doesn't exist. A file too
// large to read must not block the pull requests, so it's returned as zeros, too many for
// valid settings.
func onDefault(ctx context.Context, c *gh.Client, b *blobData, path string) ([]byte, error) {
	if b == nil || b.Typename != "Blob" {
		return nil, nil
	}
	if b.ByteSize > pull.MaxContent {
		return make([]byte, pull.MaxContent+1), nil
	}
	data, err := b.content(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return data, nil
}

// unread returns the changed files that the rules want to see and no earlier load has
// read, at the head. The base repository has all of them, even if the fork is deleted.
func (l *loading) unread() []*pull.File {
	if l.Reads == nil {
		return nil
	}
	var wanted []*pull.File
	var read []string
	for i := range l.out.Files {
		f := &l.out.Files[i]
		if f.Change == pull.Removed || !l.Reads(l.out, f.Path) {
			continue
		}
		read = append(read, f.Path)
		if !l.remembered(f) {
			wanted = append(wanted, f)
		}
	}
	l.remembersFiles(read)
	slices.SortFunc(wanted, func(a, b *pull.File) int { return strings.Compare(a.Path, b.Path) })
	return wanted[:min(len(wanted), maxRead)]
}

// entriesQuery looks up files in the head's tree, with or without their text.
func entriesQuery(files []*pull.File, head string, withText bool) gh.Query {
	q := gh.Query{Variables: map[string]any{"head": head, "text": withText}, Declared: []string{"$text:Boolean!"}}
	var fields strings.Builder
	for i, f := range files {
		fmt.Fprintf(&fields, " f%d:file(path:$p%d){...Entry}", i, i)
		q.Declared = append(q.Declared, fmt.Sprintf("$p%d:String!", i))
		q.Variables[fmt.Sprintf("p%d", i)] = f.Path
	}
	q.Repository = []string{"head:object(oid:$head){...on Commit{" + fields.String() + "}}"}
	q.Fragments = []string{"fragment Entry on TreeEntry{mode type object{__typename ...on Blob{oid byteSize isTruncated " +
		"text@include(if:$text)}}}"}
	return q
}

// contents takes the files' contents from an answer.
func (l *loading) contents(ctx context.Context, found gh.Fields, files []*pull.File) error {
	if len(files) == 0 {
		return nil
	}
	var head map[string]*entryData
	if err := found.Read("head", &head); err != nil || head == nil {
		return gh.BadAnswer("the head commit is not there (yet)")
	}
	for i, f := range files {
		var err error
		e := head[fmt.Sprintf("f%d", i)]
		if f.Content, err = l.content(ctx, f.Path, e); err != nil {
			return fmt.Errorf("reading %s: %w", gh.Tidy(f.Path), err)
		}
		l.remember(f, e)
	}
	return nil
}

// content reads one file, within the allowance. A file that the head commit lacks may come
// from a later push, which the next load will see. If that doesn't find it either, it
// doesn't exist.
func (l *loading) content(ctx context.Context, path string, e *entryData) (*pull.Content, error) {
	switch {
	case e != nil && e.Type == "commit":
		return &pull.Content{Kind: pull.Submodule}, nil
	case e != nil && e.Object != nil && e.Object.Typename == "Blob":
	case strings.ContainsRune(path, utf8.RuneError): // the name isn't UTF-8, and can't be requested
		return nil, nil
	default:
		before, _ := l.from.missing.ContainsOrAdd(fileAt{l.Key.Repository(), l.out.Head, path}, struct{}{})
		l.moved = l.moved || !before
		return nil, nil
	}
	c := &pull.Content{Kind: e.kind(), Size: e.Object.ByteSize}
	if c.Size > pull.MaxContent || c.Size > l.left.bytes {
		return c, nil
	}
	if !e.Object.exact() {
		if l.left.raw == 0 {
			return c, nil
		}
		l.left.raw--
	}
	data, err := e.Object.content(ctx, l.Client)
	c.Data = data
	l.left.bytes -= int64(len(data))
	return c, err
}
