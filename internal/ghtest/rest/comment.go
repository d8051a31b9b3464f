package rest

import (
	"net/http"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var commentRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/comments", "issues|pull_requests:read", (*server).listComments},
	{"POST /repos/{owner}/{repo}/issues/{number}/comments", "issues|pull_requests:write", (*server).createComment},
	{"GET /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:read", (*server).getComment},
	{"PATCH /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:write", (*server).updateComment},
	{"DELETE /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:write", (*server).deleteComment},
}

func (s *server) listComments(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	found := slices.Clone(i.Comments)
	if since, err := time.Parse(time.RFC3339, c.URL.Query().Get("since")); err == nil {
		found = slices.DeleteFunc(found, func(x *world.Comment) bool { return x.Updated.Before(since) })
	}
	out := []obj{}
	for _, x := range api.Page(c.Call, found) {
		out = append(out, s.CommentJSON(c.Repo, i, x))
	}
	return out, nil
}

// commentBody reads and checks the text of a comment.
func (c *call) commentBody() (string, error) {
	var in struct {
		Body *string `json:"body"`
	}
	if err := c.Decode(&in); err != nil {
		return "", err
	}
	if in.Body == nil {
		return "", &world.Refusal{Status: 422, Message: "Invalid request.\n\n\"body\" wasn't supplied."}
	}
	return *in.Body, world.CheckComment(*in.Body)
}

func (s *server) createComment(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	text, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	x, err := c.Actor.AddComment(c.Repo, i, text)
	if err != nil {
		return nil, err
	}
	c.Status = http.StatusCreated
	return s.CommentJSON(c.Repo, i, x), nil
}

// comment finds what {id} names.
func (c *call) comment() (*world.Issue, *world.Comment, error) {
	id, err := c.Number("id")
	if err != nil {
		return nil, nil, err
	}
	i, x := c.Repo.FindComment(id)
	if x == nil {
		return nil, nil, world.NotFound("")
	}
	return i, x, nil
}

func (s *server) getComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.CommentJSON(c.Repo, i, x), nil
}

func (s *server) updateComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	text, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	if err := c.Actor.UpdateComment(c.Repo, i, x, text); err != nil {
		return nil, err
	}
	return s.CommentJSON(c.Repo, i, x), nil
}

func (s *server) deleteComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	c.Repo.DeleteComment(i, x, c.Actor.Writer())
	if c.Actor.ByApp() {
		c.Repo.Record(world.Write{Kind: "comment-delete", Number: i.Number, Key: world.Decimal(x.ID)})
	}
	c.Status = http.StatusNoContent
	return nil, nil
}
