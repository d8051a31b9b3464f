package snapshot

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// peopleAge is how long teams and roles are remembered. Membership events make the App
	// forget them sooner. If nothing has changed when it asks again, GitHub doesn't count
	// the request.
	peopleAge = 10 * time.Minute
	// faultAge is the same for a team that can't be read: someone may be fixing that.
	faultAge = time.Minute
	// maxPeople limits the remembered roles.
	maxPeople = 10_000
)

// people are teams' members, and roles in repositories.
type people struct {
	mu    sync.Mutex
	teams map[string]teamState // by "organization/slug"
	roles map[roleOf]roleState
}

type teamState struct {
	members map[string]bool // logins in lower case
	fault   string          // why it can't be read
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

func (p *people) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.teams, p.roles = map[string]teamState{}, map[roleOf]roleState{}
}

type teamQuery struct {
	app *gh.App
	*gh.Client
	organisation, slug string
}

// team returns a team's members, remembered ones if possible. The map is never changed.
func (p *people) team(ctx context.Context, q teamQuery) (teamState, error) {
	if known, found := p.known(q); found {
		return known, nil
	}
	members, err := q.members(ctx)
	next := teamState{members: members, until: q.Now().Add(peopleAge)}
	if fault := teamFault(q.name(), len(members), err); fault != "" {
		next = teamState{fault: fault, until: q.Now().Add(faultAge)}
	} else if err != nil {
		return teamState{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.teams[q.name()] = next
	return next, nil
}

// known returns what is remembered of a team.
func (p *people) known(q teamQuery) (teamState, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known, found := p.teams[q.name()]
	return known, found && q.Now().Before(known.until)
}

func (q teamQuery) name() string { return q.organisation + "/" + q.slug }

// client is that of the team's organization.
func (q teamQuery) client(ctx context.Context) (*github.Client, error) {
	if strings.EqualFold(q.organisation, q.About.Owner) {
		return q.REST, nil
	}
	return q.app.Organization(ctx, q.organisation)
}

// member asks GitHub about one person ("Get team membership for a user"), who isn't a
// member before they accept the invitation.
func (q teamQuery) member(ctx context.Context, login string) (bool, error) {
	client, err := q.client(ctx)
	if err != nil {
		return false, err
	}
	found, _, err := client.Teams.GetTeamMembershipBySlug(ctx, q.organisation, q.slug, login)
	if err = gh.Settle(err); err != nil {
		return false, err
	}
	return found.GetState() == "active", nil
}

// members asks GitHub ("List team members"). Invited people aren't members yet.
func (q teamQuery) members(ctx context.Context) (map[string]bool, error) {
	client, err := q.client(ctx)
	if err != nil {
		return nil, err
	}
	listed, err := gh.AllPages(func(o *github.ListOptions) ([]*github.User, *github.Response, error) {
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

// teamFault says what to do about a team that can't be read; "" for an error that may
// pass.
func teamFault(name string, members int, err error) string {
	denied, isDenied := errors.AsType[*gh.Denied](err)
	_, gone := errors.AsType[*gh.Gone](err)
	switch {
	case isDenied:
		return fmt.Sprintf("the App isn't allowed to read the team %s (%s): give it the organization permission \"Members: read\", and accept "+
			"that in the installation", name, denied.Answer.Message)
	case gone:
		return fmt.Sprintf("the team %s doesn't exist, or the App can't see it: set roles.core-team, and give the App the organization "+
			"permission \"Members: read\"", name)
	case err == nil && members == 0: // then no one's review would count
		return fmt.Sprintf("the team %s has no members that the App can see: set roles.core-team", name)
	}
	return ""
}

func (p *people) role(ctx context.Context, c *gh.Client, login string) (pull.Role, error) {
	of := roleOf{c.About.Repository(), login}
	p.mu.Lock()
	known, found := p.roles[of]
	p.mu.Unlock()
	if found && c.Now().Before(known.until) {
		return known.role, nil
	}
	access, err := c.Access(ctx, login)
	if _, gone := errors.AsType[*gh.Gone](err); err != nil && !gone { // the account was deleted
		return pull.Anyone, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.roles) >= maxPeople {
		p.roles = map[roleOf]roleState{}
	}
	p.roles[of] = roleState{access.Role, c.Now().Add(peopleAge)}
	return access.Role, nil
}
