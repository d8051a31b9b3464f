package ghtest

import (
	"fmt"
	"slices"
	"strings"
)

// roles of collaborators, weakest first.
var roles = []string{"read", "triage", "write", "maintain", "admin"}

var collaboratorRoutes = []route{
	{"GET /repos/{owner}/{repo}/collaborators/{username}/permission", "metadata:read", (*Server).getPermission},
}

// Collaborator gives a person a role: read, triage, write, maintain or admin; "" takes it away. All others may read what is public.
func (r *Repo) Collaborator(login, role string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	u := r.srv.account(login)
	switch {
	case role == "":
		delete(r.roles, u)
	case !slices.Contains(roles, role):
		return fmt.Errorf("adding collaborator %s to %s: there is no role %q", login, r.fullName(), role)
	default:
		r.roles[u] = role
	}
	return r.settle()
}

// canWrite tells whose approval counts; the App's does.
func (r *Repo) canWrite(u *user) bool {
	return u == r.srv.app.bot || u == r.owner || slices.Index(roles, r.roles[u]) >= slices.Index(roles, "write")
}

// permission is the role in the words of the API that knew no finer ones: admin, write, read, none.
func (r *Repo) permission(u *user) string {
	switch role := r.roles[u]; {
	case u == r.owner || role == "admin":
		return "admin"
	case r.canWrite(u):
		return "write"
	case role != "" || !r.private:
		return "read"
	}
	return "none"
}

func (s *Server) getPermission(c *call) (any, error) {
	u := s.users[strings.ToLower(c.PathValue("username"))]
	if u == nil {
		return nil, notFound(c.PathValue("username") + " is not a user")
	}
	permission := c.repo.permission(u)
	role := c.repo.roles[u]
	if role == "" {
		role = permission
	}
	who := cloneObj(s.userJSON(u))
	who["role_name"], who["permissions"] = role, obj{
		"pull": permission != "none", "triage": slices.Index(roles, role) >= 1, "push": slices.Index(roles, role) >= 2,
		"maintain": slices.Index(roles, role) >= 3, "admin": role == "admin",
	}
	return obj{"permission": permission, "role_name": role, "user": who}, nil
}
