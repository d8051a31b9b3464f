package api

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// bearer is whose limits count.
func bearer(a world.Actor) string {
	switch {
	case a.App:
		return "app"
	case a.Installation() != 0:
		return "installation " + strconv.FormatInt(a.Installation(), 10)
	case a.Token != nil:
		return "user " + a.Token.User.Login
	}
	return "anonymous"
}

// bucketFor is that of the present hour; the front's lock is held.
func (f *Front) bucketFor(a world.Actor, resource string, now time.Time) *bucket {
	key, limit := bearer(a)+" "+resource, f.cfg.RateLimit
	if a.Anonymous() {
		limit = 60
	}
	b := f.buckets[key]
	if b == nil || !now.Before(b.reset) {
		b = &bucket{resource: resource, limit: limit, reset: now.Add(time.Hour).Truncate(time.Second)}
		f.buckets[key] = b
	}
	return b
}

// Budget is what an actor may spend in the present hour.
type Budget struct {
	Limit, Used int
	Reset       time.Time
}

// Remaining is what is left; it can be negative.
func (b Budget) Remaining() int { return b.Limit - b.Used }

// Charge takes points from an actor's hour, or with a negative number gives them back, and returns what is left; the world's lock is held.
func (f *Front) Charge(a world.Actor, resource string, points int) Budget {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.bucketFor(a, resource, f.world.Now())
	b.used += points
	return Budget{b.limit, b.used, b.reset}
}

// spend counts the request, or refuses it; the world's lock is held.
func (f *Front) spend(resp *Answer, c *Call) error {
	resource := "core"
	if strings.HasSuffix(c.route, "/graphql") {
		resource = "graphql"
	}
	f.mu.Lock()
	b := f.bucketFor(c.Actor, resource, f.world.Now())
	resp.bucket = b
	spent := b.used >= b.limit
	if !spent {
		b.used++
	}
	f.mu.Unlock()
	switch {
	case spent:
		return b.exceeded(c)
	case resource == "graphql" || c.Actor.App: // a query is counted when it was read
		return nil
	case c.Method == http.MethodGet:
		return f.Pace(c, Cost{Points: 1})
	case strings.Contains(c.route, "/statuses/{sha}"): // "Create a commit status" doesn't trigger notifications (GitHub's OpenAPI description)
		return f.Pace(c, Cost{Points: 5})
	}
	return f.Pace(c, Cost{Points: 5, Content: 1})
}

// Cost is what a request counts for the secondary limits.
type Cost struct{ Points, Content int }

// Pace counts a request for the secondary limits, or refuses it whole; the world's lock is held.
func (f *Front) Pace(c *Call, cost Cost) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.paces[bearer(c.Actor)]
	if p == nil {
		p = &pace{}
		f.paces[bearer(c.Actor)] = p
	}
	now := f.world.Now()
	wait := max(
		p.points.blocked(now, cost.Points, f.cfg.PointsPerMinute, time.Minute),
		p.content.blocked(now, cost.Content, f.cfg.ContentPerMinute, time.Minute),
		p.content.blocked(now, cost.Content, f.cfg.ContentPerHour, time.Hour),
	)
	if wait > 0 {
		refusal := f.cfg.Refusal(wait)
		maps.Copy(c.AnswerHeader, refusal.Header)
		return &world.Refusal{Status: refusal.Status, Message: secondaryMessage, Docs: secondaryDocs}
	}
	p.points.add(now, cost.Points)
	p.content.add(now, cost.Content)
	return nil
}

// exceeded is the primary limit: 403, for GraphQL 200 with an error in the body.
func (b *bucket) exceeded(c *Call) error {
	message := "API rate limit exceeded for " + c.RemoteAddr + "."
	if id := c.Actor.Installation(); id != 0 {
		message = fmt.Sprintf("API rate limit exceeded for installation ID %d.", id)
	}
	if b.resource == "graphql" {
		return &QueryError{Kind: "RATE_LIMITED", Message: message}
	}
	return &world.Refusal{Status: 403, Message: message, Docs: limitDocs}
}

// refund gives back what an answer 304 does not cost.
func (f *Front) refund(p *Answer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p.bucket != nil && p.Status == http.StatusNotModified {
		p.bucket.used--
	}
}

func (f *Front) limitHeaders(p *Answer) {
	f.world.Lock()
	now := f.world.Now()
	f.world.Unlock()
	f.mu.Lock()
	defer f.mu.Unlock()
	b := p.bucket
	if b == nil {
		b = f.bucketFor(p.Actor, "core", now)
	}
	h := p.Header
	h.Set("Date", now.Format(http.TimeFormat)) // limits go by the clock that answers show
	h.Set("X-Ratelimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(0, b.limit-b.used)))
	h.Set("X-Ratelimit-Used", strconv.Itoa(b.used))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-Ratelimit-Resource", b.resource)
}
