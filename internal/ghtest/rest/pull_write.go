package rest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var pullWriteRoutes = []route{
	{"POST /repos/{owner}/{repo}/pulls", "pull_requests:write", (*server).createPull},
	{"PATCH /repos/{owner}/{repo}/pulls/{number}", "pull_requests:write", (*server).updatePull},
	{"PUT /repos/{owner}/{repo}/pulls/{number}/merge", "contents:write", (*server).mergePull},
}

func (s *server) createPull(c *call) (any, error) {
	var in world.PullInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	for name, value := range map[string]*string{"head": in.Head, "base": in.Base} {
		if value == nil {
			return nil, &world.Refusal{Status: 422, Message: "Invalid request.\n\n\"" + name + "\" wasn't supplied."}
		}
	}
	if in.Title == nil {
		return nil, world.Invalid("PullRequest", "title", "missing_field", "")
	}
	head, ref, err := c.pullHead(in)
	if err != nil {
		return nil, err
	}
	pr := world.NewPull{Title: *in.Title, Body: or(in.Body, ""), Base: *in.Base, Draft: in.Draft, Author: c.Actor.Writer().Login}
	i, err := c.Repo.NewPull(pr, head, ref)
	if err != nil {
		return nil, err
	}
	if in.Maintainers != nil {
		i.Pull.Maintainers = *in.Maintainers && head != c.Repo
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "pull", Number: i.Number, SHA: i.Pull.HeadSHA, Key: i.Pull.BaseRef + " <- " + i.Pull.Label(), Text: i.Title})
	}
	c.Status = http.StatusCreated
	return s.fullPull(c, i), nil
}

// pullHead checks a new pull request and finds where its head is.
func (c *call) pullHead(in world.PullInput) (*world.Repo, string, error) {
	r := c.Repo
	if err := in.Texts(); err != nil {
		return nil, "", err
	}
	base := r.Refs["refs/heads/"+*in.Base]
	if base == "" {
		return nil, "", world.Invalid("PullRequest", "base", "invalid", "")
	}
	head, ref, err := r.Branch(*in.Head, false)
	if err != nil || head.Refs["refs/heads/"+ref] == "" {
		return nil, "", world.Invalid("PullRequest", "head", "invalid", "")
	}
	custom := func(message string) error {
		return &world.Refusal{Status: 422, Message: "Validation Failed", Errors: []obj{{"resource": "PullRequest", "code": "custom", "message": message}}}
	}
	if r.OpenPullOf(head, ref, *in.Base) != nil {
		return nil, "", custom("A pull request already exists for " + head.Owner.Login + ":" + ref + ".")
	}
	_, commits, err := r.Store.Between(base, head.Refs["refs/heads/"+ref])
	switch {
	case err != nil:
		return nil, "", custom("The " + ref + " branch has no history in common with " + *in.Base)
	case len(commits) == 0 && head == r:
		return nil, "", custom("No commits between " + *in.Base + " and " + ref)
	case len(commits) == 0:
		return nil, "", custom("No commits between " + r.Owner.Login + ":" + *in.Base + " and " + head.Owner.Login + ":" + ref)
	}
	return head, ref, nil
}

func (s *server) updatePull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	var in world.PullInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if err := c.Actor.EditPull(c.Repo, i, in, world.Write{Key: c.fields(), Text: string(c.Data)}); err != nil {
		return nil, err
	}
	return s.fullPull(c, i), nil
}

// fields are the names in the body of a request, sorted.
func (c *call) fields() string {
	in := map[string]json.RawMessage{}
	if c.Decode(&in) != nil {
		return ""
	}
	var names []string
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

func (s *server) mergePull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	var in struct {
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		SHA     string `json:"sha"`
		Method  string `json:"merge_method"`
	}
	if len(c.Data) > 0 {
		if err := c.Decode(&in); err != nil {
			return nil, err
		}
	}
	if in.Method == "" {
		in.Method = "merge"
	}
	if !slices.Contains([]string{"merge", "squash", "rebase"}, in.Method) {
		return nil, &world.Refusal{Status: 422, Message: "Invalid request.\n\n" + in.Method + " is not a member of [\"merge\", \"squash\", \"rebase\"]."}
	}
	if err := c.Repo.MayMerge(i, in.SHA, in.Method); err != nil {
		return nil, err
	}
	sha, err := c.Repo.Merge(i, world.MergeOptions{By: c.Actor.Writer().Login, Method: in.Method, Title: in.Title, Body: in.Message})
	if errors.Is(err, gitstore.ErrConflict) {
		return nil, &world.Refusal{Status: http.StatusMethodNotAllowed, Message: "This branch can't be rebased"}
	}
	if err != nil {
		return nil, err
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "merge", Number: i.Number, SHA: sha, Key: in.Method, Text: in.Title})
	}
	return obj{"sha": sha, "merged": true, "message": "Pull Request successfully merged"}, c.Repo.Settle()
}
