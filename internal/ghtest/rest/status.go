package rest

import (
	"net/http"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var statusRoutes = []route{
	{"POST /repos/{owner}/{repo}/statuses/{sha}", "statuses:write", (*server).createStatus},
	{"GET /repos/{owner}/{repo}/commits/{ref}/status", "statuses:read", (*server).getCombinedStatus},
	{"GET /repos/{owner}/{repo}/commits/{ref}/statuses", "statuses:read", (*server).listStatuses},
}

func (s *server) createStatus(c *call) (any, error) {
	var in struct {
		State       string  `json:"state"`
		TargetURL   *string `json:"target_url"`
		Description *string `json:"description"`
		Context     *string `json:"context"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	st := &world.Status{
		Context: or(in.Context, "default"), State: in.State, Description: or(in.Description, ""), TargetURL: or(in.TargetURL, ""), Creator: c.Actor.Writer(),
	}
	sha := c.PathValue("sha")
	if err := c.Repo.AddStatus(sha, st); err != nil {
		return nil, err
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "status", SHA: sha, Key: st.Context, Text: st.State + ": " + st.Description})
	}
	c.Status = http.StatusCreated
	return s.StatusJSON(c.Repo, sha, st), nil
}

func (s *server) getCombinedStatus(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	latest := c.Repo.LatestStatuses(sha)
	statuses := []obj{}
	for _, st := range api.Page(c.Call, latest) {
		o := s.StatusJSON(c.Repo, sha, st)
		delete(o, "creator")
		statuses = append(statuses, o)
	}
	return obj{
		"state": world.CombinedState(latest), "statuses": statuses, "sha": sha, "total_count": len(latest), "repository": s.RepoJSON(c.Repo),
		"commit_url": s.RepoAPI(c.Repo) + "/commits/" + sha, "url": s.RepoAPI(c.Repo) + "/commits/" + sha + "/status",
	}, nil
}

func (s *server) listStatuses(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	all := slices.Clone(c.Repo.Statuses[sha])
	slices.Reverse(all)
	out := []obj{}
	for _, st := range api.Page(c.Call, all) {
		out = append(out, s.StatusJSON(c.Repo, sha, st))
	}
	return out, nil
}
