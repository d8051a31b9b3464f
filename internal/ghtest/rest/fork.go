package rest

import (
	"net/http"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var forkRoutes = []route{
	{"GET /user", "", (*server).getSelf},
	{"POST /repos/{owner}/{repo}/forks", "administration:write contents:read", (*server).createFork},
	{"DELETE /repos/{owner}/{repo}", "administration:write", (*server).deleteRepo},
}

// getSelf is the person whose token it is; an installation's isn't a person's.
func (s *server) getSelf(c *call) (any, error) {
	switch {
	case c.Actor.Anonymous():
		return nil, world.Unauthorized("Requires authentication")
	case c.Actor.App || c.Actor.ByApp():
		return nil, world.Forbidden()
	}
	return s.userJSON(c.Actor.Writer()), nil
}

// createFork makes a person's fork, or finds the one that they have, whatever its name. GitHub answers before it's filled; here it's at once.
func (s *server) createFork(c *call) (any, error) {
	var in struct{ Name, Organization string }
	if len(c.Data) > 0 {
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
	}
	if c.Actor.ByApp() || in.Organization != "" {
		return nil, world.Forbidden()
	}
	fork, err := c.Repo.Fork(c.Actor.Writer().Login, in.Name)
	if err != nil {
		return nil, world.Unprocessable(err.Error())
	}
	c.Status = http.StatusAccepted
	o := s.RepoJSON(fork)
	o["parent"], o["source"] = s.RepoJSON(c.Repo), s.RepoJSON(c.Repo)
	o["network_count"], o["subscribers_count"] = 0, 0
	return o, nil
}

// deleteRepo deletes a person's own fork; other repositories aren't deleted by API here.
func (s *server) deleteRepo(c *call) (any, error) {
	owner := c.Repo.Owner
	if c.Repo.Parent == nil || c.Actor.Writer() != owner {
		return nil, &world.Refusal{Status: http.StatusForbidden, Message: "Must have admin rights to Repository."}
	}
	c.Status = http.StatusNoContent
	return nil, c.Repo.Parent.DeleteFork(owner.Login)
}
