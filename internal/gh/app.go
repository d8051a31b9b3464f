// Package gh is the only caller of GitHub. It loads the snapshot of a pull
// request, applies one action of a plan, lists what a sweep looks at, and gives
// git what it needs: a token, an address, a name to commit by. It knows
// authentication, limits, and what GitHub's answers mean (Gone, Limited,
// Denied, Unauthorized, Rejected, Temporary).
//
// It must not know features: which rules there are, and what they want.
package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Config of an App. Only AppID and PrivateKey are required.
type Config struct {
	AppID           int64
	PrivateKey      []byte                // PEM, as GitHub hands it out
	APIURL          string                // "https://api.github.com"; GitHub Enterprise Server: "https://HOST/api/v3"
	ServerURL       string                // the pages and git that belong to APIURL; "": those of its host
	Transport       http.RoundTripper     // nil: one of its own
	Timeout         time.Duration         // of one request, its whole answer included; 0: 30 s
	WritesPerMinute int                   // of one installation, and five times as many an hour; 0: unpaced, points too
	MaxConcurrent   int                   // requests of one installation at once; 0: 10
	Metrics         prometheus.Registerer // nil: none
	Log             zerolog.Logger
	Now             func() time.Time                           // nil: time.Now
	Wait            func(context.Context, time.Duration) error // by the clock of Now; nil: by the machine's
	UserAgent       string                                     // "" : "concorde"
}

// appConcurrent is how many requests the App makes at once for itself, for all
// installations together: more than one account's runs, so that those which hang leave
// some to others. GitHub allows 100 ("Rate limits for the REST API", concurrent requests).
const appConcurrent = 50

// App is the GitHub App. Its methods may be called at the same time.
type App struct {
	cfg     Config
	api     *url.URL // ends in a slash
	graphql string
	server  string // of the pages and of git, without a slash at the end
	routes  *http.ServeMux
	metrics metrics
	cache   *etags
	self    *github.Client // speaks as the App, not as an installation

	found  *lru.Cache[pull.Key, int64] // installation of a repository
	files  *lru.Cache[fileAt, knownFile]
	blobs  *blobs
	reads  *lru.Cache[pull.Key, []string]   // the files that the rules read the last time
	looked *lru.Cache[pull.Key, pull.Looks] // what rules looked at the last time
	latest *lru.Cache[pull.Key, glimpse]    // of pull requests
	pasts  *pasts
	holes  *lru.Cache[holeIn, struct{}] // of which the log was told

	missing *lru.Cache[fileAt, struct{}] // changed files that GitHub does not have
	sizes   *lru.Cache[question, sized]  // of what was too heavy
	ids     *ids
	bodies  *bodies
	people  people

	queueless atomic.Bool // GitHub knows no merge queues

	mu      sync.Mutex
	clients map[int64]installed
	me      identity
}

// installed is how to speak to one installation, and what keeps its limits.
type installed struct {
	client *github.Client
	guard  *guard
}

// New checks the configuration. It does not speak to GitHub: see Verify.
func New(cfg Config) (*App, error) {
	if err := cfg.complete(); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	api, err := parseAPI(cfg.APIURL)
	if err == nil && cfg.ServerURL != "" {
		err = belong(api, cfg.ServerURL)
	}
	if err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	a := &App{cfg: cfg, api: api, graphql: graphqlURL(api), server: serverURL(api, cfg.ServerURL), routes: routes(), cache: newEtags(), pasts: newPasts(), clients: map[int64]installed{}}
	if a.metrics, err = newMetrics(cfg.Metrics); err != nil {
		return nil, err
	}
	if a.found, err = lru.New[pull.Key, int64](10_000); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.files, err = lru.New[fileAt, knownFile](rememberedFiles); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.looked, err = lru.New[pull.Key, pull.Looks](20_000); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.latest, err = lru.New[pull.Key, glimpse](rememberedGlimpses); err != nil {
		return nil, err
	}
	if a.holes, err = lru.New[holeIn, struct{}](rememberedHoles); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.blobs, err = newBlobs(); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.reads, err = lru.New[pull.Key, []string](rememberedReads); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.missing, err = lru.New[fileAt, struct{}](rememberedFiles); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.sizes, err = lru.New[question, sized](rememberedSizes); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.bodies, err = newBodies(); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	if a.ids, err = newIDs(); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	a.ForgetPeople()
	key, err := a.signer(&wire{app: a})
	if err != nil {
		return nil, fmt.Errorf("reading the private key of the App: %w: give the whole file that GitHub offers for download, from -----BEGIN to -----END, line breaks included", err)
	}
	unpaced := cfg
	unpaced.WritesPerMinute = 0 // what the App itself posts are requests for tokens
	unpaced.MaxConcurrent = appConcurrent
	a.self = a.client(newGuard(unpaced, key, a.graphql, newBudget()))
	return a, nil
}

func (c *Config) complete() error {
	switch {
	case c.AppID <= 0:
		return fmt.Errorf("%d is not the number of a GitHub App: it is on the App's settings page", c.AppID)
	case c.Timeout < 0 || c.WritesPerMinute < 0 || c.MaxConcurrent < 0:
		return errors.New("timeout, writes per minute and concurrent requests are not negative")
	}
	if c.APIURL == "" {
		c.APIURL = "https://api.github.com"
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	if c.MaxConcurrent == 0 {
		c.MaxConcurrent = 10
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Wait == nil {
		c.Wait = sleep
	}
	if c.UserAgent == "" {
		c.UserAgent = "concorde"
	}
	if c.Transport == nil {
		tuned := http.DefaultTransport.(*http.Transport).Clone()
		tuned.MaxIdleConnsPerHost = c.MaxConcurrent
		c.Transport = tuned
	}
	return nil
}

// client is go-github's, told to leave the limits to the guard.
func (a *App) client(g *guard) *github.Client {
	c := github.NewClient(&http.Client{Transport: g})
	c.BaseURL = a.api
	c.UserAgent = a.cfg.UserAgent
	return c
}

// signer authenticates as the App. ghinstallation writes to it while it mints
// a token, so no two installations share one.
func (a *App) signer(next http.RoundTripper) (*ghinstallation.AppsTransport, error) {
	t, err := ghinstallation.NewAppsTransport(next, a.cfg.AppID, a.cfg.PrivateKey)
	if err != nil {
		return nil, err
	}
	t.BaseURL = strings.TrimRight(a.api.String(), "/")
	return t, nil
}

// as is the client of one installation.
func (a *App) as(installation int64) *github.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, known := a.clients[installation]
	if !known {
		left := newBudget()
		c.guard = newGuard(a.cfg, a.login(installation, left), a.graphql, left)
		c.client = a.client(c.guard)
		a.clients[installation] = c
	}
	return c.client
}

// repository is a client that may speak about key. Installation 0 is looked up.
func (a *App) repository(ctx context.Context, key pull.Key, installation int64) (*repository, error) {
	if err := key.Validate(); err != nil {
		return nil, &Rejected{Answer{Message: err.Error()}}
	}
	if installation == 0 {
		id, err := a.lookUp(ctx, key.Repository())
		if err != nil {
			return nil, err
		}
		installation = id
	}
	return &repository{app: a, client: a.as(installation), key: key}, nil
}

func (a *App) lookUp(ctx context.Context, repo pull.Key) (int64, error) {
	if id, ok := a.found.Get(repo); ok {
		return id, nil
	}
	found, _, err := a.self.Apps.FindRepositoryInstallation(ctx, repo.Owner, repo.Repo)
	if err = settle(err); err != nil {
		return 0, fmt.Errorf("finding the App's installation on %s: %w", repo, err)
	}
	if found.GetID() == 0 {
		return 0, &Temporary{Answer{Message: "GitHub's answer names no installation"}}
	}
	a.found.Add(repo, found.GetID())
	return found.GetID(), nil
}

// forget drops what was remembered of a repository when it seems untrue.
func (a *App) forget(key pull.Key, err error) {
	if _, gone := errors.AsType[*Gone](err); !gone {
		if _, unauthorized := errors.AsType[*Unauthorized](err); !unauthorized {
			return
		}
	}
	a.found.Remove(key.Repository())
}

// Verify asks GitHub who this App is, and returns its slug: the part of its
// login before "[bot]". Unauthorized means that number and key do not match.
func (a *App) Verify(ctx context.Context) (slug string, err error) {
	app, _, err := a.self.Apps.Get(ctx, "")
	if err = settle(err); err != nil {
		return "", fmt.Errorf("asking GitHub for the App: %w", err)
	}
	a.introduce(app.GetSlug())
	return app.GetSlug(), nil
}

// repository is a client with what it speaks about.
type repository struct {
	app    *App
	client *github.Client
	key    pull.Key
}
