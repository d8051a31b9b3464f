package gh

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	firstPause   = time.Minute      // after a limit for which GitHub names no time; it doubles
	longestPause = 15 * time.Minute // of those
	farthest     = 2 * time.Hour    // GitHub names at most an hour; a slip must not silence the bot for good
)

// guard keeps GitHub's limits for one installation: so many requests at once, so
// many points and writes a minute, and none at all before the time that GitHub
// named.
type guard struct {
	next    http.RoundTripper
	graphql string
	now     func() time.Time
	wait    func(context.Context, time.Duration) error
	log     zerolog.Logger
	budget  *budget
	slots   chan struct{}
	points  pacer // none: unpaced
	writes  pacer // none: unpaced

	mu      sync.Mutex
	limited *Limited // the last one
	pause   time.Duration
	refused bool               // a write, and no write was taken since
	line    map[pull.Key]place // who had to go without writing, and when its turn is
}

func newGuard(cfg Config, next http.RoundTripper, graphql string, budget *budget) *guard {
	g := &guard{
		next: next, graphql: graphql, now: cfg.Now, wait: cfg.Wait, log: cfg.Log, budget: budget,
		slots: make(chan struct{}, cfg.MaxConcurrent), line: map[pull.Key]place{},
	}
	if cfg.WritesPerMinute > 0 {
		g.points, g.writes = newPoints(), newWrites(cfg.WritesPerMinute)
	}
	return g
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	charge := chargeOf(r, g.graphql)
	if err := g.closed(); err != nil {
		return nil, err
	}
	if err := g.spare(r.Context()); err != nil {
		return nil, err
	}
	if err := g.turn(r.Context(), charge.content); err != nil {
		return nil, err
	}
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
	return resp, g.note(err, charge.content > 0)
}

// closed tells whether GitHub takes nothing now.
func (g *guard) closed() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.limited != nil && g.now().Before(g.limited.Until) {
		return g.limited
	}
	return nil
}

// note remembers a limit that GitHub set. That a read is answered says nothing
// about writes.
func (g *guard) note(err error, wrote bool) error {
	err = settle(err)
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

// limit gives a time to a limit that has none, and a later one to writes that are
// refused again: "continue to wait for an exponentially increasing amount of time"
// (GitHub, "Best practices for using the REST API"). over: the last limit is.
func (g *guard) limit(limit *Limited, wrote, over bool) error {
	untimed := limit.Until.IsZero()
	switch {
	case untimed && !over: // sent before the first of these answers came: not yet another offence
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

// named is the time that GitHub named in the answer, zero if none ("Rate
// limits for the REST API", exceeding the rate limit). GitHub names it by its
// own clock, which the answer's Date shows; ours may go ahead.
func named(h http.Header, now time.Time) time.Time {
	ahead := ahead(h, now)
	until := time.Time{}
	if after, err := strconv.Atoi(h.Get("Retry-After")); err == nil && after >= 0 {
		until = now.Add(time.Duration(min(after, int(farthest/time.Second))) * time.Second)
	} else if at, err := http.ParseTime(h.Get("Retry-After")); err == nil {
		until = at.Add(ahead)
	} else if reset, err := strconv.ParseInt(h.Get("X-RateLimit-Reset"), 10, 64); err == nil && h.Get("X-RateLimit-Remaining") == "0" {
		until = time.Unix(reset, 0).Add(ahead)
	}
	if until.IsZero() {
		return until
	}
	if soonest := now.Add(time.Second); until.Before(soonest) { // without a Date, or with a strange one
		return soonest
	}
	if latest := now.Add(farthest); until.After(latest) {
		return latest
	}
	return until
}

// ahead is how far our clock goes before GitHub's.
func ahead(h http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(h.Get("Date"))
	if err != nil {
		return 0
	}
	return now.Sub(date)
}

// overLimit tells whether an answer 403 means "too much" rather than "you may
// not".
func overLimit(h http.Header, message string) bool {
	message = strings.ToLower(message)
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0" ||
		strings.Contains(message, "rate limit") || strings.Contains(message, "abuse detection") || strings.Contains(message, "submitted too quickly")
}
