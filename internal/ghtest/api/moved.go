package api

import (
	"net/http"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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

// Redirect leads to another address of the API, in the manner in which the request was made.
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
