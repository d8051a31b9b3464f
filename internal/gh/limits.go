package gh

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	firstPause   = time.Minute      // after a limit for which GitHub names no time; it doubles
	longestPause = 15 * time.Minute // of those
)

// guard keeps one installation within GitHub's limits: requests at once, points and
// writes a minute, and no requests until the time that GitHub named.
type guard struct {
	next    http.RoundTripper
	graphql string
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	log     zerolog.Logger
	budget  *budget
	slots   chan struct{}
	points  pacer // none: unpaced
	// perMinute are the content writes of all processes together; 0: unpaced.
	perMinute int
	writes    line

	mu      sync.Mutex
	limited *Limited // the last one
	pause   time.Duration
	refused bool // a write, and no write was taken since
}

func newGuard(cfg Config, next http.RoundTripper, graphql string, budget *budget) *guard {
	g := &guard{
		next: next, graphql: graphql, now: cfg.Now, wait: cfg.Wait, log: cfg.Log, budget: budget,
		slots: make(chan struct{}, cfg.MaxConcurrent), writes: line{now: cfg.Now, wait: cfg.Wait, places: map[pull.Key]place{}},
	}
	if cfg.WritesPerMinute > 0 {
		g.perMinute = cfg.WritesPerMinute
		g.points, g.writes.free = newPoints(1), newWrites(cfg.WritesPerMinute)
	}
	return g
}

// share leaves this process its part of what GitHub allows.
func (g *guard) share(processes int) {
	if g.perMinute > 0 {
		g.points.become(newPoints(processes), g.now())
		g.writes.free.become(newWrites(max(1, g.perMinute/processes)), g.now())
	}
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	charge := chargeOf(r, g.graphql)
	if err := g.closed(); err != nil {
		return nil, err
	}
	if err := g.budget.spare(r.Context(), g.now()); err != nil {
		return nil, err
	}
	writes, had := toBook(r.Context(), charge.content)
	if err := g.writes.turn(r.Context(), writes); err != nil {
		return nil, err
	}
	had()
	if err := g.point(r.Context(), charge.points); err != nil {
		return nil, err
	}
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	if err := g.closed(); err != nil { // while this one waited
		return nil, err
	}
	resp, err := g.next.RoundTrip(r)
	return resp, g.note(err, charge.writes() > 0)
}

// closed returns the limit in force, if any.
func (g *guard) closed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limited != nil && g.now().Before(g.limited.Until) {
		return g.limited
	}
	return nil
}

// note remembers a limit that GitHub set. An answered read doesn't mean that writes are
// allowed again.
func (g *guard) note(err error, wrote bool) error {
	err = Settle(err)
	if some, ok := err.(*mixed); ok {
		some.limited(func(err error) error { return g.note(err, wrote) })
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	limit, ok := err.(*Limited)
	switch over := g.limited == nil || !g.now().Before(g.limited.Until); {
	case ok:
		return g.limit(limit, wrote, over)
	case err == nil && over && (wrote || !g.refused):
		g.pause, g.refused = 0, false
	}
	return err
}

// limit sets the end of a limit that has none, and a later one if writes are refused
// again: "continue to wait for an exponentially increasing amount of time"
// (GitHub, "Best practices for using the REST API"). over: the last limit has ended.
func (g *guard) limit(limit *Limited, wrote, over bool) error {
	untimed := limit.Until.IsZero()
	switch {
	case untimed && !over: // sent before the first of these answers came: not another offense
		return g.limited
	case untimed, wrote && over && g.refused:
		g.pause = min(max(2*g.pause, firstPause), longestPause)
		if until := g.now().Add(g.pause); limit.Until.Before(until) {
			limit.Until = until
		}
	case wrote && over:
		g.pause = firstPause // as if GitHub had named none
	}
	g.refused = g.refused || wrote
	if g.limited == nil || limit.Until.After(g.limited.Until) {
		g.limited = limit
		g.log.Warn().Time("until", limit.Until).Str("cause", limit.Answer.Error()).Msg("GitHub limits the requests")
	}
	return g.limited
}

// usualWrites is the number of writes of a usual plan.
const usualWrites = 5

func (g *guard) room(ctx context.Context) error {
	if err := g.closed(); err != nil {
		return err
	}
	if err := g.budget.spare(ctx, g.now()); err != nil || g.writes.free == nil {
		return err
	}
	b, err := g.writes.book(ctx, usualWrites)
	if err == nil {
		b.cancel(b.made) // a moment later, what was free at once would count as used
	}
	return err
}

// point waits until the points of a request are free. No more requests wait than there
// are workers, so none waits for long.
func (g *guard) point(ctx context.Context, n int) error {
	if wait := g.points.reserve(ctx, g.now(), n).delay; wait > 0 {
		return g.wait(ctx, wait)
	}
	return nil
}
