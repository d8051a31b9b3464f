package gh

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
	"golang.org/x/sync/singleflight"
)

// tokenTransport authenticates as an installation. ghinstallation keeps a token until it
// expires, even if GitHub no longer accepts it. So after a 401, or if an older token lacks
// a permission, tokenTransport gets a new token and tries once more.
type tokenTransport struct {
	*site
	installation int64
	next         http.RoundTripper
	asking       singleflight.Group

	mu     sync.Mutex // only those that ask for all wait for it
	source *ghinstallation.Transport
	given  string // the token that source gave last
	since  time.Time
	fault  error // tokens did not come; it holds
	until  time.Time
}

func newTokenTransport(s *site, installation int64, budget *budget) *tokenTransport {
	next := &etagged{cache: s.cache, next: &wire{site: s, installation: installation, budget: budget}}
	return &tokenTransport{site: s, installation: installation, next: next}
}

// RoundTrip implements http.RoundTripper.
func (l *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := l.token(r.Context(), "")
	if err != nil {
		return nil, err
	}
	resp, err := l.send(r, token)
	_, refused := errors.AsType[*Unauthorized](err)
	if !refused && !l.outdated(token, err) {
		return resp, err
	}
	l.cfg.Log.Warn().Int64("installation", l.installation).Err(err).Msg("token refused: requesting a new one")
	if token, err = l.token(r.Context(), token); err != nil {
		return nil, err
	}
	return l.send(r, token)
}

// doubtful is how old a token must be to be worth replacing when it lacks a permission,
// which may have been granted since. A token keeps its permissions for its hour.
const doubtful = time.Minute

// outdated reports whether a new token may have a permission that this one lacks.
func (l *tokenTransport) outdated(token string, err error) bool {
	if _, denied := errors.AsType[*Denied](err); !denied {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return token != l.given || l.cfg.Now().Sub(l.since) > doubtful
}

func (l *tokenTransport) send(r *http.Request, token string) (*http.Response, error) {
	signed := r.Clone(r.Context())
	signed.Header.Set("Authorization", "token "+token)
	if r.GetBody != nil {
		body, err := r.GetBody()
		if err != nil {
			return nil, err
		}
		signed.Body = body
	}
	return l.next.RoundTrip(signed)
}

// token returns the current token, or a new one instead of dead. One request serves all
// who wait, each for as long as their own context lasts; the request belongs to none of
// them.
func (l *tokenTransport) token(ctx context.Context, dead string) (string, error) {
	answer := l.asking.DoChan(dead, func() (any, error) { return l.ask(context.WithoutCancel(ctx), dead) })
	select {
	case got := <-answer:
		token, _ := got.Val.(string)
		return token, got.Err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// ask takes at most as long as one request. If GitHub once lets it wait that long, no one
// waits so long again: everything else would stand still.
func (l *tokenTransport) ask(ctx context.Context, dead string) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cfg.Now().Before(l.until) {
		return "", l.fault
	}
	if l.source == nil || dead != "" && dead == l.given {
		signer, err := l.signer(l.next)
		if err != nil {
			return "", err
		}
		l.source = ghinstallation.NewFromAppsTransport(signer, l.installation)
		if l.source.InstallationTokenOptions, err = l.cfg.tokens(); err != nil {
			return "", err
		}
		l.given = ""
	}
	token, err := l.source.Token(ctx)
	if err = Settle(err); err != nil {
		if failed, ok := err.(*Temporary); ok && failed.timeout {
			l.fault, l.until = err, l.cfg.Now().Add(l.cfg.Timeout)
		}
		return "", err
	}
	if token != l.given {
		l.given, l.since = token, l.cfg.Now()
	}
	return token, nil
}

// tokens returns the options of tokens. Without any, ghinstallation would send "null".
func (c Config) tokens() (*github.InstallationTokenOptions, error) {
	var o github.InstallationTokenOptions
	if c.Repository != "" {
		o.Repositories = []string{c.Repository}
	}
	if c.Permissions == nil {
		return &o, nil
	}
	o.Permissions = &github.InstallationPermissions{}
	names, err := json.Marshal(c.Permissions)
	if err == nil {
		err = json.Unmarshal(names, o.Permissions)
	}
	if err != nil {
		return nil, fmt.Errorf("writing the permissions of a token: %w", err)
	}
	return &o, nil
}

// signer authenticates as the App. ghinstallation writes to it while it requests a token,
// so each installation has its own.
func (s *site) signer(next http.RoundTripper) (*ghinstallation.AppsTransport, error) {
	t, err := ghinstallation.NewAppsTransport(next, s.cfg.AppID, s.cfg.PrivateKey)
	if err != nil {
		return nil, err
	}
	t.BaseURL = strings.TrimRight(s.api.String(), "/")
	return t, nil
}
