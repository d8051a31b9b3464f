package ghtest

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Request is one request that the server answered (or broke off).
type Request struct {
	Method       string
	Route        string // the pattern, "GET /repos/{owner}/{repo}/pulls/{number}"; "POST /graphql", "git", "fault", or "" for an unknown path
	Path         string // without /api/v3
	Query        string
	Status       int   // 0: no answer
	Installation int64 // whose token it was, 0 for others
	Counted      bool  // against the rate limit
	Nodes        int   // that a GraphQL query asks for at most
	Points       int   // that it costs
	Time         time.Time
}

// Exchange is one API request with its answer, for Config.Observe.
type Exchange struct {
	Route       string
	Request     *http.Request // its Body may be read again
	RequestBody []byte
	Status      int
	Header      http.Header
	Body        []byte
}

// recorder keeps what was asked.
type recorder struct {
	mu       sync.Mutex
	requests []Request
	inFlight int
	most     int
}

func (rec *recorder) enter() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.inFlight++
	rec.most = max(rec.most, rec.inFlight)
}

func (rec *recorder) leave() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.inFlight--
}

func (rec *recorder) add(r Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests = append(rec.requests, r)
}

// Requests are all requests so far, git's too, in the order of their answers.
func (s *Server) Requests() []Request {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	return slices.Clone(s.record.requests)
}

// ResetRequests forgets them, and the most in flight.
func (s *Server) ResetRequests() {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	s.record.requests, s.record.most = nil, s.record.inFlight
}

// MaxInFlight is the greatest number of requests that were in work at once.
func (s *Server) MaxInFlight() int {
	s.record.mu.Lock()
	defer s.record.mu.Unlock()
	return s.record.most
}

// points are what a GraphQL query cost, 0 for any other request.
func (p *response) points() int {
	if p.bucket == nil || p.bucket.resource != "graphql" {
		return 0
	}
	return p.weight.points()
}

func (s *Server) observe(r *http.Request, p *response, path string) {
	s.record.add(Request{
		Method: r.Method, Route: p.route, Path: path, Query: r.URL.RawQuery, Status: p.status, Installation: p.actor.installation(),
		Counted: p.bucket != nil && p.status != http.StatusNotModified, Time: s.Now(), Nodes: p.weight.nodes, Points: p.points(),
	})
	if s.cfg.Observe == nil {
		return
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(p.request))
	s.cfg.Observe(Exchange{Route: p.route, Request: r, RequestBody: p.request, Status: p.status, Header: p.header.Clone(), Body: p.body})
}
