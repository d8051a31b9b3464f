package ghtest

import (
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"
)

var commentRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/comments", "issues|pull_requests:read", (*Server).listComments},
	{"POST /repos/{owner}/{repo}/issues/{number}/comments", "issues|pull_requests:write", (*Server).createComment},
	{"GET /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:read", (*Server).getComment},
	{"PATCH /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:write", (*Server).updateComment},
	{"DELETE /repos/{owner}/{repo}/issues/comments/{id}", "issues|pull_requests:write", (*Server).deleteComment},
}

func (s *Server) commentJSON(r *Repo, i *issue, c *comment) obj {
	api, kind := s.repoAPI(r)+"/issues/comments/"+itoa(c.id), "issues"
	if i.pull != nil {
		kind = "pull"
	}
	return obj{
		"id": c.id, "node_id": nodeID("IC", c.id), "url": api, "html_url": fmt.Sprintf("%s/%s/%s/%d#issuecomment-%d", s.URL, r.fullName(), kind, i.number, c.id),
		"issue_url": s.repoAPI(r) + fmt.Sprintf("/issues/%d", i.number), "user": s.userJSON(c.author), "body": c.body, "created_at": timestamp(c.created),
		"updated_at": timestamp(c.updated), "author_association": c.association, "performed_via_github_app": s.performedVia(c.author), "reactions": reactions(api),
	}
}

func (s *Server) listComments(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	found := slices.Clone(i.comments)
	if since, err := time.Parse(time.RFC3339, c.URL.Query().Get("since")); err == nil {
		found = slices.DeleteFunc(found, func(x *comment) bool { return x.updated.Before(since) })
	}
	out := []obj{}
	for _, x := range page(c, found) {
		out = append(out, s.commentJSON(c.repo, i, x))
	}
	return out, nil
}

// commentBody reads and checks the text of a comment.
func (c *call) commentBody() (string, error) {
	var in struct {
		Body *string `json:"body"`
	}
	if err := c.decode(&in); err != nil {
		return "", err
	}
	switch {
	case in.Body == nil:
		return "", &apiError{Status: 422, Message: "Invalid request.\n\n\"body\" wasn't supplied."}
	case *in.Body == "":
		return "", invalid("IssueComment", "body", "missing_field", "")
	case utf8.RuneCountInString(*in.Body) > 65536:
		return "", invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return *in.Body, nil
}

func (s *Server) createComment(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	text, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	x := c.repo.addComment(i, c.writer(), text)
	if c.byApp() {
		c.repo.wrote(Write{Kind: "comment", Number: i.number, Key: itoa(x.id), Text: text})
	}
	c.status = http.StatusCreated
	return s.commentJSON(c.repo, i, x), nil
}

// comment finds what {id} names.
func (c *call) comment() (*issue, *comment, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, nil, err
	}
	for _, i := range c.repo.issues {
		for _, x := range i.comments {
			if x.id == id {
				return i, x, nil
			}
		}
	}
	return nil, nil, notFound("")
}

func (s *Server) getComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	return s.commentJSON(c.repo, i, x), nil
}

func (s *Server) updateComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	text, err := c.commentBody()
	if err != nil {
		return nil, err
	}
	x.body, x.updated = text, s.now()
	s.hooks.comment(c.repo, "edited", i, x, c.writer())
	if c.byApp() {
		c.repo.wrote(Write{Kind: "comment-edit", Number: i.number, Key: itoa(x.id), Text: text})
	}
	return s.commentJSON(c.repo, i, x), nil
}

func (s *Server) deleteComment(c *call) (any, error) {
	i, x, err := c.comment()
	if err != nil {
		return nil, err
	}
	c.repo.deleteComment(i, x, c.writer())
	if c.byApp() {
		c.repo.wrote(Write{Kind: "comment-delete", Number: i.number, Key: itoa(x.id)})
	}
	c.status = http.StatusNoContent
	return nil, nil
}
