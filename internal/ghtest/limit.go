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
	writes   []time.Time // of the last minute
}

func (s *Server) bucketFor(a actor, resource string) *bucket {
	key, limit := "anonymous", 60
	switch {
	case a.app:
		key, limit = "app", s.cfg.RateLimit
	case a.installation() != 0:
		key, limit = "installation "+strconv.FormatInt(a.installation(), 10), s.cfg.RateLimit
	case a.token != nil:
		key, limit = "user "+a.token.user.login, s.cfg.RateLimit
	}
	key += " " + resource
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
	if c.Method == http.MethodGet || resource == "graphql" || c.actor.app { // mutations are counted when the query was read
		return nil
	}
	return s.spendContent(s.bucketFor(c.actor, "core"))
}

// spendContent counts a request that writes, by either API.
func (s *Server) spendContent(b *bucket) error {
	if s.cfg.ContentPerMinute == 0 {
		return nil
	}
	for len(b.writes) > 0 && s.now().Sub(b.writes[0]) >= time.Minute {
		b.writes = b.writes[1:]
	}
	if len(b.writes) >= s.cfg.ContentPerMinute {
		wait := b.writes[0].Add(time.Minute).Sub(s.now())
		return &apiError{Status: 403, Message: secondaryMessage, Docs: secondaryDocs, Header: http.Header{"Retry-After": {retryAfter(wait)}}}
	}
	b.writes = append(b.writes, s.now())
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
	h.Set("X-Ratelimit-Limit", strconv.Itoa(b.limit))
	h.Set("X-Ratelimit-Remaining", strconv.Itoa(max(0, b.limit-b.used)))
	h.Set("X-Ratelimit-Used", strconv.Itoa(b.used))
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(b.reset.Unix(), 10))
	h.Set("X-Ratelimit-Resource", b.resource)
}
