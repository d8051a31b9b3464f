package rest

import (
	"net/http"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var checkRoutes = []route{
	{"POST /repos/{owner}/{repo}/check-runs", "checks:write", (*server).createCheck},
	{"PATCH /repos/{owner}/{repo}/check-runs/{id}", "checks:write", (*server).updateCheck},
	{"GET /repos/{owner}/{repo}/check-runs/{id}", "checks:read", (*server).getCheck},
	{"GET /repos/{owner}/{repo}/check-runs/{id}/annotations", "checks:read", (*server).listAnnotations},
	{"GET /repos/{owner}/{repo}/commits/{ref}/check-runs", "checks:read", (*server).listChecks},
}

func (s *server) createCheck(c *call) (any, error) {
	var in world.CheckInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	k, err := c.Actor.CreateCheck(c.Repo, in)
	if err != nil {
		return nil, err
	}
	c.Status = http.StatusCreated
	return s.CheckJSON(c.Repo, k), nil
}

func (s *server) updateCheck(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	var in world.CheckInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if err := c.Actor.UpdateCheck(c.Repo, k, in); err != nil {
		return nil, err
	}
	return s.CheckJSON(c.Repo, k), nil
}

func (c *call) check() (*world.Check, error) {
	id, err := c.Number("id")
	if err != nil {
		return nil, err
	}
	for _, k := range c.Repo.Checks {
		if k.ID == id {
			return k, nil
		}
	}
	return nil, world.NotFound("")
}

func (s *server) getCheck(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	return s.CheckJSON(c.Repo, k), nil
}

func (s *server) listAnnotations(c *call) (any, error) {
	k, err := c.check()
	if err != nil {
		return nil, err
	}
	return append([]world.Annotation{}, api.Page(c.Call, k.Annotations)...), nil
}

func (s *server) listChecks(c *call) (any, error) {
	sha, err := c.commitAt(c.PathValue("ref"))
	if err != nil {
		return nil, err
	}
	q := c.URL.Query()
	found := c.Repo.ChecksAt(sha, q.Get("check_name"))
	if id := q.Get("app_id"); id != "" {
		found = slices.DeleteFunc(found, func(k *world.Check) bool { return id != world.Decimal(s.AppOf(k).ID) })
	}
	if q.Get("filter") != "all" {
		found = world.LatestChecks(found)
	}
	if want := q.Get("status"); want != "" {
		found = slices.DeleteFunc(found, func(k *world.Check) bool { return k.Status != want })
	}
	slices.Reverse(found)
	runs := []obj{}
	for _, k := range api.Page(c.Call, found) {
		runs = append(runs, s.CheckJSON(c.Repo, k))
	}
	return obj{"total_count": len(found), "check_runs": runs}, nil
}
