package api

import (
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// Fault makes requests go wrong, or lets a test know of them. The first fault that matches is used and counted; give one of Status,
// Redirect, Hang, Drop, Truncate, DropAfter, or only functions. Faults come before authentication, and those with Status, Redirect,
// Hang or Drop do not run the request. They hold for git as well as for the API.
type Fault struct {
	Method   string // "" is any
	Path     string // regular expression on the escaped path without /api/v3; GraphQL is "/graphql", git "/owner/repo.git/…"
	Contains string // only when the body of the request contains this
	Nodes    int    // only GraphQL queries that request more nodes than this; 0: any
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

	Alter func(body []byte) []byte // do the work, and answer with another body: a GitHub that behaves in another way

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

// PrimaryLimit is the answer 403 of a spent rate limit that starts again at reset.
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

const (
	limitDocs     = "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api"
	secondaryDocs = limitDocs + "#about-secondary-rate-limits" // clients know the limit by this
)

const secondaryMessage = "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."

func retryAfter(d time.Duration) string {
	return strconv.Itoa(int((d + time.Second - 1) / time.Second))
}

// Works reports whether the request runs all the same; f may be nil.
func (f *Fault) Works() bool {
	return f == nil || (f.Status == 0 && f.Redirect == "" && !f.Hang && !f.Drop)
}

// RunBefore calls Before; f may be nil.
func (f *Fault) RunBefore() {
	if f != nil && f.Before != nil {
		f.Before()
	}
}

// alter changes the answer of work that was done.
func (f *Fault) alter(p *Answer) {
	if f != nil && f.Alter != nil {
		p.Body = f.Alter(p.Body)
	}
}

// RunThen calls Then; f may be nil.
func (f *Fault) RunThen() {
	if f != nil && f.Then != nil {
		f.Then()
	}
}

// Finish sends the answer of work that was done: all of it, half of it, or none, and then breaks the connection.
func (f *Fault) Finish(w http.ResponseWriter, p *Answer) {
	if f == nil || (!f.Truncate && !f.DropAfter) {
		p.send(w)
		return
	}
	if f.Truncate {
		p.Header.Set("Content-Length", strconv.Itoa(len(p.Body)))
		for k, v := range p.Header {
			w.Header()[k] = v
		}
		w.WriteHeader(p.Status)
		_, _ = w.Write(p.Body[:len(p.Body)/2])
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
	}
	panic(http.ErrAbortHandler) // net/http's way to close the connection; it is not logged
}
