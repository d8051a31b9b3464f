package ghtest

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
)

// Rename gives the repository another name under its owner. The old address leads to the new one until another repository takes it.
func (r *Repo) Rename(name string) error {
	s := r.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	old, full := r.name, r.owner.login+"/"+name
	if !filepath.IsLocal(name) || strings.Contains(name, "/") || s.repos[strings.ToLower(full)] != nil || r.deleted {
		return fmt.Errorf("renaming %s to %q: it cannot have that name", r.fullName(), name)
	}
	delete(s.repos, strings.ToLower(r.fullName()))
	s.renamed[strings.ToLower(r.fullName())] = r
	delete(s.renamed, strings.ToLower(full))
	r.name, s.repos[strings.ToLower(full)] = name, r
	s.hooks.repository(r, "renamed", obj{"changes": obj{"repository": obj{"name": obj{"from": old}}}})
	return nil
}

// Delete deletes the repository: it is found nowhere any more, by no name.
func (r *Repo) Delete() error {
	s := r.srv
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.deleted || r.parent != nil {
		return fmt.Errorf("deleting %s: it is gone, or a fork", r.fullName())
	}
	s.hooks.repository(r, "deleted", nil)
	delete(s.repos, strings.ToLower(r.fullName()))
	for name, to := range s.renamed {
		if to == r {
			delete(s.renamed, name)
		}
	}
	r.deleted, r.installed = true, false
	return nil
}

// moved leads to the new address of a renamed repository: by its number, as GitHub does.
func (s *Server) moved(c *call, to *Repo) error {
	_, rest, _ := strings.Cut(strings.TrimPrefix(c.URL.EscapedPath(), "/repos/"), "/") // without the owner
	_, rest, _ = strings.Cut(rest, "/")                                                // without the name
	status := http.StatusMovedPermanently
	if c.Method != http.MethodGet {
		status = http.StatusTemporaryRedirect // the method and the body stay
	}
	return s.elsewhere(c, status, strings.TrimSuffix("repositories/"+itoa(to.id)+"/"+rest, "/"))
}

// elsewhere leads to another address of the API, in the manner in which the request was made.
func (s *Server) elsewhere(c *call, status int, path string) error {
	address := s.URL + "/" + path
	if c.ghes {
		address = s.APIURL() + path
	}
	if c.URL.RawQuery != "" {
		address += "?" + c.URL.RawQuery
	}
	return &apiError{Status: status, Message: http.StatusText(status), Header: http.Header{"Location": {address}}}
}

// numbered is a path under /repositories/{id} as it is under /repos/{owner}/{repo}.
func (s *Server) numbered(path []string) []string {
	if len(path) < 2 || path[0] != "repositories" {
		return path
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.repoList {
		if itoa(r.id) == path[1] && !r.deleted {
			return append([]string{"repos", r.owner.login, r.name}, path[2:]...)
		}
	}
	return path
}
