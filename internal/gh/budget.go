package gh

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// reserve is the share of an hour's requests and points that is kept for
// people's events.
const reserve = 0.15

// quota is what GitHub has left of one resource until reset, when it is full again.
type quota struct {
	limit, left int
	reset       time.Time // by our clock
}

// budget is what GitHub has left for one installation, as its answers show: of
// "core" requests, of "graphql" points ("Rate limits for the REST API", checking
// the status of your rate limit).
type budget struct {
	mu     sync.Mutex
	quotas map[string]quota
}

func newBudget() *budget { return &budget{quotas: map[string]quota{}} }

// note takes over what an answer shows. Of two answers about the same hour the
// lower counts: they may overtake each other.
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

// left is the share of the scarcer resource, and when that is full again.
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

// Left is the share, 0 to 1, that GitHub has left of an installation's hour, of
// requests or points, whichever is scarcer, and when it is full again. It is 1
// where GitHub has not said. Installation 0 is that of the repository, if known.
func (a *App) Left(repository pull.Key, installation int64) (share float64, full time.Time) {
	c, known := a.installed(repository, installation)
	if !known {
		return 1, time.Time{}
	}
	return c.guard.budget.left(a.cfg.Now())
}

// installed is what is known of an installation; 0 is that of the repository.
func (a *App) installed(key pull.Key, installation int64) (installed, bool) {
	if installation == 0 {
		installation, _ = a.found.Get(key.Repository())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, known := a.clients[installation]
	return c, known
}

type background struct{}

// Background marks requests that no person waits for. They leave part of GitHub's
// limits to people's events: the end of an hour, and half of each burst.
func Background(ctx context.Context) context.Context {
	return context.WithValue(ctx, background{}, true)
}

func inBackground(ctx context.Context) bool { return ctx.Value(background{}) != nil }

// spare is a limit for work in the background, once only the reserve is left.
func (g *guard) spare(ctx context.Context) error {
	if !inBackground(ctx) {
		return nil
	}
	if share, full := g.budget.left(g.now()); share < reserve {
		return &Limited{Answer: Answer{Message: "the rest of this hour is kept for people's events"}, Until: full, Spared: true}
	}
	return nil
}

// usualWrites are those of a plan.
const usualWrites = 5

// Room tells, before anything is loaded, whether GitHub has room for what no person
// waits for: nil, or Limited until the key's turn.
func (a *App) Room(ctx context.Context, installation int64, key pull.Key) error {
	c, known := a.installed(key, installation)
	if !known {
		return nil
	}
	return c.guard.room(Background(writing(ctx, key)))
}

func (g *guard) room(ctx context.Context) error {
	if err := g.closed(); err != nil {
		return err
	}
	if err := g.spare(ctx); err != nil || g.writes == nil {
		return err
	}
	b, err := g.book(ctx, usualWrites)
	if err == nil {
		b.cancel(b.made) // a moment later, what was free at once would count as used
	}
	return err
}

// charge is what a request counts for GitHub's secondary limits ("Calculating
// points for the secondary rate limit").
type charge struct {
	points  int
	content int // writes: each mutation of a request
}

func chargeOf(r *http.Request, graphql string) charge {
	switch n, mutates := r.Context().Value(mutation{}).(int); {
	case mutates:
		return charge{5, n}
	case r.Method == http.MethodGet || r.URL.String() == graphql:
		return charge{1, 0}
	}
	return charge{5, 1}
}

// newPoints keeps any minute within GitHub's 900 points.
func newPoints() pacer { return pacer{perMinute(750, 150)} }

// point waits until the points of a request are free. As many wait as there are
// workers, so nobody waits for long.
func (g *guard) point(ctx context.Context, n int) error {
	if wait := g.points.reserve(ctx, g.now(), n).delay; wait > 0 {
		return g.wait(ctx, wait)
	}
	return nil
}

// Bill adds up what the requests of a context cost: a request 1, a query its
// points ("Calculating points for the primary rate limit") on top, a write 5 more.
type Bill struct {
	mu    sync.Mutex
	total int
}

type billed struct{}

// Billed has the requests of a context put on the bill.
func Billed(ctx context.Context, b *Bill) context.Context { return context.WithValue(ctx, billed{}, b) }

// Total is the sum so far.
func (b *Bill) Total() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.total
}

func (b *Bill) add(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.total += n
}

// priced has a query ask for its price, too, which costs nothing.
func priced(query string) string {
	if !strings.HasPrefix(query, "query") {
		return query
	}
	return strings.Replace(query, "{", "{rateLimit{cost} ", 1)
}
