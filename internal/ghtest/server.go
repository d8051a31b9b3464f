package ghtest

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/gitserver"
	"github.com/concorde-bot/concorde/internal/ghtest/graphql"
	"github.com/concorde-bot/concorde/internal/ghtest/hooks"
	"github.com/concorde-bot/concorde/internal/ghtest/pages"
	"github.com/concorde-bot/concorde/internal/ghtest/rest"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Config is what New needs; every field may be left empty.
type Config struct {
	Addr        string            // where to listen; "127.0.0.1:0" when empty
	Dir         string            // where repositories are kept; when empty a temporary directory that Close removes
	Now         func() time.Time  // the clock of everything but authentication; time.Now when nil
	Slug        string            // of the App, "concorde" when empty: it writes as "concorde[bot]"
	Permissions map[string]string // of every installation: name to read or write; DefaultPermissions when nil
	NoApp       bool              // there is no App until somebody creates it from a manifest
	Hook        Hook              // where deliveries go; without a URL they wait

	RateLimit int            // requests an hour and installation, 5000 when 0; GraphQL has as many points of its own
	Observe   func(Exchange) // called after every answered API request, from many goroutines

	// Secondary limits of each installation; 0 is without limit. GitHub documents 80 content writes a minute, 500 an hour, where
	// each mutation counts, and 900 points a minute: a query or GET has 1, any other request 5. (Of its 60 s of processor time a
	// minute for GraphQL nothing can be seen.)
	ContentPerMinute, ContentPerHour, PointsPerMinute int
	// Refusal is the answer to what exceeds them, by how long it should wait; SecondaryLimit when nil.
	Refusal func(wait time.Duration) Fault
}

// DefaultPermissions are those that Concorde requests.
func DefaultPermissions() map[string]string {
	return map[string]string{
		"metadata": "read", "members": "read", "contents": "write", "pull_requests": "write", "issues": "write",
		"statuses": "write", "actions": "write", "checks": "write", "workflows": "write",
	}
}

// Server is the small GitHub. All its methods may be called from many goroutines.
type Server struct {
	URL string // without a slash at the end
	*api.Faults
	*api.Recorder
	*hooks.Hooks

	world   *world.World
	front   *api.Front
	http    *http.Server
	closing sync.Once
	closed  error
}

// New starts the server. It needs git on the machine.
func New(cfg Config) (*Server, error) {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Slug == "" {
		cfg.Slug = "concorde"
	}
	if cfg.Permissions == nil {
		cfg.Permissions = DefaultPermissions()
	}
	w, err := world.New(world.Config{Dir: cfg.Dir, Now: cfg.Now, Slug: cfg.Slug, Permissions: maps.Clone(cfg.Permissions), NoApp: cfg.NoApp})
	if err != nil {
		return nil, fmt.Errorf("starting the GitHub server: %w", err)
	}
	listener, err := net.Listen("tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("starting the GitHub server: %w", errors.Join(err, w.Close()))
	}
	w.URL = "http://" + listener.Addr().String()
	f := api.New(w, api.Config{
		RateLimit: cfg.RateLimit, Observe: cfg.Observe, ContentPerMinute: cfg.ContentPerMinute, ContentPerHour: cfg.ContentPerHour,
		PointsPerMinute: cfg.PointsPerMinute, Refusal: cfg.Refusal, NodesOf: graphql.NodesOf,
	})
	h := hooks.New(w, cfg.Hook)
	g := gitserver.New(w, f)
	f.Add(rest.Routes(w, f)...)
	f.Add(graphql.New(w, f).Routes()...)
	f.Add(h.Endpoints()...)
	ui := pages.New(w, h)
	f.Add(ui.Routes()...)
	s := &Server{
		URL: w.URL, Faults: f.Faults, Recorder: f.Record, Hooks: h, world: w, front: f,
		http: &http.Server{Handler: f.Record.Counted(g.Before(ui.Before(f))), ReadHeaderTimeout: time.Minute},
	}
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	return s, nil
}

// Close ends all connections, deliveries and hanging answers, and removes what New created. A second Close does nothing.
func (s *Server) Close() error {
	s.closing.Do(func() {
		s.front.Shut()
		err := s.http.Close()
		s.Hooks.Close()
		s.closed = errors.Join(err, s.world.Close())
	})
	return s.closed
}

// APIURL is the base of the REST API, with a slash at the end, as GitHub Enterprise Server has it.
func (s *Server) APIURL() string { return s.world.APIURL() }

// GraphQLURL is where GraphQL queries are posted.
func (s *Server) GraphQLURL() string { return s.URL + "/api/graphql" }

// Advance moves the server's clock forward: tokens expire, rate limits start again.
func (s *Server) Advance(d time.Duration) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.Advance(d)
}

// Now is the server's time.
func (s *Server) Now() time.Time {
	s.world.Lock()
	defer s.world.Unlock()
	return s.world.Now()
}

// SetWeather changes the weather; the zero one is fair.
func (s *Server) SetWeather(to Weather) {
	s.world.Lock()
	defer s.world.Unlock()
	s.world.SetWeather(to)
}
