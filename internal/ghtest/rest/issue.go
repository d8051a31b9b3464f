package rest

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var issueRoutes = []route{
	{"PATCH /repos/{owner}/{repo}/issues/{number}", "issues|pull_requests:write", (*server).updateIssue},
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
