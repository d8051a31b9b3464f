package ghtest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

var labelRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/labels", "issues|pull_requests:read", (*Server).listIssueLabels},
	{"POST /repos/{owner}/{repo}/issues/{number}/labels", "issues|pull_requests:write", (*Server).addIssueLabels},
	{"DELETE /repos/{owner}/{repo}/issues/{number}/labels/{name}", "issues|pull_requests:write", (*Server).removeIssueLabel},
	{"GET /repos/{owner}/{repo}/labels", "issues|pull_requests:read", (*Server).listLabels},
	{"GET /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:read", (*Server).getLabel},
	{"POST /repos/{owner}/{repo}/labels", "issues|pull_requests:write", (*Server).createLabel},
	{"PATCH /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:write", (*Server).updateLabel},
	{"DELETE /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:write", (*Server).deleteLabel},
}

func (s *Server) listIssueLabels(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.labelsJSON(c.repo, page(c, i.labels)), nil
}

// labelNames reads ["a"], {"labels": ["a"]} or {"labels": [{"name": "a"}]}.
func (c *call) labelNames() ([]string, error) {
	var in struct{ Labels []json.RawMessage }
	if c.decode(&in.Labels) != nil {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, data := range in.Labels {
		var named struct{ Name string }
		if json.Unmarshal(data, &named.Name) != nil && json.Unmarshal(data, &named) != nil {
			return nil, &apiError{Status: 422, Message: "Invalid request.\n\nFor 'links/0/schema', nil is not an array."}
		}
		switch {
		case strings.TrimSpace(named.Name) == "":
			return nil, invalid("Label", "name", "missing_field", "")
		case utf8.RuneCountInString(named.Name) > 50:
			return nil, invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
		}
		names = append(names, named.Name)
	}
	return names, nil
}

func (s *Server) addIssueLabels(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	names, err := c.labelNames()
	if err != nil {
		return nil, err
	}
	if err := c.addLabels(c.repo, i, names); err != nil {
		return nil, err
	}
	return s.labelsJSON(c.repo, i.labels), nil
}

// addLabels puts labels on; those that are on it already change nothing.
func (c *call) addLabels(r *Repo, i *issue, names []string) error {
	if len(i.labels)+len(names) > 100 {
		return invalid("Issue", "labels", "custom", "issues cannot have more than 100 labels")
	}
	for _, name := range names {
		if r.addLabel(i, name, c.writer()) && c.byApp() {
			r.wrote(Write{Kind: "label", Number: i.number, Key: name})
		}
	}
	return nil
}

func (s *Server) removeIssueLabel(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	if !c.removeLabel(c.repo, i, c.PathValue("name")) {
		return nil, notFound("Label does not exist")
	}
	return s.labelsJSON(c.repo, i.labels), nil
}

// removeLabel reports whether the label was on it.
func (c *call) removeLabel(r *Repo, i *issue, name string) bool {
	found := r.removeLabel(i, name, c.writer())
	if found && c.byApp() {
		r.wrote(Write{Kind: "unlabel", Number: i.number, Key: name})
	}
	return found
}

func (s *Server) listLabels(c *call) (any, error) {
	names := slices.Sorted(maps.Keys(c.repo.labels))
	return s.labelsJSON(c.repo, page(c, names)), nil
}

func (s *Server) getLabel(c *call) (any, error) {
	l := c.repo.labels[strings.ToLower(c.PathValue("name"))]
	if l == nil {
		return nil, notFound("")
	}
	return s.labelJSON(c.repo, l), nil
}

var labelColor = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

// labelInput is the body of both writes; what is absent stays.
type labelInput struct {
	Name        *string `json:"name"`
	NewName     *string `json:"new_name"`
	Color       *string `json:"color"`
	Description *string `json:"description"`
}

// check reports what GitHub does not take; name is the one that the label shall have.
func (in labelInput) check(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return invalid("Label", "name", "missing_field", "")
	case utf8.RuneCountInString(name) > 50:
		return invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
	case in.Color != nil && !labelColor.MatchString(*in.Color):
		return invalid("Label", "color", "invalid", "")
	case in.Description != nil && utf8.RuneCountInString(*in.Description) > 100:
		return invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)")
	case in.Description != nil && fourBytes(*in.Description):
		return invalid("Label", "description", "custom", noFourBytes)
	}
	return nil
}

func (s *Server) createLabel(c *call) (any, error) {
	var in labelInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name := value(in.Name)
	if err := in.check(name); err != nil {
		return nil, err
	}
	if c.repo.labels[strings.ToLower(name)] != nil {
		return nil, invalid("Label", "name", "already_exists", "")
	}
	l := c.repo.label(name)
	set(&l.color, in.Color)
	set(&l.description, in.Description)
	if c.byApp() {
		c.repo.wrote(Write{Kind: "label-create", Key: name, Text: string(c.body)})
	}
	c.status = http.StatusCreated
	return s.labelJSON(c.repo, l), nil
}

func (s *Server) updateLabel(c *call) (any, error) {
	l := c.repo.labels[strings.ToLower(c.PathValue("name"))]
	if l == nil {
		return nil, notFound("")
	}
	var in labelInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	name := l.name
	set(&name, in.NewName)
	if err := in.check(name); err != nil {
		return nil, err
	}
	if other := c.repo.labels[strings.ToLower(name)]; other != nil && other != l {
		return nil, invalid("Label", "name", "already_exists", "")
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: "label-edit", Key: l.name, Text: string(c.body)})
	}
	c.repo.renameLabel(l, name)
	set(&l.color, in.Color)
	set(&l.description, in.Description)
	return s.labelJSON(c.repo, l), nil
}

func (r *Repo) renameLabel(l *label, name string) {
	delete(r.labels, strings.ToLower(l.name))
	for _, i := range r.issues {
		if at := slices.Index(i.labels, l.name); at >= 0 {
			i.labels[at] = name
		}
	}
	l.name = name
	r.labels[strings.ToLower(name)] = l
}

func (s *Server) deleteLabel(c *call) (any, error) {
	l := c.repo.labels[strings.ToLower(c.PathValue("name"))]
	if l == nil {
		return nil, notFound("")
	}
	c.repo.dropLabel(l)
	if c.byApp() {
		c.repo.wrote(Write{Kind: "label-delete", Key: l.name})
	}
	c.status = http.StatusNoContent
	return nil, nil
}

// DeleteLabel deletes a label of the repository, by a person.
func (r *Repo) DeleteLabel(name string) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	l := r.labels[strings.ToLower(name)]
	if l == nil {
		return fmt.Errorf("deleting label %q of %s: there is none", name, r.fullName())
	}
	r.dropLabel(l)
	return nil
}

func (r *Repo) dropLabel(l *label) {
	delete(r.labels, strings.ToLower(l.name))
	l.deleted = true
	for _, i := range r.issues {
		i.labels = slices.DeleteFunc(i.labels, func(name string) bool { return name == l.name })
	}
}
