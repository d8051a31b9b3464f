package snapshot

import (
	"github.com/concorde-bot/concorde/internal/gh"

	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/concorde-bot/concorde/internal/pull"
)

// fileAt is a file at a commit: its contents never change.
type fileAt struct {
	repository   pull.Key
	commit, path string
}

// blobAt are contents by their hash. Those of another repository are nobody's
// business.
type blobAt struct {
	repository pull.Key
	oid        string
}

// knownFile is what is known of a file: its contents are among the blobs.
type knownFile struct {
	kind pull.Kind
	oid  string
}

const (
	rememberedFiles = 500
	rememberedReads = 5000     // pull requests
	rememberedSize  = 64 << 10 // bytes of one file; a NEWS entry has some hundreds
	rememberedBytes = 8 << 20  // of all of them
)

// blobs are contents that were read, those used last up to so many bytes.
type blobs struct {
	mu    sync.Mutex
	bytes int
	lru   *simplelru.LRU[blobAt, []byte]
}

func newBlobs() (*blobs, error) {
	b := &blobs{}
	var err error
	b.lru, err = simplelru.NewLRU(rememberedBytes/256, func(_ blobAt, data []byte) { b.bytes -= len(data) })
	return b, err
}

func (b *blobs) add(at blobAt, data []byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lru.Contains(at) {
		return
	}
	b.bytes += len(data)
	b.lru.Add(at, slices.Clone(data))
	for b.bytes > rememberedBytes {
		b.lru.RemoveOldest()
	}
}

func (b *blobs) get(at blobAt) ([]byte, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	data, found := b.lru.Get(at)
	return slices.Clone(data), found
}

// kind is that of a blob.
func (e *entryData) kind() pull.Kind {
	if e.Mode == 0o120000 {
		return pull.Symlink
	}
	return pull.Regular
}

// remembered takes contents that an earlier load read: of this very head, or of
// another one where the file has the same hash, so that neither what happens
// between two pushes nor a push that leaves the file alone costs a request for it.
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

// foreseeFiles adds to the first query the hashes of the files that were read the
// last time, on whatever is the head now.
func (l *loading) foreseeFiles(q *gh.Query) {
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

// takeFiles takes the hashes that the first query brought, if they are of the head.
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

// remembersFiles notes which files to ask for the next time.
func (l *loading) remembersFiles(read []string) {
	read = slices.DeleteFunc(read, func(path string) bool { return strings.ContainsRune(path, utf8.RuneError) })
	slices.Sort(read)
	l.from.reads.Add(l.Key, first(read, entriesPerQuery))
}

// allowance is what may still be read of one pull request.
type allowance struct {
	bytes int64
	raw   int // blobs, each by itself
}
