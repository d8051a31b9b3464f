package reconcile

import (
	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Bounds of what's remembered of repositories: anyone can install a public App and bring
// files. Losing it only costs time, and the least recently used goes first.
const (
	rememberedRepositories = 1000
	// rememberedFiles is in bytes of repositories' own files. What they say takes up to twenty
	// times as much memory.
	rememberedFiles = 2 << 20
)

// remembered is what's in force in repositories, and what other replicas were told.
type remembered struct {
	inForce   *simplelru.LRU[pull.Key, effective]
	announced *simplelru.LRU[pull.Key, announced]
	bytes     int
}

func newRemembered() *remembered {
	m := &remembered{}
	m.announced, _ = simplelru.NewLRU[pull.Key, announced](rememberedRepositories, nil) // errs only on a size below 1
	m.inForce, _ = simplelru.NewLRU(rememberedRepositories, func(repository pull.Key, e effective) {
		m.bytes -= e.files.size()
		m.announced.Remove(repository)
	})
	return m
}

func (m *remembered) add(repository pull.Key, e effective) {
	if before, found := m.inForce.Peek(repository); found {
		m.bytes -= before.files.size()
	}
	m.inForce.Add(repository, e)
	m.bytes += e.files.size()
	for m.bytes > rememberedFiles {
		m.inForce.RemoveOldest()
	}
}

func (f files) size() int { return len(f.settings) + len(f.labelRules) }
