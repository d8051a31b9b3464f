package api

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

const maxBody = 32 << 20

// ServeHTTP answers the REST API (plain and under /api/v3) and GraphQL.
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path, ghes := strings.CutPrefix(r.URL.EscapedPath(), "/api/v3")
	if path == "/api/graphql" {
		path = "/graphql"
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, "Problems reading the body", http.StatusBadRequest)
		return
	}
	p := &Answer{ghes: ghes, request: body, Header: http.Header{}, Status: http.StatusOK}
	inner := withPath(r, path)
	fault := f.Faults.Take(r.Method, path, body)
	if fault == nil {
		fault = f.failure(r.Method, path)
	}
	fault.RunBefore()
	if !fault.Works() {
		f.ServeFault(w, r, p, fault)
		return
	}
	f.answer(p, inner)
	fault.alter(p)
	f.observe(r, p, path)
	fault.RunThen()
	fault.Finish(w, p)
}

// withPath is the request as the routes see it.
func withPath(r *http.Request, path string) *http.Request {
	inner := r.Clone(r.Context())
	inner.URL.RawPath = path
	inner.URL.Path, _ = url.PathUnescape(path) // it was unescaped before
	return inner
}

// answer runs the route and sets the headers that every answer has.
func (f *Front) answer(p *Answer, r *http.Request) {
	if e := f.find(r); e != nil {
		e.serve(p, r)
	} else {
		p.finish(0, nil, world.NotFound(""))
	}
	p.etag(r)
	f.refund(p)
	f.limitHeaders(p)
	p.Header.Set("X-Github-Request-Id", requestID())
	p.Header.Set("X-Github-Media-Type", "github.v3; format=json")
	p.Header.Set("X-Github-Api-Version-Selected", "2022-11-28")
	p.Header.Set("Server", "github.com")
}

func requestID() string {
	h := strings.ToUpper(world.RandomHex(12))
	return h[:4] + ":" + h[4:10] + ":" + h[10:16] + ":" + h[16:]
}

func (f *Front) observe(r *http.Request, p *Answer, path string) {
	f.world.Lock()
	now := f.world.Now()
	f.world.Unlock()
	f.Record.Add(Request{
		Method: r.Method, Route: p.Route, Path: path, Query: r.URL.RawQuery, Status: p.Status, Installation: p.Actor.Installation(),
		Counted: p.bucket != nil && p.Status != http.StatusNotModified, Time: now, Nodes: p.weight.Nodes, Points: p.points(),
	})
	if f.cfg.Observe == nil {
		return
	}
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(p.request))
	f.cfg.Observe(Exchange{Route: p.Route, Request: r, RequestBody: p.request, Status: p.Status, Header: p.Header.Clone(), Body: p.Body})
}

// ServeFault answers without doing the work.
func (f *Front) ServeFault(w http.ResponseWriter, r *http.Request, p *Answer, fault *Fault) {
	p.Route = "fault"
	switch {
	case fault.Hang:
		f.observe(r, p, r.URL.EscapedPath())
		f.Record.hang(1)
		defer f.Record.hang(-1)
		select {
		case <-r.Context().Done():
		case <-f.done:
		}
		panic(http.ErrAbortHandler)
	case fault.Drop:
		p.Status = 0
		f.observe(r, p, r.URL.EscapedPath())
		panic(http.ErrAbortHandler)
	}
	p.Status = fault.Status
	if fault.Redirect != "" {
		p.Header.Set("Location", fault.Redirect)
		if p.Status == 0 {
			p.Status = http.StatusTemporaryRedirect
		}
	}
	p.finish(p.Status, nil, &world.Refusal{Status: p.Status, Message: http.StatusText(p.Status)})
	if fault.Body != "" {
		p.Body = []byte(fault.Body)
	}
	f.limitHeaders(p)
	for k, v := range fault.Header {
		p.Header[http.CanonicalHeaderKey(k)] = v
	}
	f.observe(r, p, r.URL.EscapedPath())
	fault.Finish(w, p)
}

// failure is nil for most requests.
func (f *Front) failure(method, path string) *Fault {
	f.world.Lock()
	defer f.world.Unlock()
	weather, dice := f.world.Weather, f.world.Dice
	if dice == nil || dice.Float64() >= weather.Failing {
		return nil
	}
	ways := failures
	if weather.Waits {
		ways = append(ways[:len(ways):len(ways)], SecondaryLimit(0), SecondaryLimitOK(0), TooManyRequests(0))
	}
	if path == "/graphql" {
		ways = append(ways[:len(ways):len(ways)], graphqlFailures...)
	} else if method == "GET" {
		ways = append(ways[:len(ways):len(ways)], Fault{Status: 404}) // a replica that lags behind
	}
	fault := ways[dice.IntN(len(ways))]
	return &fault
}

// failures are those of any request ("Best practices for using the REST API", "Rate limits and query limits for the GraphQL API";
// cli/cli#4801 and #12715, renovate#8394).
var failures = []Fault{
	SecondaryLimit(time.Second), SecondaryLimitOK(time.Second), TooManyRequests(time.Second),
	{Status: 500}, BadGateway(), {Status: 503}, {Status: 504}, {Status: 401}, {Drop: true}, {Truncate: true}, {DropAfter: true},
}

var graphqlFailures = []Fault{
	{Status: 200, Body: `{"data":null,"errors":[{"message":"Something went wrong while executing your query. Please include ` + "`0123:4567`" + ` when reporting this issue."}]}`},
	{Status: 200, Body: `{"data":null,"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","message":"Resource limits for this query exceeded."}]}`},
}
