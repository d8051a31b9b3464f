package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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
	if err := e.find(c); err != nil {
		return err
	}
	switch {
	case c.Repo != nil && c.Repo.Archived && strings.HasSuffix(e.rt.Need, ":write"):
		return world.Archived()
	case e.rt.Need == "app" || c.Actor.May(e.rt.Need):
		return nil
	case c.Actor.Anonymous():
		return world.Unauthorized("Requires authentication")
	}
	return world.Forbidden()
}

// find finds the repository of the path, where the pattern names one.
func (e *endpoint) find(c *Call) error {
	if c.PathValue("owner") == "" {
		return nil
	}
	name := c.PathValue("owner") + "/" + c.PathValue("repo")
	c.Repo = e.front.world.Repo(name)
	if to := e.front.world.RenamedRepo(name); to != nil && c.Repo == nil && (c.Actor.App || c.Actor.Sees(to)) {
		return c.moved(to)
	}
	if c.Repo == nil || (!c.Actor.App && !c.Actor.Sees(c.Repo)) {
		return world.NotFound("")
	}
	return nil
}

// numbered is a path under /repositories/{id} as it is under /repos/{owner}/{repo}.
func (f *Front) numbered(path []string) []string {
	if len(path) < 2 || path[0] != "repositories" {
		return path
	}
	f.world.Lock()
	defer f.world.Unlock()
	for _, r := range f.world.RepoList {
		if world.Decimal(r.ID) == path[1] && !r.Deleted {
			return append([]string{"repos", r.Owner.Login, r.Name}, path[2:]...)
		}
	}
	return path
}
