package snapshot

import (
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/concorde-bot/concorde/internal/pull"
)

// fileAt is a file at a commit, so its contents never change.
type fileAt struct {
	repository   pull.Key
	commit, path string
}

// blobAt is a blob by its hash, within a repository: contents of one repository must not
// show up in another.
type blobAt struct {
	repository pull.Key
	oid        string
}

// knownFile is what's known of a file. Its contents are among the blobs.
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

// blobs are file contents, up to a total size. The least recently used go first.
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

// allowance is how much a load of one pull request may still read.
type allowance struct {
	bytes int64
	raw   int // blobs, each by itself
}

// glimpse is the latest state of a pull request that a load of its own saw, its last
// change, and the time of that load.
type glimpse struct {
	updated time.Time
	state   pull.State
	at      time.Time
}

const rememberedGlimpses = 10_000
