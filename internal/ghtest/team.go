package ghtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

var teamRoutes = []route{
	{"GET /orgs/{org}/teams/{team_slug}/members", "members:read", (*Server).listTeamMembers},
	{"GET /orgs/{org}/teams/{team_slug}/memberships/{username}", "members:read", (*Server).getMembership},
}

// team is one of an organization. Its members are in the order in which they came.
type team struct {
	id      int64
	org     *user
	slug    string
	members []*user
	invited []*user // have not accepted yet
	created time.Time
}

var teamSlug = regexp.MustCompile(`^[a-z0-9_-]+$`)

// Team makes a team of an organization, or gives it other members. It fires team.created, and membership events for who comes and goes.
func (s *Server) Team(org, slug string, logins ...string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !teamSlug.MatchString(slug) || org == "" {
		return fmt.Errorf("making team %s/%s: it cannot have that name", org, slug)
	}
	t := s.teams[teamKey(org, slug)]
	if t == nil {
		account := s.account(org)
		account.kind = "Organization"
		t = &team{id: s.nextID(), org: account, slug: slug, created: s.now()}
		s.teams[teamKey(org, slug)] = t
		s.hooks.team("created", t)
	}
	for _, u := range slices.Clone(t.members) {
		if !slices.ContainsFunc(logins, func(login string) bool { return strings.EqualFold(login, u.login) }) {
			s.leave(t, u)
		}
	}
	for _, login := range logins {
		s.join(t, s.account(login))
	}
	return nil
}

// DeleteTeam deletes a team; GitHub tells of the team, and of no member.
func (s *Server) DeleteTeam(org, slug string) error {
	return s.onTeam("deleting", org, slug, func(t *team) error {
		delete(s.teams, teamKey(org, slug))
		s.hooks.team("deleted", t)
		return nil
	})
}

// JoinTeam makes people members.
func (s *Server) JoinTeam(org, slug string, logins ...string) error {
	return s.onTeam("joining", org, slug, func(t *team) error {
		for _, login := range logins {
			s.join(t, s.account(login))
		}
		return nil
	})
}

// LeaveTeam takes members out.
func (s *Server) LeaveTeam(org, slug string, logins ...string) error {
	return s.onTeam("leaving", org, slug, func(t *team) error {
		for _, login := range logins {
			if !s.leave(t, s.account(login)) {
				return fmt.Errorf("%s is no member", login)
			}
		}
		return nil
	})
}

// InviteToTeam invites people who are not in the organization: until they join, their membership is pending.
func (s *Server) InviteToTeam(org, slug string, logins ...string) error {
	return s.onTeam("inviting to", org, slug, func(t *team) error {
		for _, login := range logins {
			if u := s.account(login); !slices.Contains(t.members, u) && !slices.Contains(t.invited, u) {
				t.invited = append(t.invited, u)
			}
		}
		return nil
	})
}

func teamKey(org, slug string) string { return strings.ToLower(org + "/" + slug) }

// onTeam finds a team and runs a change under the lock.
func (s *Server) onTeam(doing, org, slug string, change func(*team) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.teams[teamKey(org, slug)]
	if t == nil {
		return fmt.Errorf("%s team %s/%s: there is none", doing, org, slug)
	}
	if err := change(t); err != nil {
		return fmt.Errorf("%s team %s/%s: %w", doing, org, slug, err)
	}
	return nil
}

func (s *Server) join(t *team, u *user) {
	if slices.Contains(t.members, u) {
		return
	}
	t.members, t.invited = append(t.members, u), without(t.invited, u)
	s.hooks.membership("added", t, u)
}

func (s *Server) leave(t *team, u *user) bool {
	if !slices.Contains(t.members, u) {
		return false
	}
	t.members = without(t.members, u)
	s.hooks.membership("removed", t, u)
	return true
}

func without(users []*user, u *user) []*user {
	return slices.DeleteFunc(users, func(x *user) bool { return x == u })
}

func (s *Server) teamJSON(t *team) obj {
	api := s.APIURL() + "organizations/" + itoa(t.org.id) + "/team/" + itoa(t.id)
	return obj{
		"id": t.id, "node_id": nodeID("T", t.id), "name": t.slug, "slug": t.slug, "description": "", "privacy": "closed", "notification_setting": "notifications_enabled",
		"permission": "pull", "parent": nil, "url": api, "html_url": s.URL + "/orgs/" + t.org.login + "/teams/" + t.slug, "members_url": api + "/members{/member}", "repositories_url": api + "/repos",
	}
}

func (h *hooks) team(action string, t *team) {
	h.fireOrg("team", t.org, obj{"action": action, "team": h.s.teamJSON(t)})
}

func (h *hooks) membership(action string, t *team, u *user) {
	h.fireOrg("membership", t.org, obj{"action": action, "scope": "team", "member": h.s.userJSON(u), "team": h.s.teamJSON(t)})
}

// reads reports whether the actor may read the members of an organization: an installation those of its own.
func (a actor) reads(org *user) bool {
	return a.may("members:read") && !a.anonymous() && (a.token.inst == nil || a.token.inst.account == org)
}

// team finds what {org} and {team_slug} name.
func (c *call) team(s *Server) (*team, error) {
	if c.actor.anonymous() {
		return nil, unauthorized("Requires authentication")
	}
	org := s.users[strings.ToLower(c.PathValue("org"))]
	if org != nil && !c.actor.reads(org) {
		return nil, forbidden()
	}
	if t := s.teams[teamKey(c.PathValue("org"), c.PathValue("team_slug"))]; t != nil {
		return t, nil
	}
	return nil, notFound("")
}

func (s *Server) listTeamMembers(c *call) (any, error) {
	t, err := c.team(s)
	if err != nil {
		return nil, err
	}
	if c.URL.Query().Get("role") == "maintainer" { // all are plain members
		return []obj{}, nil
	}
	return s.usersJSON(page(c, t.members)), nil
}

func (s *Server) getMembership(c *call) (any, error) {
	t, err := c.team(s)
	if err != nil {
		return nil, err
	}
	u, state := s.users[strings.ToLower(c.PathValue("username"))], "active"
	switch {
	case slices.Contains(t.members, u):
	case slices.Contains(t.invited, u):
		state = "pending"
	default:
		return nil, notFound("")
	}
	return obj{"state": state, "role": "member", "url": s.APIURL() + "organizations/" + itoa(t.org.id) + "/team/" + itoa(t.id) + "/memberships/" + u.login}, nil
}

func (v view) organization(args map[string]any) (any, error) {
	login := stringArg(args, "login")
	u := v.s.users[strings.ToLower(login)]
	if u == nil || u.kind != "Organization" {
		return nil, missing("Could not resolve to an Organization with the login of '%s'.", login)
	}
	n, _ := v.actor(u).(node)
	n["team"] = resolver(func(args map[string]any) (any, error) {
		if !v.c.actor.reads(u) {
			return nil, &graphqlError{"FORBIDDEN", "Resource not accessible by integration"}
		}
		if t := v.s.teams[teamKey(u.login, stringArg(args, "slug"))]; t != nil {
			return v.team(t), nil
		}
		return nil, nil
	})
	return n, nil
}

func (v view) team(t *team) node {
	return node{
		"__typename": "Team", "__interfaces": []string{"Node"}, "id": nodeID("T", t.id), "databaseId": t.id, "name": t.slug, "slug": t.slug, "combinedSlug": t.org.login + "/" + t.slug,
		"createdAt": timestamp(t.created), "url": v.s.URL + "/orgs/" + t.org.login + "/teams/" + t.slug,
		"members": resolver(func(args map[string]any) (any, error) {
			query := strings.ToLower(stringArg(args, "query"))
			found := slices.DeleteFunc(slices.Clone(t.members), func(u *user) bool { return !strings.Contains(strings.ToLower(u.login), query) })
			return nodesOf("members", "TeamMember", found, func(u *user) node { n, _ := v.actor(u).(node); return n })(args)
		}),
	}
}
