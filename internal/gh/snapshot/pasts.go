package snapshot

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// past is the known part of a pull request's or issue's history.
type past struct {
	needs    pull.Facts
	began    time.Time // when all of it was read
	read     map[string]stretch
	events   []pull.Event
	opinions []pull.Opinion
	deleted  int           // comments of this App, by people
	comments []commentData // the older ones
	touched  time.Time     // when any comment that was read was last edited
	seen     time.Time     // until then, all edits were seen
}

// stretch is how far a list was read.
type stretch struct {
	cursor string
	count  int // holes included
}

const (
	maxPasts = 16 << 20 // bytes of all
	maxPast  = 2 << 20  // GitHub takes 2,500 comments on one thing
	// pastFor limits how long a history is continued, since accounts and labels in it may be
	// renamed.
	pastFor = time.Hour
	// unsettled is how long a comment is read again: the answer to a command is a reaction,
	// which doesn't count as an edit.
	unsettled = time.Hour
	// eventSize is the approximate memory that an event or opinion takes, in bytes.
	eventSize = 160
)

func (p *past) size() int {
	bytes := eventSize * (len(p.events) + len(p.opinions))
	for _, c := range p.comments {
		bytes += len(c.Body) + 2*eventSize
	}
	return bytes
}

// pasts keep many histories; the least recently used go first. Losing them only costs
// time.
type pasts struct {
	mu    sync.Mutex
	byKey *simplelru.LRU[pull.Key, *past]
	bytes int
}

func newPasts() *pasts {
	c := &pasts{}
	c.byKey, _ = simplelru.NewLRU(20_000, func(_ pull.Key, p *past) { c.bytes -= p.size() }) // errs only on a size below 1
	return c
}

// of returns nil if nothing is known. The result must not be changed.
func (c *pasts) of(key pull.Key, needs pull.Facts, now time.Time) *past {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, found := c.byKey.Get(key)
	if !found || p.needs != needs || now.Sub(p.began).Abs() > pastFor {
		return nil
	}
	return p
}

func (c *pasts) keep(key pull.Key, p *past) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey.Remove(key) // Add would not tell what it replaces
	c.add(key, p)
}

func (c *pasts) add(key pull.Key, p *past) {
	if len(p.read) == 0 || p.size() > maxPast {
		return
	}
	c.byKey.Add(key, p)
	c.bytes += p.size()
	for c.bytes > maxPasts {
		c.byKey.RemoveOldest()
	}
}

func (c *pasts) forget(key pull.Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byKey.Remove(key)
}

// answered forgets a history's comments: GitHub doesn't count reactions as edits.
func (c *pasts) answered(key pull.Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	p, found := c.byKey.Peek(key)
	if !found || p.comments == nil {
		return
	}
	rest := *p
	rest.comments, rest.read = nil, maps.Clone(p.read)
	delete(rest.read, "comments")
	c.byKey.Remove(key)
	c.add(key, &rest)
}

// reading is how far a load that continues a past has got.
type reading struct {
	past
	now     time.Time
	totals  map[string]int // by list, as GitHub counts
	all     []commentData  // so far
	settled stretch        // comments that the next load can skip
	older   int            // how many of all that are
	broken  bool           // the past isn't what it was

	recounted bool // the past was added, so that what's read agrees with how far it was read
}

// grown notes a page of a list, perhaps one that wasn't requested.
func (h *reading) grown(name string, nodes int, page gh.PageInfo, total int) {
	if nodes == 0 && total == 0 {
		return
	}
	s := h.read[name]
	s.count += nodes
	if page.EndCursor != "" {
		s.cursor = page.EndCursor
	}
	h.read[name], h.totals[name] = s, total
}

// commented notes a page of comments that was just added to all.
func (h *reading) commented(page gh.Connection[commentData]) {
	settles := h.settled.count == h.read["comments"].count && len(page.Nodes) == page.Entries &&
		!slices.ContainsFunc(page.Nodes, func(c commentData) bool {
			return h.now.Sub(c.CreatedAt) < unsettled
		})
	h.grown("comments", page.Entries, page.PageInfo, page.TotalCount)
	if settles {
		h.older, h.settled = len(h.all), h.read["comments"]
	}
	for _, c := range page.Nodes {
		if c.UpdatedAt.After(h.touched) {
			h.touched = c.UpdatedAt
		}
	}
}

// whole reports whether all lists were read without a gap.
func (h *reading) whole() bool {
	for name, s := range h.read {
		if h.totals[name] != s.count {
			return false
		}
	}
	return !h.broken
}
