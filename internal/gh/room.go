package gh

import (
	"context"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Left is the share, 0 to 1, that GitHub has left of an installation's hour, of
// requests or points, whichever is scarcer, and when it is full again. It is 1
// where GitHub has not said. Installation 0 is that of the repository, if known.
func (a *App) Left(repository pull.Key, installation int64) (share float64, full time.Time) {
	c, known := a.installed(repository, installation)
	if !known {
		return 1, time.Time{}
	}
	return c.guard.budget.left(a.cfg.Now())
}

// installed is what is known of an installation; 0 is that of the repository.
func (a *App) installed(key pull.Key, installation int64) (installed, bool) {
	if installation == 0 {
		installation, _ = a.found.Get(key.Repository())
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	c, known := a.clients[installation]
	return c, known
}

// Room tells, before anything is loaded, whether GitHub has room for what no person
// waits for: nil, or Limited until the key's turn.
func (a *App) Room(ctx context.Context, installation int64, key pull.Key) error {
	c, known := a.installed(key, installation)
	if !known {
		return nil
	}
	return c.guard.room(Background(Writing(ctx, key)))
}
