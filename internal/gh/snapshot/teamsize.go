package snapshot

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// TeamSize counts a team's members, as the rules see it in a repository. Teams are SLUG or
// ORGANIZATION/SLUG. fault says why it can't be read, and how to fix that.
func (l *Loader) TeamSize(ctx context.Context, key pull.Key, installation int64, name string) (members int, fault string, err error) {
	organization, slug, found := strings.Cut(name, "/")
	if !found {
		organization, slug = key.Owner, name
	}
	c, err := l.app.Client(ctx, key.Repository(), installation)
	if err != nil {
		return 0, "", fmt.Errorf("reading the team %s/%s: %w", organization, slug, err)
	}
	t, err := l.people.team(ctx, teamQuery{l.app, c, strings.ToLower(organization), slug})
	if err != nil {
		return 0, "", fmt.Errorf("reading the team %s/%s: %w", organization, slug, err)
	}
	return len(t.members), t.fault, nil
}
