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

// InCore reports whether somebody is in a team, as Core, but asks GitHub about one person
// if the members aren't known. Nobody is in a team that can't be read.
func (a *Loader) InCore(ctx context.Context, c *gh.Client, team, login string) (bool, error) {
	q := a.query(c, team)
	if t, known := a.people.known(q); known {
		return t.members[strings.ToLower(login)], nil
	}
	in, err := q.member(ctx, login)
	if err != nil && teamFault(q.name(), 1, err) == "" {
		return false, fmt.Errorf("asking whether somebody is in the team %s: %w", q.name(), err)
	}
	return in, nil
}

func (a *Loader) query(c *gh.Client, team string) teamQuery {
	organisation, slug, found := strings.Cut(team, "/")
	if !found {
		organisation, slug = c.About.Owner, team
	}
	return teamQuery{a.app, c, strings.ToLower(organisation), slug}
}

// Core returns who is in a team, by login in lower case, and why it can't be read, "" if
// it can. It's a team of the repository's owner unless it's written with its organization.
// The answer may be ten minutes old.
func (a *Loader) Core(ctx context.Context, c *gh.Client, team string) (members map[string]bool, fault string, err error) {
	q := a.query(c, team)
	t, err := a.people.team(ctx, q)
	if err != nil {
		return nil, "", fmt.Errorf("reading the team %s: %w", q.name(), err)
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
