package ghtest

import (
	"math/rand/v2"
	"slices"
	"time"
)

// Weather is how GitHub is on a bad day, as its users report. Faults of tests come first.
type Weather struct {
	MentionsLate time.Duration // so long after it was made a cross-reference shows (python-github-backup#528)
	// Stale: a GraphQL query sees issues, pull requests, their comments and reviews, statuses and check runs as they were up to so
	// long ago, for it's answered by a copy that lags behind. Writes see everything, as do branches and lists.
	Stale   time.Duration
	Failing float64 // the share of API requests that fail, each in one of the ways that are documented or reported
	// Waits: some failures are secondary limits that don't say for how long, after which a client must wait a minute or more.
	Waits bool
	Seed  uint64
}

// SetWeather changes the weather; the zero one is fair.
func (s *Server) SetWeather(w Weather) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.weather, s.dice = w, rand.New(rand.NewPCG(w.Seed, 1))
	for _, r := range s.repoList {
		for _, i := range r.issues {
			s.keep(i)
		}
	}
}

// version is what an issue or pull request was like from a time on.
type version struct {
	since time.Time
	issue *issue
}

// keep notes what an issue or pull request is like after a change.
func (s *Server) keep(i *issue) {
	if s.weather.Stale == 0 {
		i.versions = nil
		return
	}
	now := s.now()
	for len(i.versions) > 1 && now.Sub(i.versions[1].since) > s.weather.Stale {
		i.versions = i.versions[1:] // nobody sees the first one any more
	}
	i.versions = append(i.versions, version{now, i.copy()})
}

// copy shares nothing that changes.
func (i *issue) copy() *issue {
	c := *i
	c.versions = nil
	c.labels, c.assignees, c.events, c.reactions = slices.Clone(i.labels), slices.Clone(i.assignees), slices.Clone(i.events), slices.Clone(i.reactions)
	c.comments = make([]*comment, len(i.comments))
	for at, x := range i.comments {
		one := *x
		one.reactions = slices.Clone(x.reactions)
		c.comments[at] = &one
	}
	if i.pull != nil {
		p := *i.pull
		p.reviewers, p.reviews = slices.Clone(p.reviewers), make([]*review, len(p.reviews))
		for at, x := range i.pull.reviews {
			one := *x
			p.reviews[at] = &one
		}
		c.pull = &p
	}
	return &c
}

// asOf is the moment that a query sees, the same in all of it.
func (v view) asOf() time.Time {
	if v.c.sees.IsZero() {
		v.c.sees = v.s.now()
		if v.c.stale {
			v.c.sees = v.c.sees.Add(-time.Duration(v.s.dice.Int64N(int64(v.s.weather.Stale))))
		}
	}
	return v.c.sees
}

// then is an issue or pull request as the query sees it. One that is newer than that is seen as it was opened.
func (v view) then(i *issue) *issue {
	if !v.c.stale || len(i.versions) == 0 {
		return i
	}
	at := len(i.versions) - 1
	for at > 0 && i.versions[at].since.After(v.asOf()) {
		at--
	}
	if at == len(i.versions)-1 && !i.versions[at].since.After(v.asOf()) {
		return i
	}
	return i.versions[at].issue
}

// shows tells whether an event is in the history yet.
func (s *Server) shows(e event) bool {
	return e.source == nil || s.now().Sub(e.at) >= s.weather.MentionsLate
}

// failure is nil for most requests.
func (s *Server) failure(method, path string) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dice == nil || s.dice.Float64() >= s.weather.Failing {
		return nil
	}
	ways := failures
	if s.weather.Waits {
		ways = append(ways[:len(ways):len(ways)], SecondaryLimit(0), SecondaryLimitOK(0), TooManyRequests(0))
	}
	if path == "/graphql" {
		ways = append(ways[:len(ways):len(ways)], graphqlFailures...)
	} else if method == "GET" {
		ways = append(ways[:len(ways):len(ways)], Fault{Status: 404}) // a replica that lags behind
	}
	f := ways[s.dice.IntN(len(ways))]
	return &f
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
