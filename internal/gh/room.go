package gh

import (
	"context"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Left returns the share, 0 to 1, that is left of an installation's hour, of requests or
// points, whichever is scarcer, and when it's full again. It is 1 if unknown.
// Installation 0 is the repository's, if known.
func (a *App) Left(repository pull.Key, installation int64) (share float64, full time.Time) {
	c, known := a.installed(repository, installation)
	if !known {
		return 1, time.Time{}
	}
	return c.guard.budget.left(a.cfg.Now())
}

// installed returns what is known of an installation; 0 is the repository's.
func (a *App) installed(key pull.Key, installation int64) (installed, bool) {
	if installation == 0 {
		installation, _ = a.found.Get(key.Repository())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, known := a.clients[installation]
	return c, known
}

// Room reports, before anything is loaded, whether there is room for background work on
// a key: nil, or Limited until the key's turn.
func (a *App) Room(ctx context.Context, installation int64, key pull.Key) error {
	c, known := a.installed(key, installation)
	if !known {
		return nil
	}
	return c.guard.room(Background(Writing(ctx, key)))
}
