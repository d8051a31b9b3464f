package gh

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	firstPause   = time.Minute      // after a limit for which GitHub names no time; it doubles
	longestPause = 15 * time.Minute // of those
	farthest     = 2 * time.Hour    // GitHub names at most an hour; a slip must not silence the bot for good
)

// guard keeps GitHub's limits for one installation: so many requests at once,
// so many writes a minute, and none at all before the time that GitHub named.
type guard struct {
	next    http.RoundTripper
	graphql string
	now     func() time.Time
	log     zerolog.Logger
	slots   chan struct{}
	writes  *rate.Limiter // nil: unpaced

	mu      sync.Mutex
	limited *Limited // the last one
	pause   time.Duration
	line    map[pull.Key]time.Time // who had to go without writing, and when its turn is
}

func newGuard(cfg Config, next http.RoundTripper, graphql string) *guard {
	g := &guard{next: next, graphql: graphql, now: cfg.Now, log: cfg.Log, line: map[pull.Key]time.Time{}, slots: make(chan struct{}, cfg.MaxConcurrent)}
	if n := cfg.WritesPerMinute; n > 0 {
		burst := max(n/8, 1) // burst and refill together keep any minute within n
		g.writes = rate.NewLimiter(rate.Every(time.Minute/time.Duration(max(n-burst, 1))), burst)
	}
	return g
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := g.closed(); err != nil {
		return nil, err
	}
	if err := g.turn(r); err != nil {
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
	return resp, g.note(err)
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

// note remembers a limit that GitHub set, and gives it a time if it has none.
func (g *guard) note(err error) error {
	err = settle(err)
	if some, ok := err.(*mixed); ok {
		some.limited(g.note)
		return err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	limit, ok := err.(*Limited)
	if !ok {
		if err == nil && (g.limited == nil || !now.Before(g.limited.Until)) {
			g.pause = 0
		}
		return err
	}
	if limit.Until.IsZero() {
		if g.limited != nil && now.Before(g.limited.Until) { // sent before the first of these answers came: not yet another offence
			return g.limited
		}
		g.pause = min(max(2*g.pause, firstPause), longestPause)
		limit.Until = now.Add(g.pause)
	}
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
	ahead := time.Duration(0)
	if date, err := http.ParseTime(h.Get("Date")); err == nil {
		ahead = now.Sub(date)
	}
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

// overLimit tells whether an answer 403 means "too much" rather than "you may
// not".
func overLimit(h http.Header, message string) bool {
	message = strings.ToLower(message)
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0" ||
		strings.Contains(message, "rate limit") || strings.Contains(message, "abuse detection") || strings.Contains(message, "submitted too quickly")
}
