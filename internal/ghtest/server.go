package ghtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Config is what New needs; every field may be left empty.
type Config struct {
	Addr        string            // where to listen; "127.0.0.1:0" when empty
	Dir         string            // where repositories are kept; when empty a temporary directory that Close removes
	Now         func() time.Time  // the clock of everything but authentication; time.Now when nil
	Slug        string            // of the App, "concorde" when empty: it writes as "concorde[bot]"
	Permissions map[string]string // of every installation: name to read or write; DefaultPermissions when nil
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

// DefaultPermissions are those that Concorde asks for.
func DefaultPermissions() map[string]string {
	return map[string]string{
		"metadata": "read", "members": "read", "contents": "write", "pull_requests": "write", "issues": "write",
		"statuses": "write", "checks": "write", "workflows": "write",
	}
}

// Server is the small GitHub. All its methods may be called from many goroutines.
type Server struct {
	URL string // without a slash at the end

	cfg       Config
	app       *app
	git       *git
	dir       string
	endpoints []endpoint
	http      *http.Server
	hooks     *hooks
	done      chan struct{} // closed by Close: hanging answers end
	closing   sync.Once
	closed    error

	record recorder

	mu       sync.Mutex // guards all that follows, and the state of every Repo
	offset   time.Duration
	lastID   int64
	users    map[string]*user // by lower-case login
	repos    map[string]*Repo // by lower-case owner/name
	renamed  map[string]*Repo // by a name that they had
	repoList []*Repo          // in order of creation
	others   map[string]*app  // beside the one under test, by slug
	installs map[string]*installation
	teams    map[string]*team // by lower-case org/slug
	tokens   map[string]*token
	buckets  map[string]*bucket
	paces    map[string]*pace // by bearer
	faults   []*Fault
	weather  Weather
	dice     *mathrand.Rand // of the weather
	holes    []Hole
}

// user is an account.
type user struct {
	id    int64
	login string
	kind  string // User, Bot, Organization
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
	cfg.Permissions = maps.Clone(cfg.Permissions)
	if cfg.RateLimit == 0 {
		cfg.RateLimit = 5000
	}
	if cfg.Hook.Secret == "" {
		cfg.Hook.Secret = randomHex(20)
	}
	s := &Server{
		cfg: cfg, dir: cfg.Dir, done: make(chan struct{}), users: map[string]*user{}, repos: map[string]*Repo{}, renamed: map[string]*Repo{},
		installs: map[string]*installation{}, teams: map[string]*team{}, tokens: map[string]*token{}, buckets: map[string]*bucket{}, paces: map[string]*pace{},
	}
	if err := s.start(); err != nil {
		return nil, fmt.Errorf("starting the GitHub server: %w", errors.Join(err, s.removeDir()))
	}
	return s, nil
}

// appKey is the key of the App in all servers of a process: making one takes longer than most tests.
var appKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func (s *Server) start() error {
	if s.dir == "" {
		dir, err := os.MkdirTemp("", "ghtest-")
		if err != nil {
			return err
		}
		s.dir = dir
	}
	home := filepath.Join(s.dir, ".home")
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	var err error
	if s.git, err = findGit(home); err != nil {
		return err
	}
	key, err := appKey()
	if err != nil {
		return err
	}
	s.app = &app{id: 1 + s.nextID(), slug: s.cfg.Slug, key: key, created: s.now()}
	s.app.bot = &user{id: s.nextID(), login: s.cfg.Slug + "[bot]", kind: "Bot"}
	s.users[strings.ToLower(s.app.bot.login)] = s.app.bot
	listener, err := net.Listen("tcp", s.cfg.Addr)
	if err != nil {
		return err
	}
	s.URL = "http://" + listener.Addr().String()
	s.hooks = newHooks(s, s.cfg.Hook)
	s.endpoints = s.routes()
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	return nil
}

// Close ends all connections, deliveries and hanging answers, and removes what New created. A second Close does nothing.
func (s *Server) Close() error {
	s.closing.Do(func() { s.closed = s.close() })
	return s.closed
}

func (s *Server) close() error {
	close(s.done)
	err := s.http.Close()
	s.hooks.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.repoList {
		if r.parent == nil {
			err = errors.Join(err, r.store.close())
		}
	}
	return errors.Join(err, s.removeDir())
}

func (s *Server) removeDir() error {
	if s.cfg.Dir != "" || s.dir == "" {
		return nil
	}
	return os.RemoveAll(s.dir)
}

// APIURL is the base of the REST API, with a slash at the end, in the manner of GitHub Enterprise Server.
func (s *Server) APIURL() string { return s.URL + "/api/v3/" }

// GraphQLURL is where GraphQL queries are posted.
func (s *Server) GraphQLURL() string { return s.URL + "/api/graphql" }

// BotLogin is the login under which the App writes; GraphQL shows it without "[bot]", as GitHub does.
func (s *Server) BotLogin() string { return s.app.bot.login }

// Advance moves the server's clock forward: tokens expire, rate limits start anew.
func (s *Server) Advance(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.offset += d
}

// Now is the server's time.
func (s *Server) Now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now()
}

// tokenTime is the clock of authentication: the machine's, since the client's
// library asks that one, and moved by Advance alone.
func (s *Server) tokenTime() time.Time { return time.Now().Add(s.offset).UTC() }

func (s *Server) now() time.Time { return s.cfg.Now().Add(s.offset).UTC() }

func (s *Server) nextID() int64 {
	s.lastID++
	return s.lastID
}

// account finds or makes a user; a login ending in "[bot]" is a bot.
func (s *Server) account(login string) *user {
	if login == "" {
		login = "ghost"
	}
	if u := s.users[strings.ToLower(login)]; u != nil {
		return u
	}
	u := &user{id: s.nextID(), login: login, kind: "User"}
	if strings.HasSuffix(login, "[bot]") {
		u.kind = "Bot"
	}
	s.users[strings.ToLower(login)] = u
	return u
}

func randomHex(bytes int) string {
	b := make([]byte, bytes)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}
