package api

import (
	"encoding/json"
	"errors"
	"net/http"
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

// moved leads to the new address of a renamed repository: by its number, as GitHub does.
func (c *Call) moved(to *world.Repo) error {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.URL.EscapedPath(), "/repos/"), "/") // without the owner
	_, rest, _ = strings.Cut(rest, "/")                                                // without the name
	status := http.StatusMovedPermanently
	if c.Method != http.MethodGet {
		status = http.StatusTemporaryRedirect // the method and the body stay
	}
	return c.Redirect(status, strings.TrimSuffix("repositories/"+world.Decimal(to.ID)+"/"+rest, "/"))
}

// Redirect leads to another address of the API, under /api/v3 if the request came there.
func (c *Call) Redirect(status int, path string) error {
	address := c.world.URL + "/" + path
	if c.ghes {
		address = c.world.APIURL() + path
	}
	if c.URL.RawQuery != "" {
		address += "?" + c.URL.RawQuery
	}
	c.AnswerHeader.Set("Location", address)
	return &world.Refusal{Status: status, Message: http.StatusText(status)}
}
