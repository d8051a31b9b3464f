package gh

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// peopleAge is how long it is remembered who is in a team, and who may do what.
	// Events of members make the App forget sooner. When it asks again and nothing
	// changed, GitHub does not count the request.
	peopleAge = 10 * time.Minute
	// faultAge is the same for a team that cannot be read: somebody may be at it.
	faultAge = time.Minute
	// maxPeople is how many roles are remembered.
	maxPeople = 10_000
)

// people are who is in a team, and who may do what in a repository.
type people struct {
	mu    sync.Mutex
	teams map[string]teamState // by "organisation/slug"
	roles map[roleOf]roleState
}

type teamState struct {
	members map[string]bool // logins in lower case
	fault   string          // why it cannot be read
	until   time.Time
}

type roleOf struct {
	repository pull.Key
	login      string
}

type roleState struct {
	role  pull.Role
	until time.Time
}

// ForgetPeople has teams and roles asked for anew: they changed.
func (a *App) ForgetPeople() {
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	a.people.teams, a.people.roles = map[string]teamState{}, map[roleOf]roleState{}
}

// team loads the core developers. That they cannot be read is no error here: the
// rules that need them keep still, and the rest goes on.
func (l *loader) team(ctx context.Context) error {
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
	t, err := l.app.team(ctx, teamQuery{l.repository, strings.ToLower(organisation), slug})
	if err != nil {
		return fmt.Errorf("reading the team %s/%s: %w", organisation, slug, err)
	}
	l.out.Core, l.out.CoreFault = t.members, t.fault
	return nil
}

type teamQuery struct {
	*repository
	organisation, slug string
}

// team gives the members of a team, as far as they are remembered. The map is
// never changed once it is there.
func (a *App) team(ctx context.Context, q teamQuery) (teamState, error) {
	name := q.organisation + "/" + q.slug
	a.people.mu.Lock()
	known, found := a.people.teams[name]
	a.people.mu.Unlock()
	if found && a.cfg.Now().Before(known.until) {
		return known, nil
	}
	members, err := a.members(ctx, q)
	next := teamState{members: members, until: a.cfg.Now().Add(peopleAge)}
	if fault := teamFault(name, len(members), err); fault != "" {
		next = teamState{fault: fault, until: a.cfg.Now().Add(faultAge)}
	} else if err != nil {
		return teamState{}, err
	}
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	a.people.teams[name] = next
	return next, nil
}

// members asks GitHub ("List team members"). Those who are only invited are not
// among them.
func (a *App) members(ctx context.Context, q teamQuery) (map[string]bool, error) {
	client := q.client
	if !strings.EqualFold(q.organisation, q.key.Owner) {
		found, _, err := a.self.Apps.FindOrganizationInstallation(ctx, q.organisation)
		if err = settle(err); err != nil {
			return nil, err
		}
		client = a.as(found.GetID())
	}
	listed, err := pages(func(o *github.ListOptions) ([]*github.User, *github.Response, error) {
		return client.Teams.ListTeamMembersBySlug(ctx, q.organisation, q.slug, &github.TeamListTeamMembersOptions{ListOptions: *o})
	})
	if err != nil {
		return nil, err
	}
	members := map[string]bool{}
	for _, u := range listed {
		members[strings.ToLower(u.GetLogin())] = true
	}
	return members, nil
}

// teamFault says what is to be done about a team that cannot be read; "" for an
// error that may pass.
func teamFault(name string, members int, err error) string {
	denied, isDenied := errors.AsType[*Denied](err)
	_, gone := errors.AsType[*Gone](err)
	switch {
	case isDenied:
		return fmt.Sprintf("the App isn't allowed to read the team %s (%s): give it the organization permission \"Members: read\", and accept that in the installation", name, denied.Answer.Message)
	case gone:
		return fmt.Sprintf("the team %s doesn't exist, or the App can't see it: set roles.core-team, and give the App the organization permission \"Members: read\"", name)
	case err == nil && members == 0: // then every review would be anybody's
		return fmt.Sprintf("the team %s has no members that the App can see: set roles.core-team", name)
	}
	return ""
}

// people loads the roles of those that the rules look at ("Get repository
// permissions for a user").
func (l *loader) people(ctx context.Context) error {
	l.out.People = blank[pull.Role](l.looks.People)
	for _, login := range l.looks.People {
		role, err := l.app.role(ctx, l.repository, strings.ToLower(login))
		if err != nil {
			return fmt.Errorf("asking what %s may do: %w", tidy(login), err)
		}
		l.out.People[login] = role
	}
	return nil
}

func (a *App) role(ctx context.Context, r *repository, login string) (pull.Role, error) {
	if (pull.Key{Owner: login, Repo: "x"}).Validate() != nil {
		return pull.Anyone, nil // no person has such a name
	}
	of := roleOf{r.key.Repository(), login}
	a.people.mu.Lock()
	known, found := a.people.roles[of]
	a.people.mu.Unlock()
	if found && a.cfg.Now().Before(known.until) {
		return known.role, nil
	}
	level, _, err := r.client.Repositories.GetPermissionLevel(ctx, r.key.Owner, r.key.Repo, login)
	err = settle(err)
	if _, gone := errors.AsType[*Gone](err); err != nil && !gone { // gone is an account that is no more
		return pull.Anyone, err
	}
	role := pull.Anyone
	for i, name := range []string{"triage", "push", "maintain", "admin"} {
		if level.GetUser().GetPermissions()[name] {
			role = pull.Role(i + 1)
		}
	}
	a.people.mu.Lock()
	defer a.people.mu.Unlock()
	if len(a.people.roles) >= maxPeople {
		a.people.roles = map[roleOf]roleState{}
	}
	a.people.roles[of] = roleState{role, a.cfg.Now().Add(peopleAge)}
	return role, nil
}
