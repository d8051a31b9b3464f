package ghtest

import (
	"net/http"
	"strings"
)

var reviewerRoutes = []route{
	{"GET /repos/{owner}/{repo}/pulls/{number}/reviews", "pull_requests:read", (*Server).listReviews},
	{"GET /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:read", (*Server).listRequestedReviewers},
	{"POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:write", (*Server).addRequestedReviewers},
	{"DELETE /repos/{owner}/{repo}/pulls/{number}/requested_reviewers", "pull_requests:write", (*Server).removeRequestedReviewers},
	{"POST /repos/{owner}/{repo}/issues/{number}/assignees", "issues|pull_requests:write", (*Server).addAssignees},
	{"DELETE /repos/{owner}/{repo}/issues/{number}/assignees", "issues|pull_requests:write", (*Server).removeAssignees},
}

// reviewJSON is a review; webhooks have its state in small letters.
func (s *Server) reviewJSON(r *Repo, i *issue, v *review, rest bool) obj {
	html, api, state := s.pullHTML(r, i)+"#pullrequestreview-"+itoa(v.id), s.pullAPI(r, i), v.state
	if !rest {
		state = strings.ToLower(state)
	}
	return obj{
		"id": v.id, "node_id": nodeID("PRR", v.id), "user": s.userJSON(v.author), "body": v.body, "state": state, "commit_id": v.sha, "submitted_at": timestamp(v.submitted),
		"author_association": r.association(v.author), "html_url": html, "pull_request_url": api, "_links": links(map[string]string{"html": html, "pull_request": api}),
	}
}

// association is that of people who review.
func (r *Repo) association(u *user) string {
	if r.canWrite(u) {
		return "MEMBER"
	}
	return "CONTRIBUTOR"
}

func (s *Server) listReviews(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, v := range page(c, i.pull.reviews) {
		out = append(out, s.reviewJSON(c.repo, i, v, true))
	}
	return out, nil
}

func (s *Server) listRequestedReviewers(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	return obj{"users": s.usersJSON(i.pull.reviewers), "teams": []obj{}}, nil
}

// logins reads a list of logins from the body, and how many teams it names beside.
func (c *call) logins(field string) (logins []string, teams int, err error) {
	in := map[string][]string{}
	if err := c.decode(&in); err != nil {
		return nil, 0, err
	}
	return in[field], len(in["team_reviewers"]), nil
}

func (s *Server) addRequestedReviewers(c *call) (any, error) {
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
	if err := c.requestReviews(c.repo, i, logins); err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return s.pullJSON(c.repo, i, false), nil
}

func (c *call) requestReviews(r *Repo, i *issue, logins []string) error {
	if i.state != "open" {
		return &apiError{Status: 422, Message: "Cannot request a review of a closed pull request."}
	}
	asked, err := r.requestReviews(i, c.writer(), logins)
	if asked && c.byApp() {
		r.wrote(Write{Kind: "request-review", Number: i.number, Key: strings.Join(logins, ",")})
	}
	return err
}

func (s *Server) removeRequestedReviewers(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	logins, _, err := c.logins("reviewers")
	if err != nil {
		return nil, err
	}
	if c.repo.withdrawReviews(i, c.writer(), logins) && c.byApp() {
		c.repo.wrote(Write{Kind: "unrequest-review", Number: i.number, Key: strings.Join(logins, ",")})
	}
	return s.pullJSON(c.repo, i, false), nil
}

func (s *Server) addAssignees(c *call) (any, error) {
	c.status = http.StatusCreated
	return c.assignees("assign", c.repo.assign)
}

func (s *Server) removeAssignees(c *call) (any, error) {
	return c.assignees("unassign", c.repo.unassign)
}

// assignees changes who is assigned; kind is that of the write.
func (c *call) assignees(kind string, change func(*issue, *user, []string) bool) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	logins, _, err := c.logins("assignees")
	if err != nil {
		return nil, err
	}
	if change(i, c.writer(), logins) && c.byApp() {
		c.repo.wrote(Write{Kind: kind, Number: i.number, Key: strings.Join(logins, ",")})
	}
	return c.repo.srv.issueJSON(c.repo, i), nil
}
