package snapshot

import (
	"slices"
	"sync"
	"time"

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

// allowance is what may still be read of one pull request.
type allowance struct {
	bytes int64
	raw   int // blobs, each by itself
}

// glimpse is what a load last saw of a pull request: when it was changed, in which
// state it was, and when it was seen.
type glimpse struct {
	updated time.Time
	state   pull.State
	at      time.Time
}

const rememberedGlimpses = 10_000
