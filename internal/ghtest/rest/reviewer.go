package rest

import (
	"net/http"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var reviewerRoutes = []route{
	{"GET /repos/{owner}/{repo}/pulls/{number}/reviews", "pull_requests:read", (*server).listReviews},
	{"GET /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:read", (*server).listRequestedReviewers},
	{"POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:write", (*server).addRequestedReviewers},
	{"DELETE /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:write", (*server).removeRequestedReviewers},
	{"POST /repos/{owner}/{repo}/issues/{number}/assignees", "issues|pull_requests:write", (*server).addAssignees},
	{"DELETE /repos/{owner}/{repo}/issues/{number}/assignees", "issues|pull_requests:write", (*server).removeAssignees},
}

func (s *server) listReviews(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, v := range api.Page(c.Call, i.Pull.Reviews) {
		out = append(out, s.ReviewJSON(c.Repo, i, v, true))
	}
	return out, nil
}

func (s *server) listRequestedReviewers(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	return obj{"users": s.UsersJSON(i.Pull.Reviewers), "teams": []obj{}}, nil
}

// logins reads a list of logins from the body, and how many teams it names.
func (c *call) logins(field string) (logins []string, teams int, err error) {
	in := map[string][]string{}
	if err := c.Decode(&in); err != nil {
		return nil, 0, err
	}
	return in[field], len(in["team_reviewers"]), nil
}

func (s *server) addRequestedReviewers(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	logins, teams, err := c.logins("reviewers")
	if err != nil {
		return nil, err
	}
	if teams > 0 { // there are none here
		logins = append(logins, "")
	}
	if err := c.Actor.RequestReviews(c.Repo, i, logins); err != nil {
		return nil, err
	}
	c.Status = http.StatusCreated
	return s.PullJSON(c.Repo, i, false), nil
}

func (s *server) removeRequestedReviewers(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	logins, _, err := c.logins("reviewers")
	if err != nil {
		return nil, err
	}
	if c.Repo.WithdrawReviews(i, c.Actor.Writer(), logins) && c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "unrequest-review", Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return s.PullJSON(c.Repo, i, false), nil
}

func (s *server) addAssignees(c *call) (any, error) {
	c.Status = http.StatusCreated
	return s.assignees(c, "assign", c.Repo.Assign)
}

func (s *server) removeAssignees(c *call) (any, error) {
	return s.assignees(c, "unassign", c.Repo.Unassign)
}

// assignees changes who is assigned; kind is that of the write.
func (s *server) assignees(c *call, kind string, change func(*world.Issue, *world.User, []string) bool) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	logins, _, err := c.logins("assignees")
	if err != nil {
		return nil, err
	}
	if change(i, c.Actor.Writer(), logins) && c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: kind, Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return s.IssueJSON(c.Repo, i), nil
}
