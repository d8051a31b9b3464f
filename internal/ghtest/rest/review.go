package rest

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var reviewRoutes = []route{
	{"POST /repos/{owner}/{repo}/pulls/{number}/reviews", "pull_requests:write", (*server).createReview},
	{"PUT /repos/{owner}/{repo}/pulls/{number}/reviews/{id}/dismissals", "pull_requests:write", (*server).dismissReview},
}

// createReview submits a review at once; pending ones and comments on lines aren't played.
func (s *server) createReview(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	var in struct{ Body, Event string }
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	state := map[string]string{"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}[in.Event]
	if state == "" || in.Body == "" && state != "APPROVED" {
		return nil, world.Unprocessable("Unprocessable Entity")
	}
	id, err := c.Repo.Review(i, c.Actor.Writer(), state, in.Body)
	if err != nil {
		return nil, err
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "review", Number: i.Number, SHA: i.Pull.HeadSHA, Key: world.Decimal(id), Text: state})
	}
	return s.ReviewJSON(c.Repo, i, review(i, id), true), nil
}

// dismissReview takes back an approval or a request for changes, which only who may write can do.
func (s *server) dismissReview(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	id, err := c.Number("id")
	if err != nil || review(i, id) == nil {
		return nil, world.NotFound("")
	}
	var in struct{ Message string }
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	switch {
	case !c.Repo.CanWrite(c.Actor.Writer()):
		return nil, world.Forbidden()
	case in.Message == "":
		return nil, world.Unprocessable("Unprocessable Entity")
	}
	if err := c.Repo.DismissReview(i, c.Actor.Writer(), id, in.Message); err != nil {
		return nil, world.Unprocessable("Unprocessable Entity")
	}
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "review-dismiss", Number: i.Number, Key: world.Decimal(id), Text: in.Message})
	}
	return s.ReviewJSON(c.Repo, i, review(i, id), true), nil
}

// review is nil for one that doesn't exist.
func review(i *world.Issue, id int64) *world.Review {
	at := slices.IndexFunc(i.Pull.Reviews, func(v *world.Review) bool { return v.ID == id })
	if at < 0 {
		return nil
	}
	return i.Pull.Reviews[at]
}
