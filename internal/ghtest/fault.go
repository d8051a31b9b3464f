package ghtest

import (
	"bytes"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault makes requests go wrong, or tells a test of them. The first fault that matches is used and counted; give one of Status,
// Redirect, Hang, Drop, Truncate, DropAfter, or only functions. Faults come before authentication, and those with Status, Redirect,
// Hang or Drop do not run the request. They hold for git as well as for the API.
type Fault struct {
	Method   string // "" is any
	Path     string // regular expression on the escaped path without /api/v3; GraphQL is "/graphql", git "/owner/repo.git/…"
	Contains string // only when the body of the request contains this
	Nodes    int    // only GraphQL queries that ask for more nodes than this; 0: whatever is asked for
	Times    int    // how often: 0 is once, -1 always
	After    int    // so many matching requests pass first

	Status int         // of the answer
	Header http.Header // of the answer
	Body   string      // of the answer; with Status and no Body, GitHub's JSON for that status

	Redirect  string // answer 307 (or Status) to that address
	Hang      bool   // no answer until the client goes away or the server closes
	Drop      bool   // close the connection at once
	Truncate  bool   // do the work, answer with half of the body, and close
	DropAfter bool   // do the work and close without an answer: a write whose answer is lost

	Before func() // called when the request is there and nothing is done yet; it may block, as may Then
	Then   func() // called when the work is done (a push received, a comment made) and nothing is answered yet

	path *regexp.Regexp
}

// SecondaryLimit is the answer 403 of a secondary rate limit; with 0 it has no Retry-After.
func SecondaryLimit(wait time.Duration) Fault {
	f := Fault{Status: 403, Header: http.Header{}, Body: `{"message":"` + secondaryMessage + `","documentation_url":"` + secondaryDocs + `","status":"403"}`}
	if wait > 0 {
		f.Header.Set("Retry-After", retryAfter(wait))
	}
	return f
}

// SecondaryLimitOK is the answer 200 of a secondary rate limit, with a message instead of data, for REST and
// GraphQL; with 0 it has no Retry-After.
func SecondaryLimitOK(wait time.Duration) Fault {
	f := SecondaryLimit(wait)
	f.Status, f.Body = 200, `{"message":"`+secondaryMessage+`","documentation_url":"`+secondaryDocs+`"}`
	return f
}

// PrimaryLimit is the answer 403 of a spent rate limit that starts anew at reset.
func PrimaryLimit(reset time.Time) Fault {
	h := http.Header{}
	h.Set("X-Ratelimit-Remaining", "0")
	h.Set("X-Ratelimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	return Fault{Status: 403, Header: h, Body: `{"message":"API rate limit exceeded for installation ID 1.","documentation_url":"` + limitDocs + `","status":"403"}`}
}

// TooManyRequests is the answer 429; with 0 it has no Retry-After.
func TooManyRequests(wait time.Duration) Fault {
	f := SecondaryLimit(wait)
	f.Status = 429
	return f
}

// BadGateway is the answer 502 with a page of HTML.
func BadGateway() Fault {
	return Fault{Status: 502, Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}}, Body: "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n"}
}

// Fault adds a fault; an error is a Path that is no regular expression.
func (s *Server) Fault(f Fault) error {
	path, err := regexp.Compile(f.Path)
	if err != nil {
		return err
	}
	f.path = path
	if f.Times == 0 {
		f.Times = 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, &f)
	return nil
}

// ClearFaults removes all faults and holes.
func (s *Server) ClearFaults() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults, s.holes = nil, nil
}

func (s *Server) takeFault(method, path string, body []byte) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times == 0 || (f.Method != "" && f.Method != method) || !f.path.MatchString(path) || !bytes.Contains(body, []byte(f.Contains)) {
			continue
		}
		if f.Nodes > 0 && nodesOfQuery(body) <= f.Nodes {
			continue
		}
		if f.After > 0 {
			f.After--
			continue
		}
		if f.Times > 0 {
			f.Times--
		}
		taken := *f
		return &taken
	}
	return nil
}

// works reports whether the request is run nevertheless.
func (f *Fault) works() bool {
	return f == nil || (f.Status == 0 && f.Redirect == "" && !f.Hang && !f.Drop)
}

func (f *Fault) before() {
	if f != nil && f.Before != nil {
		f.Before()
	}
}

func (f *Fault) then() {
	if f != nil && f.Then != nil {
		f.Then()
	}
}

// serveFault answers without doing the work.
func (s *Server) serveFault(w http.ResponseWriter, r *http.Request, p *response, f *Fault) {
	p.route = "fault"
	switch {
	case f.Hang:
		s.observe(r, p, r.URL.EscapedPath())
		select {
		case <-r.Context().Done():
		case <-s.done:
		}
		panic(http.ErrAbortHandler)
	case f.Drop:
		p.status = 0
		s.observe(r, p, r.URL.EscapedPath())
		panic(http.ErrAbortHandler)
	}
	p.status = f.Status
	if f.Redirect != "" {
		p.header.Set("Location", f.Redirect)
		if p.status == 0 {
			p.status = http.StatusTemporaryRedirect
		}
	}
	p.finish(p.status, nil, &apiError{Status: p.status, Message: http.StatusText(p.status)})
	if f.Body != "" {
		p.body = []byte(f.Body)
	}
	s.limitHeaders(p)
	for k, v := range f.Header {
		p.header[http.CanonicalHeaderKey(k)] = v
	}
	s.observe(r, p, r.URL.EscapedPath())
	f.finish(w, p)
}

// finish sends the answer of work that was done: all of it, half of it, or none, and then breaks the connection.
func (f *Fault) finish(w http.ResponseWriter, p *response) {
	if f == nil || (!f.Truncate && !f.DropAfter) {
		p.send(w)
		return
	}
	if f.Truncate {
		p.header.Set("Content-Length", strconv.Itoa(len(p.body)))
		for k, v := range p.header {
			w.Header()[k] = v
		}
		w.WriteHeader(p.status)
		_, _ = w.Write(p.body[:len(p.body)/2])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
	}
	panic(http.ErrAbortHandler) // net/http's way to close the connection; it is not logged
}
