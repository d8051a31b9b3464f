package rest

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var labelRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/labels", "issues|pull_requests:read", (*server).listIssueLabels},
	{"POST /repos/{owner}/{repo}/issues/{number}/labels", "issues|pull_requests:write", (*server).addIssueLabels},
	{"DELETE /repos/{owner}/{repo}/issues/{number}/labels/{name}", "issues|pull_requests:write", (*server).removeIssueLabel},
	{"GET /repos/{owner}/{repo}/labels", "issues|pull_requests:read", (*server).listLabels},
	{"GET /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:read", (*server).getLabel},
	{"POST /repos/{owner}/{repo}/labels", "issues|pull_requests:write", (*server).createLabel},
	{"PATCH /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:write", (*server).updateLabel},
	{"DELETE /repos/{owner}/{repo}/labels/{name}", "issues|pull_requests:write", (*server).deleteLabel},
}

func (s *server) listIssueLabels(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.LabelsJSON(c.Repo, api.Page(c.Call, i.Labels)), nil
}

// labelNames reads ["a"], {"labels": ["a"]} or {"labels": [{"name": "a"}]}.
func (c *call) labelNames() ([]string, error) {
	var in struct{ Labels []json.RawMessage }
	if c.Decode(&in.Labels) != nil {
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, data := range in.Labels {
		var named struct{ Name string }
		if json.Unmarshal(data, &named.Name) != nil && json.Unmarshal(data, &named) != nil {
			return nil, &world.Refusal{Status: 422, Message: "Invalid request.\n\nFor 'links/0/schema', nil is not an array."}
		}
		switch {
		case strings.TrimSpace(named.Name) == "":
			return nil, world.Invalid("Label", "name", "missing_field", "")
		case utf8.RuneCountInString(named.Name) > 50:
			return nil, world.Invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
		}
		names = append(names, named.Name)
	}
	return names, nil
}

func (s *server) addIssueLabels(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	names, err := c.labelNames()
	if err != nil {
		return nil, err
	}
	if err := c.Actor.AddLabels(c.Repo, i, names); err != nil {
		return nil, err
	}
	return s.LabelsJSON(c.Repo, i.Labels), nil
}

func (s *server) removeIssueLabel(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	if !c.Actor.RemoveLabel(c.Repo, i, c.PathValue("name")) {
		return nil, world.NotFound("Label does not exist")
	}
	return s.LabelsJSON(c.Repo, i.Labels), nil
}

func (s *server) listLabels(c *call) (any, error) {
	names := slices.Sorted(maps.Keys(c.Repo.Labels))
	return s.LabelsJSON(c.Repo, api.Page(c.Call, names)), nil
}

func (s *server) getLabel(c *call) (any, error) {
	l := c.Repo.FindLabel(c.PathValue("name"))
	if l == nil {
		return nil, world.NotFound("")
	}
	return s.LabelJSON(c.Repo, l), nil
}

func (s *server) createLabel(c *call) (any, error) {
	var in world.LabelInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	name := or(in.Name, "")
	if err := in.Check(name); err != nil {
		return nil, err
	}
	if c.Repo.FindLabel(name) != nil {
		return nil, world.Invalid("Label", "name", "already_exists", "")
	}
	l := c.Repo.Label(name)
	in.Apply(l)
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "label-create", Key: name, Text: string(c.Data)})
	}
	c.Status = http.StatusCreated
	return s.LabelJSON(c.Repo, l), nil
}

func (s *server) updateLabel(c *call) (any, error) {
	l := c.Repo.FindLabel(c.PathValue("name"))
	if l == nil {
		return nil, world.NotFound("")
	}
	var in world.LabelInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	name := or(in.NewName, l.Name)
	if err := in.Check(name); err != nil {
		return nil, err
	}
	if other := c.Repo.FindLabel(name); other != nil && other != l {
		return nil, world.Invalid("Label", "name", "already_exists", "")
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "label-edit", Key: l.Name, Text: string(c.Data)})
	}
	c.Repo.RenameLabel(l, name)
	in.Apply(l)
	return s.LabelJSON(c.Repo, l), nil
}

func (s *server) deleteLabel(c *call) (any, error) {
	l := c.Repo.FindLabel(c.PathValue("name"))
	if l == nil {
		return nil, world.NotFound("")
	}
	c.Repo.DropLabel(l)
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "label-delete", Key: l.Name})
	}
	c.Status = http.StatusNoContent
	return nil, nil
}
