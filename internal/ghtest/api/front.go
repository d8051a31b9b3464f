package api

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

const maxBody = 32 << 20

// Config is what newFront needs.
type Config struct {
	RateLimit int            // requests an hour and installation, 5000 when 0; GraphQL has as many points of its own
	Observe   func(Exchange) // called after every answered API request, from many goroutines; may be nil

	// Secondary limits of each installation; 0 is without limit.
	ContentPerMinute, ContentPerHour, PointsPerMinute int
	Refusal                                           func(wait time.Duration) Fault // the answer to what exceeds them; SecondaryLimit when nil

	NodesOf func(body []byte) int // that the GraphQL query in a body asks for at most
}

// Front is what every request meets before and after its endpoint: faults, authentication, permissions, limits, and the record.
type Front struct {
	world     *world.World
	cfg       Config
	endpoints []endpoint
	done      chan struct{} // closed by Shut: hanging answers end
	Faults    *Faults
	Record    *Recorder

	mu      sync.Mutex // guards what follows; it is taken below the world's lock
	buckets map[string]*bucket
	paces   map[string]*pace // by bearer
}

// New makes one without endpoints; what it has to do with faults and what it records are the caller's to look at.
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
