package rest

import (
	"net/http"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var reactionRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/reactions", "issues|pull_requests:read", (*server).listIssueReactions},
	{"POST /repos/{owner}/{repo}/issues/{number}/reactions", "issues|pull_requests:write", (*server).createIssueReaction},
	{"GET /repos/{owner}/{repo}/issues/comments/{id}/reactions", "issues|pull_requests:read", (*server).listCommentReactions},
	{"POST /repos/{owner}/{repo}/issues/comments/{id}/reactions", "issues|pull_requests:write", (*server).createCommentReaction},
}

func (s *server) listIssueReactions(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.reactionList(c, i.Reactions), nil
}

func (s *server) listCommentReactions(c *call) (any, error) {
	_, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.reactionList(c, x.Reactions), nil
}

func (s *server) reactionList(c *call, list []*world.Reaction) []obj {
	content := c.URL.Query().Get("content")
	list = slices.DeleteFunc(slices.Clone(list), func(x *world.Reaction) bool { return content != "" && x.Content != content })
	out := []obj{}
	for _, x := range api.Page(c.Call, list) {
		out = append(out, s.reactionJSON(x))
	}
	return out
}

func (s *server) createIssueReaction(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	return s.createReaction(c, i, nil)
}

func (s *server) createCommentReaction(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.createReaction(c, i, x)
}

// createReaction reacts to a comment, or with nil to the issue itself.
func (s *server) createReaction(c *call, i *world.Issue, to *world.Comment) (any, error) {
	var in struct {
		Content string `json:"content"`
	}
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	x, made, err := c.Actor.React(c.Repo, i, to, in.Content)
	if err != nil {
		return nil, err
	}
	if made {
		c.Status = http.StatusCreated
	}
	return s.reactionJSON(x), nil
}

func (s *server) reactionJSON(x *world.Reaction) obj {
	return obj{"id": x.ID, "node_id": world.NodeID("REA", x.ID), "user": s.UserJSON(x.User), "content": x.Content, "created_at": world.Timestamp(x.At)}
}
