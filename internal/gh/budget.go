package gh

import (
	"context"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// reserve is the share of an hour's requests and points that is kept for people's
// events.
const reserve = 0.15

// quota is what GitHub has left of one resource until reset, when it is full again.
type quota struct {
	limit, left int
	reset       time.Time // by our clock
}

// budget is what one installation has left, as GitHub's answers show: "core" requests
// and "graphql" points ("Rate limits for the REST API", checking
// the status of your rate limit).
type budget struct {
	mu     sync.Mutex
	quotas map[string]quota
	spent  map[string]int // answers, since they were last counted
}

func newBudget() *budget { return &budget{quotas: map[string]quota{}, spent: map[string]int{}} }

// note remembers what an answer shows. Of two answers about the same hour, the lower
// one counts: they may overtake each other.
func (b *budget) note(h http.Header, now time.Time) {
	resource := h.Get("X-RateLimit-Resource")
	limit, errLimit := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	left, errLeft := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	reset, errReset := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64)
	if resource != "core" && resource != "graphql" || errLimit != nil || errLeft != nil || errReset != nil || limit <= 0 {
		return
	}
	q := quota{limit, left, time.Unix(reset, 0).Add(ahead(h, now))}
	if latest := now.Add(farthest); q.reset.After(latest) {
		q.reset = latest
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if known := b.quotas[resource]; known.limit == limit && known.reset.Sub(q.reset).Abs() < 2*time.Second { // Date has whole seconds
		q.left, q.reset = min(q.left, known.left), known.reset
	}
	b.quotas[resource] = q
	b.spent[resource]++
}

// Usage is what an installation used of one of GitHub's limits: "core" for requests to
// the REST API, "graphql" for points.
type Usage struct {
	Installation int64
	Resource     string
	Left, Limit  int // now
	Requests     int // of this process
}

// Usage returns what was used since it was last called, of what was used at all.
func (a *App) Usage() (all []Usage) {
	a.mu.Lock()
	clients := maps.Clone(a.clients)
	a.mu.Unlock()
	for id, c := range clients {
		for _, u := range c.guard.budget.usage(a.cfg.Now()) {
			u.Installation = id
			all = append(all, u)
		}
	}
	return all
}

func (b *budget) usage(now time.Time) (all []Usage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for resource, q := range b.quotas {
		if !now.Before(q.reset) {
			q.left = q.limit
		}
		all = append(all, Usage{Resource: resource, Left: q.left, Limit: q.limit, Requests: b.spent[resource]})
	}
	clear(b.spent)
	return all
}

// left returns the share of the scarcer resource, and when that is full again.
func (b *budget) left(now time.Time) (share float64, full time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	share = 1
	for _, q := range b.quotas {
		if s := float64(q.left) / float64(q.limit); s < share && now.Before(q.reset) {
			share, full = s, q.reset
		}
	}
	return share, full
}

// spare returns a limit for background work once only the reserve is left.
func (b *budget) spare(ctx context.Context, now time.Time) error {
	if !inBackground(ctx) {
		return nil
	}
	if share, full := b.left(now); share < reserve {
		return &Limited{Answer: Answer{Message: "the rest of this hour is kept for people's events"}, Until: full, Spared: true}
	}
	return nil
}
