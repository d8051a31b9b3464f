package ghtest

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// bucket counts the requests of one bearer and resource ("core", "graphql") in the present hour.
type bucket struct {
	resource string
	limit    int
	used     int
	reset    time.Time
}

// bearer is who the limits are of.
func (a actor) bearer() string {
	switch {
	case a.app:
		return "app"
	case a.installation() != 0:
		return "installation " + strconv.FormatInt(a.installation(), 10)
	case a.token != nil:
		return "user " + a.token.user.login
	}
	return "anonymous"
}

func (s *Server) bucketFor(a actor, resource string) *bucket {
	key, limit := a.bearer()+" "+resource, s.cfg.RateLimit
	if a.anonymous() {
		limit = 60
	}
	b := s.buckets[key]
	if b == nil || !s.now().Before(b.reset) {
		b = &bucket{resource: resource, limit: limit, reset: s.now().Add(time.Hour).Truncate(time.Second)}
		s.buckets[key] = b
	}
	return b
}

// spend counts the request, or refuses it.
func (s *Server) spend(resp *response, c *call) error {
	resource := "core"
	if strings.HasSuffix(c.route, "/graphql") {
		resource = "graphql"
	}
	b := s.bucketFor(c.actor, resource)
	resp.bucket = b
	if b.used >= b.limit {
		return b.exceeded(c)
	}
	b.used++
	switch {
	case resource == "graphql" || c.actor.app: // a query is counted when it was read
		return nil
	case c.Method == http.MethodGet:
		return s.spendPace(c.actor, charge{points: 1})
	}
	return s.spendPace(c.actor, charge{points: 5, content: 1})
}

// charge is what a request counts for the secondary limits.
type charge struct{ points, content int }

// pace is what one bearer did lately, for the secondary limits.
type pace struct{ points, content window }

// window has the time of each unit within the last hour.
type window []time.Time

// blocked is how long n more have to wait, so that any span of that length has at most limit; 0 is no limit.
func (w window) blocked(now time.Time, n, limit int, span time.Duration) time.Duration {
	over := len(w) + n - limit
	switch {
	case limit == 0 || over <= 0:
		return 0
	case over > len(w): // more than ever fit
		return span
	}
	return w[over-1].Add(span).Sub(now)
}

func (w *window) add(now time.Time, n int) {
	old := 0
	for old < len(*w) && now.Sub((*w)[old]) >= time.Hour {
		old++
	}
	*w = (*w)[old:]
	for range n {
		*w = append(*w, now)
	}
}

// spendPace counts a request for the secondary limits, or refuses it whole.
func (s *Server) spendPace(a actor, c charge) error {
	p := s.paces[a.bearer()]
	if p == nil {
		p = &pace{}
		s.paces[a.bearer()] = p
	}
	now := s.now()
	wait := max(
		p.points.blocked(now, c.points, s.cfg.PointsPerMinute, time.Minute),
		p.content.blocked(now, c.content, s.cfg.ContentPerMinute, time.Minute),
		p.content.blocked(now, c.content, s.cfg.ContentPerHour, time.Hour),
	)
	if wait > 0 {
		refusal := SecondaryLimit(wait)
		if s.cfg.Refusal != nil {
			refusal = s.cfg.Refusal(wait)
		}
		return &apiError{Status: refusal.Status, Message: secondaryMessage, Docs: secondaryDocs, Header: refusal.Header}
	}
	p.points.add(now, c.points)
	p.content.add(now, c.content)
	return nil
}

const (
	limitDocs     = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
	secondaryDocs = limitDocs + "#about-secondary-rate-limits" // clients know the limit by this
)

const secondaryMessage = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

func retryAfter(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// exceeded is the primary limit: 403, for GraphQL 200 with an error in the body.
func (b *bucket) exceeded(c *call) error {
	message := "API rate limit exceeded for " + c.RemoteAddr + "."
	if id := c.actor.installation(); id != 0 {
		message = fmt.Sprintf("API rate limit exceeded for installation ID %d.", id)
	}
	if b.resource == "graphql" {
		return &graphqlError{kind: "RATE_LIMITED", message: message}
	}
	return &apiError{Status: 403, Message: message, Docs: limitDocs}
}

// refund takes back what an answer 304 does not cost.
func (s *Server) refund(p *response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p.bucket != nil && p.status == http.StatusNotModified {
		p.bucket.used--
	}
}

func (s *Server) limitHeaders(p *response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := p.bucket
	if b == nil {
		b = s.bucketFor(p.actor, "core")
	}
	h := p.header
	h.Set("Date", s.now().Format(http.TimeFormat)) // limits go by the clock that answers show
	h.Set("X-Ratelimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(0, b.limit-b.used)))
	h.Set("X-Ratelimit-Used", strconv.Itoa(b.used))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-Ratelimit-Resource", b.resource)
}
