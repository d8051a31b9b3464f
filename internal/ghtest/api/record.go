package api

import (
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
	Nodes        int   // that a GraphQL query requests at most
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

// Recorder keeps what was asked.
type Recorder struct {
	mu       sync.Mutex
	requests []Request
	inFlight int
	most     int
	hanging  int
}

func (rec *Recorder) enter() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.inFlight++
	rec.most = max(rec.most, rec.inFlight)
}

func (rec *Recorder) leave() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.inFlight--
}

// Hanging is how many requests now wait for an answer that never comes (Fault.Hang).
func (rec *Recorder) Hanging() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.hanging
}

func (rec *Recorder) hang(change int) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.hanging += change
}

// Add records a request.
func (rec *Recorder) Add(r Request) {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests = append(rec.requests, r)
}

// Requests are all requests so far, git's too, in the order of their answers.
func (rec *Recorder) Requests() []Request {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return slices.Clone(rec.requests)
}

// ResetRequests forgets them, and the most in flight.
func (rec *Recorder) ResetRequests() {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	rec.requests, rec.most = nil, rec.inFlight
}

// MaxInFlight is the greatest number of requests that were in work at once.
func (rec *Recorder) MaxInFlight() int {
	rec.mu.Lock()
	defer rec.mu.Unlock()
	return rec.most
}

// Counted is a handler whose requests count as in flight.
func (rec *Recorder) Counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		rec.enter()
		defer rec.leave()
		next.ServeHTTP(w, r)
	})
}
