// Package web is the pages: what the bot sees, for people to look at, and the same as
// JSON and CSV. It reads the bot's database through read-only connections. Of GitHub it
// wants to know, through SignIn, only who people are and what they may read. It must not
// know how a rule decides.
package web

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"hash/maphash"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/rs/zerolog"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// Config of the pages. All of it is required, except Rules, Commands and SignIn.
type Config struct {
	Store     Store
	Health    func() Health
	Version   string // of the program
	ServerURL string // of GitHub's pages
	Acts      func(owner, repository string) bool
	// State is how the work on a repository goes.
	State  func(ctx context.Context, repository pull.Key) (State, error)
	Missed func(ctx context.Context) (Missed, error)
	// Settings are a repository's settings in force; Try returns the labels that a made-up
	// pull request would get there.
	Settings func(ctx context.Context, repository pull.Key) (Settings, error)
	Try      func(ctx context.Context, repository pull.Key, trial Trial) ([]pull.Wanted, error)
	// Branches are those that take backports, newest first, with what each lacks; seen are
	// all pull requests that the bot knows.
	Branches  func(ctx context.Context, repository pull.Key, seen []pull.Brief) ([]Branch, error)
	Stages    func(ctx context.Context, repository pull.Key) ([]Stage, error)
	LifeCycle func(ctx context.Context, repository pull.Key) (LifeCycle, error)
	// Releases are the next ones of the versions that live, newest version first, without
	// what runs found out about them.
	Releases func(ctx context.Context, repository pull.Key) ([]Release, error)
	// Checked is how the checks after a merge were when the bot last looked.
	Checked  func(ctx context.Context, repository pull.Key) (Checked, error)
	Rules    []Rule
	Commands []Command
	Log      zerolog.Logger
	Now      func() time.Time
	SignIn   *SignIn // nil: whoever reaches the pages sees all, so only this machine may
}

// Store is what the pages read. It's a queue.Reader.
type Store interface {
	Stats(ctx context.Context) (queue.Stats, error)
	View(ctx context.Context, group string, number int) (queue.View, error)
	Views(ctx context.Context, group, class string, f func(queue.View) error) error
	Groups(ctx context.Context) (map[string]map[string]int, error)
	Session(ctx context.Context, id string) (queue.Session, error)
	Log(ctx context.Context, key string, since time.Time, f func(queue.Entry) error) error
	Activity(ctx context.Context, since time.Time) (queue.Activity, error)
	GivenUp(ctx context.Context, most int) ([]queue.GivenUpKey, error)
	Predictions(ctx context.Context, since time.Time, f func(queue.Prediction) error) error
	Usage(ctx context.Context, since time.Time) ([]queue.Usage, error)
	Replicas(ctx context.Context) ([]queue.Replica, error)
	Feed(ctx context.Context, id string) (queue.Feed, error)
	FeedOf(ctx context.Context, person int64) (queue.Feed, error)
}

// Health is what keeps the bot from working, each with its cure, and what's merely worth
// knowing.
type Health struct {
	Alerts []string `json:"alerts,omitempty"`
	Notes  []string `json:"notes,omitempty"`
	Behind int      `json:"behind_seconds"` // age of the oldest hint that no run has served
}

//go:embed page/*.html page/style.css page/icon.svg
var files embed.FS

// schema is the JSON schema of all pages. A test writes it from their types.
//
//go:embed schema.json
var schema []byte

// Pages answer for the pages.
type Pages struct {
	Config
	templates map[string]*template.Template
	mux       *http.ServeMux
	began     time.Time
	seed      maphash.Seed
	kept      *lru.Cache[briefOf, brief]
	guard     http.Handler // the mux, without what other pages send
	door      *door        // nil without SignIn
	judge     *judge
	pace      *rate.Limiter // of what people have the bot check
}

// pageTime limits the time for reading the database for one page.
const pageTime = 10 * time.Second

// New makes the pages.
func New(c Config) (*Pages, error) {
	if slices.Contains([]bool{
		c.Store != nil, c.Health != nil, c.Acts != nil, c.State != nil, c.Missed != nil, c.Settings != nil, c.Try != nil, c.Branches != nil,
		c.Stages != nil, c.LifeCycle != nil, c.Releases != nil, c.Checked != nil, c.Now != nil,
	}, false) {
		return nil, errors.New("making the pages: all but Rules, Commands and SignIn are required")
	}
	p := &Pages{Config: c, began: c.Now(), seed: maphash.MakeSeed(), templates: map[string]*template.Template{}, mux: http.NewServeMux()}
	var err error
	if p.kept, err = lru.New[briefOf, brief](keptBriefs); err != nil {
		return nil, fmt.Errorf("making the pages: %w", err)
	}
	for _, name := range []string{
		"overview", "repository", "pull", "replay", "myfeed", "settings", "shadow", "backports", "stages", "lifecycle", "releases", "news", "abi", "regressions", "docs", "fault",
	} {
		t, err := template.New("frame.html").Funcs(p.functions()).ParseFS(files, "page/frame.html", "page/"+name+".html")
		if err != nil {
			return nil, fmt.Errorf("making the pages: %w", err)
		}
		p.templates[name] = t
	}
	for name, kind := range map[string]string{"style.css": "text/css; charset=utf-8", "icon.svg": "image/svg+xml"} {
		data, err := files.ReadFile("page/" + name)
		if err != nil {
			return nil, fmt.Errorf("making the pages: %w", err)
		}
		p.mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) { serve(w, kind, data) })
	}
	p.route()
	return p, p.lock()
}

// ServeHTTP implements http.Handler.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	// No page needs scripts, and nothing comes from another host.
	h.Set("Content-Security-Policy",
		"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, no-store")
	if !Loopback(r.Host) && !p.public(r.Host) {
		p.fault(w, &asked{Request: r}, errHost)
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), pageTime)
	defer cancel()
	p.guard.ServeHTTP(w, r.WithContext(ctx))
}

var errHost = &fault{http.StatusForbidden, "These pages are only for this machine",
	"Open them at http://localhost, or through a tunnel: ssh -L 8081:localhost:8081 HOST."}

// Loopback reports whether a host, with or without a port, is this machine. A page
// elsewhere could have its name lead here, and read what is for this machine alone in a
// visitor's browser: it can't do so under an address.
func Loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.Trim(host, "[]"))
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// serve answers with a file that stays the same while the program runs.
func serve(w http.ResponseWriter, kind string, data []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "private, max-age=300")
	w.Write(data) // a reader that has gone away needs no error
}
