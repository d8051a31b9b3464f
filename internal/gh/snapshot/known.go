package snapshot

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// remembered takes contents that an earlier load read, for the same head or the same hash.
// So neither events between two pushes nor a push that doesn't touch the file cost a
// request.
func (l *loading) remembered(f *pull.File) bool {
	known, found := l.entries[f.Path]
	if !found {
		if known, found = l.from.files.Get(fileAt{l.Key.Repository(), l.out.Head, f.Path}); !found {
			return false
		}
	}
	data, found := l.from.blobs.get(blobAt{l.Key.Repository(), known.oid})
	if found {
		f.Content = &pull.Content{Kind: known.kind, Size: int64(len(data)), Data: data}
	}
	return found
}

func (l *loading) remember(f *pull.File, e *entryData) {
	c := f.Content
	if c == nil || c.Kind == pull.Submodule || c.Size != int64(len(c.Data)) || c.Size > rememberedSize {
		return
	}
	of := l.Key.Repository()
	l.from.files.Add(fileAt{of, l.out.Head, f.Path}, knownFile{c.Kind, e.Object.Oid})
	l.from.blobs.add(blobAt{of, e.Object.Oid}, c.Data)
}

// prefetchFiles adds to the first query the hashes of the files that were read the last
// time, at the current head.
func (l *loading) prefetchFiles(q *gh.Query) {
	l.asksFor, l.entries = nil, nil
	paths, found := l.from.reads.Get(l.Key)
	if !found || len(paths) == 0 || l.Reads == nil || *l.Size != gh.Whole {
		return
	}
	var fields strings.Builder
	for i, path := range paths {
		fmt.Fprintf(&fields, " f%d:file(path:$read%d){...Hash}", i, i)
		q.Declared = append(q.Declared, fmt.Sprintf("$read%d:String!", i))
		q.Variables[fmt.Sprint("read", i)] = path
	}
	q.Pull = append(q.Pull, "read:commits(last:1){nodes{commit{oid"+fields.String()+"}}}")
	q.Fragments = append(q.Fragments, "fragment Hash on TreeEntry{mode type object{__typename ...on Blob{oid}}}")
	l.asksFor = paths
}

// takeFiles takes the hashes from the first query's answer, if they're from the head.
func (l *loading) takeFiles(p *pullData) {
	l.entries = map[string]knownFile{}
	for _, n := range p.Read.Nodes {
		for i, path := range l.asksFor {
			var e *entryData
			if json.Unmarshal(n.Commit[fmt.Sprint("f", i)], &e) != nil || e == nil || e.Object == nil || e.Object.Typename != "Blob" {
				continue
			}
			if string(n.Commit["oid"]) == fmt.Sprintf("%q", p.HeadRefOid) {
				l.entries[path] = knownFile{e.kind(), e.Object.Oid}
			}
		}
	}
}

// remembersFiles remembers which files to prefetch.
func (l *loading) remembersFiles(read []string) {
	read = slices.DeleteFunc(read, func(path string) bool { return strings.ContainsRune(path, utf8.RuneError) })
	slices.Sort(read)
	l.from.reads.Add(l.Key, first(read, entriesPerQuery))
}
