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

	// A stranger chooses how many files there are, and what is in them. A pull
	// request has one NEWS entry or two; a release gathers some hundreds.
	maxRead = 200 // files: 8 queries
	maxRaw  = 30  // of them, those that GraphQL does not give to the byte: each is a request of its own
)

// onDefault takes over a file of the default branch, nil where there is none.
// One that is too large to be read must not keep the pull requests from being
// looked at: it comes as zeros, more of them than anybody takes for settings.
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

// unread are the changed files that the rules want to see, at the head, and that
// no earlier load has read. The base repository has them all, even when the fork
// is gone.
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

// entriesQuery looks files up in the tree of the head, with or without their
// text.
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

// contents takes over what was found of files.
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

// content reads one file, as far as what is left allows. One that is not in the
// head commit may come from a later push: that is for the next load to see, and if
// it finds none either, GitHub has none.
func (l *loading) content(ctx context.Context, path string, e *entryData) (*pull.Content, error) {
	switch {
	case e != nil && e.Type == "commit":
		return &pull.Content{Kind: pull.Submodule}, nil
	case e != nil && e.Object != nil && e.Object.Typename == "Blob":
	case strings.ContainsRune(path, utf8.RuneError): // a name that is not UTF-8: there is no way to ask for it
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
