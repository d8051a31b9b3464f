package rest

import (
	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/object"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Routes are all endpoints of the REST API.
func Routes(w *world.World, f *api.Front) []api.Route {
	s := &server{object.Maker{World: w}, f}
	var all []api.Route
	for _, table := range [][]route{
		appRoutes, teamRoutes, repoRoutes, pullRoutes, pullWriteRoutes, reviewerRoutes, reviewRoutes, forkRoutes, collaboratorRoutes, refRoutes, gitDataRoutes, compareRoutes, contentRoutes,
		statusRoutes, checkRoutes, commentRoutes, reactionRoutes, issueRoutes, labelRoutes, timelineRoutes, workflowRoutes,
	} {
		for _, rt := range table {
			all = append(all, api.Route{Pattern: rt.pattern, Need: rt.need, Run: func(c *api.Call) (any, error) { return rt.run(s, &call{c}) }})
		}
	}
	return all
}
