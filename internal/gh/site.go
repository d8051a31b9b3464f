package gh

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

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
	Wait            func(context.Context, time.Duration) error // by Now's clock; nil: by the machine's
	UserAgent       string                                     // "" : "concorde"

	// Repository and Permissions (GitHub's names) limit what tokens allow; empty: everything
	// that the installation has.
	Repository  string
	Permissions map[string]string
}

// holeIn is a place in the answers about a repository.
type holeIn struct {
	repository pull.Key
	field      string
}

const rememberedHoles = 1000

// site is where GitHub is, and what all its clients share.
type site struct {
	cfg     Config
	api     *url.URL // ends in a slash
	graphql string
	server  string // of the pages and of git, without a slash at the end
	routes  *http.ServeMux
	metrics metrics
	cache   *etags
	IDs     *IDs
	holes   *lru.Cache[holeIn, struct{}] // already logged
	sizes   *lru.Cache[question, sized]  // of questions that were too heavy
}

func newSite(cfg Config) (*site, error) {
	if err := cfg.complete(); err != nil {
		return nil, err
	}
	api, err := parseAPI(cfg.APIURL)
	if err == nil && cfg.ServerURL != "" {
		err = belong(api, cfg.ServerURL)
	}
	if err != nil {
		return nil, err
	}
	s := &site{cfg: cfg, api: api, graphql: graphqlURL(api), server: serverURL(api, cfg.ServerURL), routes: routes(), cache: newEtags()}
	if s.metrics, err = newMetrics(cfg.Metrics); err != nil {
		return nil, err
	}
	if s.IDs, err = newIDs(); err != nil {
		return nil, err
	}
	if s.holes, err = lru.New[holeIn, struct{}](rememberedHoles); err != nil {
		return nil, err
	}
	s.sizes, err = lru.New[question, sized](rememberedSizes)
	return s, err
}

func (c *Config) complete() error {
	switch {
	case c.AppID <= 0:
		return fmt.Errorf("%d isn't a GitHub App's number: see the App's settings page", c.AppID)
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

// sleep is Config.Wait by the machine's clock.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// rest is go-github's client, which leaves the limits to the guard.
func (s *site) rest(g *guard) *github.Client {
	c := github.NewClient(&http.Client{Transport: g})
	c.BaseURL = s.api
	c.UserAgent = s.cfg.UserAgent
	return c
}

// endpoint is r's pattern: a label for metrics and errors that has few values and contains
// no names.
func (s *site) endpoint(r *http.Request) string {
	if r.URL.String() == s.graphql {
		return graphqlEndpoint
	}
	path, _ := strings.CutPrefix(r.URL.EscapedPath(), strings.TrimSuffix(s.api.EscapedPath(), "/"))
	bare, err := url.Parse(path)
	if err != nil {
		return "other"
	}
	if _, pattern := s.routes.Handler(&http.Request{Method: r.Method, URL: bare}); pattern != "" {
		return pattern
	}
	return "other"
}
