package rest

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var collaboratorRoutes = []route{
	{"GET /repos/{owner}/{repo}/collaborators/{username}/permission", "metadata:read", (*server).getPermission},
}

func (s *server) getPermission(c *call) (any, error) {
	u := s.User(c.PathValue("username"))
	if u == nil {
		return nil, world.NotFound(c.PathValue("username") + " is not a user")
	}
	permission := c.Repo.Permission(u)
	role := c.Repo.Roles[u]
	if role == "" {
		role = permission
	}
	who := s.UserJSON(u)
	who["role_name"], who["permissions"] = role, obj{
		"pull": permission != "none", "triage": slices.Index(world.Roles, role) >= 1, "push": slices.Index(world.Roles, role) >= 2,
		"maintain": slices.Index(world.Roles, role) >= 3, "admin": role == "admin",
	}
	return obj{"permission": permission, "role_name": role, "user": who}, nil
}
