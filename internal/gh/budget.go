package gh

import (
	"context"
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
}

func newBudget() *budget { return &budget{quotas: map[string]quota{}} }

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
