package rest

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var appRoutes = []route{
	{"GET /app", "app", (*server).getApp},
	{"GET /app/installations", "app", (*server).listInstallations},
	{"GET /app/installation-requests", "app", (*server).listRequests},
	{"GET /app/installations/{id}", "app", (*server).getInstallation},
	{"GET /repos/{owner}/{repo}/installation", "app", (*server).getRepoInstallation},
	{"POST /app/installations/{id}/access_tokens", "app", (*server).createToken},
	{"GET /installation/repositories", "installation", (*server).listInstallationRepos},
	{"GET /rate_limit", "", (*server).getRateLimit},
}

func (s *server) getApp(*call) (any, error) {
	o := s.AppJSON()
	o["installations_count"] = len(s.Installs)
	return o, nil
}

func (s *server) listInstallations(c *call) (any, error) {
	out := []obj{}
	for _, inst := range api.Page(c.Call, s.SortedInstalls()) {
		out = append(out, s.InstallationJSON(inst))
	}
	return out, nil
}

// listRequests lists what members requested and no owner approved ("List installation requests for the authenticated app").
func (s *server) listRequests(c *call) (any, error) {
	out := []obj{}
	for _, r := range api.Page(c.Call, s.Requests()) {
		out = append(out, obj{
			"id": r.ID, "node_id": world.NodeID("IR", r.ID), "account": s.UserJSON(r.Account), "requester": s.UserJSON(r.Requester), "created_at": world.Timestamp(r.At),
		})
	}
	return out, nil
}

func (s *server) installationByID(c *call) (*world.Installation, error) {
	id, err := c.Number("id")
	if err != nil {
		return nil, err
	}
	for _, inst := range s.Installs {
		if inst.ID == id {
			return inst, nil
		}
	}
	return nil, world.NotFound("")
}

func (s *server) getInstallation(c *call) (any, error) {
	inst, err := s.installationByID(c)
	if err != nil {
		return nil, err
	}
	return s.InstallationJSON(inst), nil
}

func (s *server) getRepoInstallation(c *call) (any, error) {
	inst := s.Installation(c.Repo.Owner.Login)
	if inst == nil || !c.Repo.Installed {
		return nil, world.NotFound("")
	}
	return s.InstallationJSON(inst), nil
}

// tokenInput is the body of a request for a token; what is absent is not narrowed.
type tokenInput struct {
	Repositories  []string          `json:"repositories"`
	RepositoryIDs []int64           `json:"repository_ids"`
	Permissions   map[string]string `json:"permissions"`
}

func (s *server) createToken(c *call) (any, error) {
	inst, err := s.installationByID(c)
	if err == nil {
		err = inst.Refused()
	}
	if err != nil {
		return nil, err
	}
	var in tokenInput
	if len(c.Data) > 0 {
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
	}
	permissions := maps.Clone(inst.Permissions)
	if in.Permissions != nil {
		if !within(in.Permissions, inst.Permissions) {
			return nil, world.Unprocessable("The permissions requested are not granted to this installation.")
		}
		permissions = maps.Clone(in.Permissions)
		permissions["metadata"] = "read" // always
	}
	out := obj{"permissions": permissions, "repository_selection": "all"}
	var ids []int64
	if in.Repositories != nil || in.RepositoryIDs != nil {
		repos := []obj{}
		for _, r := range s.RepoList {
			if r.Owner == inst.Account && r.Installed && (slices.Contains(in.RepositoryIDs, r.ID) || slices.Contains(in.Repositories, r.Name)) {
				ids = append(ids, r.ID)
				repos = append(repos, s.RepoJSON(r))
			}
		}
		if len(ids) != len(in.Repositories)+len(in.RepositoryIDs) {
			return nil, world.Unprocessable("There is at least one repository that does not exist or is not accessible to the parent installation.")
		}
		out["repository_selection"], out["repositories"] = "selected", repos
	}
	t := s.InstallationToken(inst, permissions, ids)
	out["token"], out["expires_at"] = t.Value, world.Timestamp(t.Expires)
	c.Status = http.StatusCreated
	return out, nil
}

// within reports whether the wanted permissions are no more than those that the installation has.
func within(wanted, has map[string]string) bool {
	rank := map[string]int{"read": 1, "write": 2, "admin": 3}
	for name, level := range wanted {
		if rank[level] == 0 || rank[level] > rank[has[name]] {
			return false
		}
	}
	return true
}

func (s *server) listInstallationRepos(c *call) (any, error) {
	var seen []*world.Repo
	for _, r := range s.RepoList {
		if c.Actor.Sees(r) {
			seen = append(seen, r)
		}
	}
	repos := []obj{}
	for _, r := range api.Page(c.Call, seen) {
		repos = append(repos, s.RepoJSON(r))
	}
	return obj{"total_count": len(seen), "repository_selection": "all", "repositories": repos}, nil
}

func (s *server) getRateLimit(c *call) (any, error) {
	s.front.Charge(c.Actor, "core", -1) // asking is free
	resources := obj{}
	for _, name := range []string{"core", "graphql"} {
		b := s.front.Charge(c.Actor, name, 0)
		resources[name] = obj{"limit": b.Limit, "used": b.Used, "remaining": b.Remaining(), "reset": b.Reset.Unix()}
	}
	resources["search"] = obj{"limit": 30, "used": 0, "remaining": 30, "reset": s.Now().Add(time.Minute).Unix()}
	return obj{"resources": resources, "rate": resources["core"]}, nil
}
