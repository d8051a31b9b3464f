package gh

import (
	"errors"
	"net/http"
	"sync"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"
)

// login authenticates as an installation. ghinstallation keeps a token until
// it expires, even one that GitHub does not take any more: after a 401 there
// is one new token, and one more try.
type login struct {
	app          *App
	installation int64

	mu      sync.Mutex
	current *ghinstallation.Transport
}

// RoundTrip implements http.RoundTripper.
func (l *login) RoundTrip(r *http.Request) (*http.Response, error) {
	used, err := l.transport(nil)
	if err != nil {
		return nil, err
	}
	resp, err := used.RoundTrip(r)
	_, refused := errors.AsType[*Unauthorized](err)
	_, minting := errors.AsType[*ghinstallation.HTTPError](err)
	if !refused || minting {
		return resp, err
	}
	l.app.cfg.Log.Warn().Int64("installation", l.installation).Msg("token refused, asking for a new one")
	if used, err = l.transport(used); err != nil {
		return nil, err
	}
	again := r.Clone(r.Context())
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	return used.RoundTrip(again)
}

// transport is the present one, or a new one in place of dead.
func (l *login) transport(dead *ghinstallation.Transport) (*ghinstallation.Transport, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.current == nil || l.current == dead {
		signer, err := l.app.signer(&etagged{cache: l.app.cache, next: &wire{app: l.app, installation: l.installation}})
		if err != nil {
			return nil, err
		}
		l.current = ghinstallation.NewFromAppsTransport(signer, l.installation)
		l.current.InstallationTokenOptions = &github.InstallationTokenOptions{} // else it sends "null"
	}
	return l.current, nil
}
