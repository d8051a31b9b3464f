package gh

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// IsFork tells whether a repository, on which the App must be installed, is a
// fork of another one.
func (a *App) IsFork(ctx context.Context, fork, of pull.Key) (bool, error) {
	r, err := a.repository(ctx, fork, 0)
	if err != nil {
		return false, fmt.Errorf("looking at the fork %s: %w", fork.Repository(), err)
	}
	found, _, err := r.client.Repositories.Get(ctx, fork.Owner, fork.Repo)
	if err = settle(err); err != nil {
		a.forget(fork, err)
		return false, fmt.Errorf("looking at the fork %s: %w", fork.Repository(), err)
	}
	return strings.EqualFold(found.GetParent().GetFullName(), of.Repository().String()), nil
}
