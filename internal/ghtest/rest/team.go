package rest

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var teamRoutes = []route{
	{"GET /orgs/{org}/teams/{team_slug}/members", "members:read", (*server).listTeamMembers},
	{"GET /orgs/{org}/teams/{team_slug}/memberships/{username}", "members:read", (*server).getMembership},
}

// team finds what {org} and {team_slug} name.
func (s *server) team(c *call) (*world.Team, error) {
	if c.Actor.Anonymous() {
		return nil, world.Unauthorized("Requires authentication")
	}
	org := s.User(c.PathValue("org"))
	if org != nil && !c.Actor.Reads(org) {
		return nil, world.Forbidden()
	}
	if t := s.World.Team(c.PathValue("org"), c.PathValue("team_slug")); t != nil {
		return t, nil
	}
	return nil, world.NotFound("")
}

func (s *server) listTeamMembers(c *call) (any, error) {
	t, err := s.team(c)
	if err != nil {
		return nil, err
	}
	if c.URL.Query().Get("role") == "maintainer" { // all are plain members
		return []obj{}, nil
	}
	return s.UsersJSON(api.Page(c.Call, t.Members)), nil
}

func (s *server) getMembership(c *call) (any, error) {
	t, err := s.team(c)
	if err != nil {
		return nil, err
	}
	u, state := s.User(c.PathValue("username")), "active"
	switch {
	case slices.Contains(t.Members, u):
	case slices.Contains(t.Invited, u):
		state = "pending"
	default:
		return nil, world.NotFound("")
	}
	return obj{"state": state, "role": "member", "url": s.APIURL() + "organizations/" + world.Decimal(t.Org.ID) + "/team/" + world.Decimal(t.ID) + "/memberships/" + u.Login}, nil
}
