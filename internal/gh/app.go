// Package gh is the client of GitHub: authentication, rate limits, ETags, the GraphQL
// transport, and what GitHub's answers mean (Gone, Limited, Denied, Unauthorized,
// Rejected, Temporary). It also gives git what it needs: a token, an address, a name to
// commit by. Package snapshot loads with it, package apply writes with it; nothing else
// calls GitHub.
//
// It must not know features: which rules exist, and what they want.
package gh

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"
	lru "github.com/hashicorp/golang-lru/v2"

	"github.com/concorde-bot/concorde/internal/pull"
)

// appConcurrent limits the App's own requests at once, for all installations together. One
// account's runs need fewer, so if they hang, the others still get through. GitHub allows
// 100 concurrent requests ("Rate limits for the REST API").
const appConcurrent = 50

// App is the GitHub App. Its methods are safe for concurrent use.
type App struct {
	*site
	self  *github.Client              // authenticates as the App, not as an installation
	found *lru.Cache[pull.Key, int64] // installation of a repository

	mu      sync.Mutex
	clients map[int64]installed
	// processes share GitHub's limits (Share).
	processes int
	me        identity
}

// installed is the client of one installation, and the guard of its limits.
type installed struct {
	client *github.Client
	guard  *guard
}

// New checks the configuration. It doesn't call GitHub: see Verify.
func New(cfg Config) (*App, error) {
	s, err := newSite(cfg)
	if err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	a := &App{site: s, clients: map[int64]installed{}, processes: 1}
	if a.found, err = lru.New[pull.Key, int64](10_000); err != nil {
		return nil, fmt.Errorf("configuring the GitHub client: %w", err)
	}
	key, err := s.signer(&wire{site: s})
	if err != nil {
		return nil, fmt.Errorf("reading the private key of the App: %w: give the whole file that GitHub offers for download, from -----BEGIN "+
			"to -----END, line breaks included", err)
	}
	unpaced := s.cfg
	unpaced.WritesPerMinute = 0 // what the App itself posts are requests for tokens
	unpaced.MaxConcurrent = appConcurrent
	a.self = s.rest(newGuard(unpaced, key, s.graphql, newBudget()))
	return a, nil
}

// as returns the client of one installation.
func (a *App) as(installation int64) *github.Client {
	a.mu.Lock()
	defer a.mu.Unlock()
	c, known := a.clients[installation]
	if !known {
		left := newBudget()
		c.guard = newGuard(a.cfg, newTokenTransport(a.site, installation, left), a.graphql, left)
		c.client = a.rest(c.guard)
		c.guard.share(a.processes)
		a.clients[installation] = c
	}
	return c.client
}

// Share divides GitHub's limits by the number of processes that work for the App. Each
// keeps to its part, whatever the others use, so they stay within the limits without
// talking to each other.
func (a *App) Share(processes int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.processes = max(1, processes)
	for _, c := range a.clients {
		c.guard.share(a.processes)
	}
}

// Shared reports whether other processes work for the App too.
func (a *App) Shared() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.processes > 1
}

// Client returns a client for key's repository. Installation 0 is looked up.
func (a *App) Client(ctx context.Context, key pull.Key, installation int64) (*Client, error) {
	if err := key.Validate(); err != nil {
		return nil, Rejectf("%s", err.Error())
	}
	if installation == 0 {
		id, err := a.lookUp(ctx, key.Repository())
		if err != nil {
			return nil, err
		}
		installation = id
	}
	return &Client{site: a.site, About: key, REST: a.as(installation)}, nil
}

func (a *App) lookUp(ctx context.Context, repo pull.Key) (int64, error) {
	if id, ok := a.found.Get(repo); ok {
		return id, nil
	}
	found, _, err := a.self.Apps.FindRepositoryInstallation(ctx, repo.Owner, repo.Repo)
	if err = Settle(err); err != nil {
		return 0, fmt.Errorf("finding the App's installation on %s: %w", repo, err)
	}
	if found.GetID() == 0 {
		return 0, &Temporary{Answer{Message: "GitHub's answer names no installation"}}
	}
	a.found.Add(repo, found.GetID())
	return found.GetID(), nil
}

// Forget forgets a repository's installation if err suggests that it has changed.
func (a *App) Forget(key pull.Key, err error) {
	if _, gone := errors.AsType[*Gone](err); !gone {
		if _, unauthorized := errors.AsType[*Unauthorized](err); !unauthorized {
			return
		}
	}
	a.found.Remove(key.Repository())
}

// Organization returns a client of the App's installation on an organization.
func (a *App) Organization(ctx context.Context, name string) (*github.Client, error) {
	found, _, err := a.self.Apps.FindOrganizationInstallation(ctx, name)
	if err = Settle(err); err != nil {
		return nil, err
	}
	return a.as(found.GetID()), nil
}

// WritesPerMinute returns Config.WritesPerMinute.
func (a *App) WritesPerMinute() int { return a.cfg.WritesPerMinute }

// Timeout returns Config.Timeout.
func (a *App) Timeout() time.Duration { return a.cfg.Timeout }

// identity is the App's own account, as far as it's known.
type identity struct {
	slug string
	id   int64 // of the account SLUG[bot], not of the App
}
