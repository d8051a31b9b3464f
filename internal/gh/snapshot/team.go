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
	organisation, slug, found := strings.Cut(l.Team, "/")
	if !found {
		organisation, slug = l.Key.Owner, l.Team
	}
	t, err := l.from.people.team(ctx, teamQuery{l.from.app, l.Client, strings.ToLower(organisation), slug})
	if err != nil {
		return fmt.Errorf("reading the team %s/%s: %w", organisation, slug, err)
	}
	l.out.Core, l.out.CoreFault = t.members, t.fault
	return nil
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
