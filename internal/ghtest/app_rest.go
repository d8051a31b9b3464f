package ghtest

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

var appRoutes = []route{
	{"GET /app", "app", (*Server).getApp},
	{"GET /app/installations", "app", (*Server).listInstallations},
	{"GET /app/installations/{id}", "app", (*Server).getInstallation},
	{"GET /repos/{owner}/{repo}/installation", "app", (*Server).getRepoInstallation},
	{"POST /app/installations/{id}/access_tokens", "app", (*Server).createToken},
	{"GET /installation/repositories", "installation", (*Server).listInstallationRepos},
	{"GET /rate_limit", "", (*Server).getRateLimit},
}

const stamp = time.RFC3339 // of all times in answers: whole seconds

func timestamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(stamp)
}

func (s *Server) getApp(*call) (any, error) {
	o := s.appJSON()
	o["installations_count"] = len(s.installs)
	return o, nil
}

func (s *Server) appJSON() obj {
	return obj{
		"id": s.app.id, "slug": s.app.slug, "node_id": nodeID("A", s.app.id), "client_id": s.app.clientID(), "name": s.app.slug,
		"owner": s.userJSON(s.account(s.app.slug + "-owner")), "description": "", "external_url": "https://example.com",
		"html_url": s.URL + "/apps/" + s.app.slug, "created_at": timestamp(s.app.created), "updated_at": timestamp(s.app.created),
		"permissions": s.cfg.Permissions, "events": hookEvents,
	}
}

func (s *Server) installationJSON(inst *installation) obj {
	kind := "User"
	if inst.account.kind == "Organization" {
		kind = "Organization"
	}
	api, account := s.APIURL(), s.userJSON(inst.account)
	var suspender any
	if !inst.suspended.IsZero() {
		suspender = s.userJSON(inst.account)
	}
	// GitHub's description wants the fields of an enterprise as well.
	account["name"], account["slug"], account["created_at"], account["updated_at"] = inst.account.login, inst.account.login, timestamp(inst.created), timestamp(inst.created)
	return obj{
		"id": inst.id, "account": account, "repository_selection": "all",
		"access_tokens_url": api + "app/installations/" + itoa(inst.id) + "/access_tokens",
		"repositories_url":  api + "installation/repositories", "html_url": s.URL + "/settings/installations/" + itoa(inst.id),
		"app_id": s.app.id, "app_slug": s.app.slug, "client_id": s.app.clientID(), "target_id": inst.account.id, "target_type": kind,
		"permissions": maps.Clone(inst.permissions), "events": hookEvents, "created_at": timestamp(inst.created), "updated_at": timestamp(inst.created),
		"single_file_name": nil, "has_multiple_single_files": false, "single_file_paths": []string{}, "suspended_by": suspender, "suspended_at": timestamp(inst.suspended),
	}
}

func (s *Server) sortedInstalls() []*installation {
	return slices.SortedFunc(maps.Values(s.installs), func(a, b *installation) int { return int(a.id - b.id) })
}

func (s *Server) listInstallations(c *call) (any, error) {
	out := []obj{}
	for _, inst := range page(c, s.sortedInstalls()) {
		out = append(out, s.installationJSON(inst))
	}
	return out, nil
}

func (s *Server) installationByID(c *call) (*installation, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, err
	}
	for _, inst := range s.installs {
		if inst.id == id {
			return inst, nil
		}
	}
	return nil, notFound("")
}

func (s *Server) getInstallation(c *call) (any, error) {
	inst, err := s.installationByID(c)
	if err != nil {
		return nil, err
	}
	return s.installationJSON(inst), nil
}

func (s *Server) getRepoInstallation(c *call) (any, error) {
	inst := s.installs[strings.ToLower(c.repo.owner.login)]
	if inst == nil || !c.repo.installed {
		return nil, notFound("")
	}
	return s.installationJSON(inst), nil
}

func (s *Server) createToken(c *call) (any, error) {
	inst, err := s.installationByID(c)
	if err == nil {
		err = inst.refused()
	}
	if err != nil {
		return nil, err
	}
	var in struct {
		Repositories  []string          `json:"repositories"`
		RepositoryIDs []int64           `json:"repository_ids"`
		Permissions   map[string]string `json:"permissions"`
	}
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	t := &token{
		value: "ghs_" + randomHex(18), inst: inst, user: s.app.bot, permissions: maps.Clone(inst.permissions),
		expires: s.tokenTime().Truncate(time.Second).Add(time.Hour),
	}
	if in.Permissions != nil {
		if !within(in.Permissions, inst.permissions) {
			return nil, &apiError{Status: 422, Message: "The permissions requested are not granted to this installation."}
		}
		t.permissions = maps.Clone(in.Permissions)
		t.permissions["metadata"] = "read" // always
	}
	out := obj{"token": t.value, "expires_at": timestamp(t.expires), "permissions": t.permissions, "repository_selection": "all"}
	if in.Repositories != nil || in.RepositoryIDs != nil {
		repos := []obj{}
		for _, r := range s.repoList {
			if r.owner == inst.account && r.installed && (slices.Contains(in.RepositoryIDs, r.id) || slices.Contains(in.Repositories, r.name)) {
				t.repos = append(t.repos, r.id)
				repos = append(repos, s.repoJSON(r))
			}
		}
		if len(t.repos) != len(in.Repositories)+len(in.RepositoryIDs) {
			return nil, &apiError{Status: 422, Message: "There is at least one repository that does not exist or is not accessible to the parent installation."}
		}
		out["repository_selection"], out["repositories"] = "selected", repos
	}
	s.tokens[t.value] = t
	c.status = http.StatusCreated
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

func (s *Server) listInstallationRepos(c *call) (any, error) {
	var seen []*Repo
	for _, r := range s.repoList {
		if c.actor.sees(r) {
			seen = append(seen, r)
		}
	}
	repos := []obj{}
	for _, r := range page(c, seen) {
		repos = append(repos, s.repoJSON(r))
	}
	return obj{"total_count": len(seen), "repository_selection": "all", "repositories": repos}, nil
}

func (s *Server) getRateLimit(c *call) (any, error) {
	s.bucketFor(c.actor, "core").used-- // asking is free
	resources := obj{}
	for _, name := range []string{"core", "graphql"} {
		b := s.bucketFor(c.actor, name)
		resources[name] = obj{"limit": b.limit, "used": b.used, "remaining": b.limit - b.used, "reset": b.reset.Unix()}
	}
	resources["search"] = obj{"limit": 30, "used": 0, "remaining": 30, "reset": s.now().Add(time.Minute).Unix()}
	return obj{"resources": resources, "rate": resources["core"]}, nil
}
