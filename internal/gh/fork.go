package gh

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// IsFork reports whether fork, where the App must be installed, is a fork of another
// repository.
func (a *App) IsFork(ctx context.Context, fork, of pull.Key) (bool, error) {
	found, err := a.now(ctx, fork)
	if err != nil {
		return false, fmt.Errorf("looking at the fork %s: %w", fork.Repository(), err)
	}
	return strings.EqualFold(found.GetParent().GetFullName(), of.Repository().String()), nil
}

// Here returns Gone if a repository was deleted or has another name, under which it has
// its own keys.
func (a *App) Here(ctx context.Context, key pull.Key) error {
	found, err := a.now(ctx, key)
	if err == nil && !strings.EqualFold(found.GetFullName(), key.Repository().String()) {
		err = &Gone{Answer{Message: "it is now named " + Tidy(found.GetFullName())}}
	}
	if err != nil {
		return fmt.Errorf("looking whether %s is still there: %w", key.Repository(), err)
	}
	return nil
}

// now returns the repository as GitHub has it now, perhaps under another name.
func (a *App) now(ctx context.Context, key pull.Key) (*github.Repository, error) {
	c, err := a.Client(ctx, key, 0)
	if err != nil {
		return nil, err
	}
	found, _, err := c.REST.Repositories.Get(ctx, key.Owner, key.Repo)
	if err = Settle(err); err != nil {
		a.Forget(key, err)
		return nil, err
	}
	return found, nil
}
