package ghtest

import (
	"encoding/json"
	"maps"
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
	if len(i.labels)+len(names) > 100 {
		return nil, invalid("Issue", "labels", "custom", "issues cannot have more than 100 labels")
	}
	for _, name := range names {
		if c.repo.addLabel(i, name, c.writer()) && c.byApp() {
			c.repo.wrote(Write{Kind: "label", Number: i.number, Key: name})
		}
	}
	return s.labelsJSON(c.repo, i.labels), nil
}

func (s *Server) removeIssueLabel(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	name := c.PathValue("name")
	if !c.repo.removeLabel(i, name, c.writer()) {
		return nil, notFound("Label does not exist")
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: "unlabel", Number: i.number, Key: name})
	}
	return s.labelsJSON(c.repo, i.labels), nil
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
