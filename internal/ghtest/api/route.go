package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// Route is one endpoint.
type Route struct {
	Pattern string // "METHOD /path/{with}/{wildcards}"; {owner} and {repo} are resolved before the handler runs
	Need    string // "app" (a JWT), "installation" (its token), or "permission[|permission]:read|write"; "" is anybody
	Run     func(*Call) (any, error)
}

// Call is one request to a handler, which runs under the world's lock.
type Call struct {
	*http.Request
	world        *world.World
	route        string
	Actor        world.Actor
	Repo         *world.Repo // when the pattern has {owner} and {repo}
	Data         []byte      // the body of the request
	ghes         bool        // asked under /api/v3, so that links lead there
	Status       int         // of the answer, 200 until the handler says otherwise
	AnswerHeader http.Header // of the answer
	Weight       Weight      // of a GraphQL query
}

// endpoint is a route with its pattern taken apart.
type endpoint struct {
	front    *Front
	rt       Route
	method   string
	segments []string
}

// Add adds endpoints. GitHub's paths overlap (issues/comments/{id}, issues/{number}/comments), which http.ServeMux refuses; so the
// first that fits is taken, and {number} and {id} are digits.
func (f *Front) Add(routes ...Route) {
	for _, rt := range routes {
		method, path, _ := strings.Cut(rt.Pattern, " ")
		f.endpoints = append(f.endpoints, endpoint{f, rt, method, strings.Split(path[1:], "/")})
	}
}

// Routes are the patterns of all endpoints.
func (f *Front) Routes() []string {
	var all []string
	for _, e := range f.endpoints {
		all = append(all, e.rt.Pattern)
	}
	return all
}

// find returns the endpoint of a request and sets its path values, or nil.
func (f *Front) find(r *http.Request) *endpoint {
	path := f.numbered(strings.Split(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/"))
	for i := range f.endpoints {
		e := &f.endpoints[i]
		if values, ok := e.match(path); ok && e.method == r.Method {
			for name, value := range values {
				r.SetPathValue(name, value)
			}
			return e
		}
	}
	return nil
}

func (e *endpoint) match(path []string) (map[string]string, bool) {
	values := map[string]string{}
	for i, want := range e.segments {
		name, wild := strings.CutPrefix(want, "{")
		name = strings.TrimSuffix(name, "}")
		if rest, ok := strings.CutSuffix(name, "..."); ok && i <= len(path) {
			value, err := url.PathUnescape(strings.Join(path[i:], "/"))
			values[rest] = value
			return values, err == nil
		}
		if i >= len(path) || (!wild && path[i] != want) {
			return nil, false
		}
		if !wild {
			continue
		}
		value, err := url.PathUnescape(path[i])
		if err != nil || value == "" || ((name == "number" || name == "id") && strings.Trim(value, "0123456789") != "") {
			return nil, false
		}
		values[name] = value
	}
	return values, len(path) == len(e.segments)
}

// serve runs the endpoint.
func (e *endpoint) serve(resp *Answer, r *http.Request) {
	resp.Route = e.rt.Pattern
	c := &Call{Request: r, world: e.front.world, route: e.rt.Pattern, Data: resp.request, ghes: resp.ghes, Status: http.StatusOK, AnswerHeader: resp.Header}
	result, err := e.locked(resp, c)
	resp.finish(c.Status, result, err)
}

// locked authenticates and runs the handler; the answer is encoded later, without the lock.
func (e *endpoint) locked(resp *Answer, c *Call) (any, error) {
	e.front.world.Lock()
	defer e.front.world.Unlock()
	var err error
	if c.Actor, err = e.front.world.Authenticate(c.Header); err != nil {
		return nil, err
	}
	resp.Actor = c.Actor
	if err := e.front.spend(resp, c); err != nil {
		return nil, err
	}
	if err := e.allowed(c); err != nil {
		return nil, err
	}
	result, err := e.rt.Run(c)
	resp.weight = c.Weight
	return result, err
}

func (e *endpoint) allowed(c *Call) error {
	switch {
	case e.rt.Need == "app" && !c.Actor.App:
		return world.Unauthorized("A JSON web token could not be decoded")
	case e.rt.Need == "app" || e.rt.Need == "":
	case e.rt.Need == "installation":
		if c.Actor.Installation() == 0 {
			return world.Forbidden()
		}
		return nil
	case c.Actor.App:
		return world.Forbidden()
	}
	if c.PathValue("owner") != "" {
		name := c.PathValue("owner") + "/" + c.PathValue("repo")
		c.Repo = e.front.world.Repo(name)
		if to := e.front.world.RenamedRepo(name); to != nil && c.Repo == nil && (c.Actor.App || c.Actor.Sees(to)) {
			return c.moved(to)
		}
		if c.Repo == nil || (!c.Actor.App && !c.Actor.Sees(c.Repo)) {
			return world.NotFound("")
		}
	}
	if e.rt.Need == "app" {
		return nil
	}
	if !c.Actor.May(e.rt.Need) {
		if c.Actor.Anonymous() {
			return world.Unauthorized("Requires authentication")
		}
		return world.Forbidden()
	}
	return nil
}

// Decode reads the JSON body of a request.
func (c *Call) Decode(v any) error {
	err := json.Unmarshal(c.Data, v)
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return &world.Refusal{Status: 422, Message: "Invalid request.\n\nFor '" + wrong.Field + "', " + wrong.Value + " is not a " + wrong.Type.String() + "."}
	case err != nil:
		return &world.Refusal{Status: 400, Message: "Problems parsing JSON"}
	}
	return nil
}

// Number reads a decimal path value; what is none does not exist.
func (c *Call) Number(name string) (int64, error) {
	n, err := strconv.ParseInt(c.PathValue(name), 10, 64)
	if err != nil {
		return 0, world.NotFound("")
	}
	return n, nil
}
