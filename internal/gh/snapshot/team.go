package snapshot

import (
	"context"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// team loads the core developers. If they can't be read, that's no error here: the rules
// that need them do nothing, and the others go on.
func (l *loading) team(ctx context.Context) error {
	if l.Needs&pull.Team == 0 {
		return nil
	}
	if l.Team == "" {
		l.out.Core = map[string]bool{}
		return nil
	}
	var err error
	l.out.Core, l.out.CoreFault, err = l.from.Core(ctx, l.Client, l.Team)
	return err
}

// Core returns who is in a team, by login in lower case, and why it can't be read, "" if
// it can. It's a team of the repository's owner unless it's written with its organization.
// The answer may be ten minutes old.
func (a *Loader) Core(ctx context.Context, c *gh.Client, team string) (members map[string]bool, fault string, err error) {
	organisation, slug, found := strings.Cut(team, "/")
	if !found {
		organisation, slug = c.About.Owner, team
	}
	t, err := a.people.team(ctx, teamQuery{a.app, c, strings.ToLower(organisation), slug})
	if err != nil {
		return nil, "", fmt.Errorf("reading the team %s/%s: %w", organisation, slug, err)
	}
	return t.members, t.fault, nil
}

// people loads the roles of those that the rules look at ("Get repository permissions for
// a user").
func (l *loading) people(ctx context.Context) error {
	l.out.People = blank[pull.Role](l.looks.People)
	for _, login := range l.looks.People {
		role, err := l.from.people.role(ctx, l.Client, strings.ToLower(login))
		if err != nil {
			return fmt.Errorf("asking what %s may do: %w", gh.Tidy(login), err)
		}
		l.out.People[login] = role
	}
	return nil
}
