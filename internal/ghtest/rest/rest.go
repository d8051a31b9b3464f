package rest

import (
	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/object"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// server answers the REST API.
type server struct {
	object.Maker
	front *api.Front
}

// call is a request to it.
type call struct{ *api.Call }

// route is one endpoint: add a line to one of the tables and a handler of that type.
type route struct {
	pattern, need string // as in route
	run           func(*server, *call) (any, error)
}

// Routes are all endpoints of the REST API.
func Routes(w *world.World, f *api.Front) []api.Route {
	s := &server{object.Maker{World: w}, f}
	var all []api.Route
	for _, table := range [][]route{
		appRoutes, teamRoutes, repoRoutes, pullRoutes, pullWriteRoutes, reviewerRoutes, collaboratorRoutes, refRoutes, compareRoutes, contentRoutes,
		statusRoutes, checkRoutes, commentRoutes, reactionRoutes, issueRoutes, labelRoutes, timelineRoutes,
	} {
		for _, rt := range table {
			all = append(all, api.Route{Pattern: rt.pattern, Need: rt.need, Run: func(c *api.Call) (any, error) { return rt.run(s, &call{c}) }})
		}
	}
	return all
}

// or is a value that the request has, or else the fallback.
func or(value *string, fallback string) string {
	if value == nil {
		return fallback
	}
	return *value
}
