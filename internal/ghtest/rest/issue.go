package rest

import (
	"net/http"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var issueRoutes = []route{
	{"POST /repos/{owner}/{repo}/issues", "issues:write", (*server).createIssue},
	{"PATCH /repos/{owner}/{repo}/issues/{number}", "issues|pull_requests:write", (*server).updateIssue},
}

// createIssue takes a title and a body; labels and assignees have endpoints of their own here.
func (s *server) createIssue(c *call) (any, error) {
	var in struct{ Title, Body string }
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if strings.TrimSpace(in.Title) == "" {
		return nil, world.Invalid("Issue", "title", "missing_field", "")
	}
	i, err := c.Repo.OpenIssue(world.NewIssue{Title: in.Title, Body: in.Body, Author: c.Actor.Writer().Login})
	if err != nil {
		return nil, err
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "issue", Number: i.Number, Key: in.Title, Text: string(c.Data)})
	}
	c.Status = http.StatusCreated
	return s.IssueJSON(c.Repo, i), nil
}

// updateIssue changes title, body and state, of a pull request too; labels and assignees have endpoints of their own here.
func (s *server) updateIssue(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	var in world.PullInput
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	if err := c.Actor.EditIssue(c.Repo, i, in, world.Write{Key: c.fields(), Text: string(c.Data)}); err != nil {
		return nil, err
	}
	return s.IssueJSON(c.Repo, i), nil
}

// goneIssue is the answer for a number that has no issue now, or never had one.
func (c *call) goneIssue(number int) error {
	if c.Repo.Erased[number] {
		return &world.Refusal{Status: http.StatusGone, Message: "This issue was deleted"}
	}
	i := c.Repo.Transferred[number]
	if i == nil || i.Deleted || !c.Actor.Sees(i.Repo) {
		return world.NotFound("")
	}
	_, rest, _ := strings.Cut(c.URL.EscapedPath(), "/issues/") // with the number
	_, rest, more := strings.Cut(rest, "/")
	address := "repositories/" + world.Decimal(i.Repo.ID) + "/issues/" + world.Decimal(int64(i.Number))
	if more {
		address += "/" + rest
	}
	return c.Redirect(http.StatusMovedPermanently, address)
}
