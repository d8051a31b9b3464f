package api

import (
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Config is what New needs.
type Config struct {
	RateLimit int            // requests an hour and installation, 5000 when 0; GraphQL has as many points of its own
	Observe   func(Exchange) // called after every answered API request, from many goroutines; may be nil

	// Secondary limits of each installation; 0 is without limit.
	ContentPerMinute, ContentPerHour, PointsPerMinute int

	Refusal func(wait time.Duration) Fault // the answer to what exceeds a secondary limit; SecondaryLimit when nil
	NodesOf func(body []byte) int          // that the GraphQL query in a body requests at most
}

// Front is what every request meets before and after its endpoint: faults, authentication, permissions, limits, and the record.
type Front struct {
	world     *world.World
	cfg       Config
	endpoints []endpoint
	done      chan struct{} // closed by Shut: then hanging answers end
	Faults    *Faults
	Record    *Recorder

	mu      sync.Mutex // guards what follows; it is taken below the world's lock
	buckets map[string]*bucket
	paces   map[string]*pace // by bearer
}

// New makes one without endpoints, faults or records.
func New(w *world.World, cfg Config) *Front {
	if cfg.RateLimit == 0 {
		cfg.RateLimit = 5000
	}
	if cfg.Refusal == nil {
		cfg.Refusal = SecondaryLimit
	}
	return &Front{
		world: w, cfg: cfg, done: make(chan struct{}), Faults: &Faults{nodesOf: cfg.NodesOf}, Record: &Recorder{},
		buckets: map[string]*bucket{}, paces: map[string]*pace{},
	}
}

// Shut ends hanging answers.
func (f *Front) Shut() { close(f.done) }

// Add adds endpoints. GitHub's paths overlap (issues/comments/{id}, issues/{number}/comments), which http.ServeMux refuses; so the
// first that fits is taken, and {number} and {id} are digits.
func (f *Front) Add(routes ...Route) {
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		f.endpoints = append(f.endpoints, endpoint{f, rt, method, strings.Split(path[1:], "/")})
	}
}

// Routes are the patterns of all endpoints.
func (f *Front) Routes() []string {
	var all []string
	for _, e := range f.endpoints {
		all = append(all, e.rt.Pattern)
	}
	return all
}

// endpoint is a route with its pattern taken apart.
type endpoint struct {
	front    *Front
	rt       Route
	method   string
	segments []string
}

// bucket counts the requests of one bearer and resource ("core", "graphql") in the present hour.
type bucket struct {
	resource string
	limit    int
	used     int
	reset    time.Time
}

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
