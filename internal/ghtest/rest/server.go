package rest

import (
	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/object"
)

// obj is a JSON object.
type obj = map[string]any

// server answers the REST API.
type server struct {
	object.Maker
	front *api.Front
}

// call is a request to it.
type call struct{ *api.Call }

// route is one endpoint: add a line to one of the tables and a handler of that type.
type route struct {
	pattern, need string // as in api.Route
	run           func(*server, *call) (any, error)
}

// or is a value that the request has, or else the fallback.
func or(value *string, fallback string) string {
	if value == nil {
		return fallback
	}
	return *value
}
