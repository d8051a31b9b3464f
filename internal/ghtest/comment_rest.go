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
	api := s.repoAPI(r) + "/issues/comments/" + itoa(c.id)
	via := s.performedVia(c.author)
	if c.id%2 == 0 { // GitHub leaves it out of some of an App's comments (fullsend#1953, PyGithub's recordings)
		via = nil
	}
	return obj{
		"id": c.id, "node_id": nodeID("IC", c.id), "url": api, "html_url": s.commentHTML(r, i, c),
		"issue_url": s.repoAPI(r) + fmt.Sprintf("/issues/%d", i.number), "user": s.userJSON(c.author), "body": c.body, "created_at": timestamp(c.created),
		"updated_at": timestamp(c.updated), "author_association": c.association, "performed_via_github_app": via, "reactions": reactionsJSON(api, c.reactions),
	}
}

func (s *Server) commentHTML(r *Repo, i *issue, c *comment) string {
	return s.issueHTML(r, i) + "#issuecomment-" + itoa(c.id)
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
	if in.Body == nil {
		return "", &apiError{Status: 422, Message: "Invalid request.\n\n\"body\" wasn't supplied."}
	}
	return *in.Body, checkComment(*in.Body)
}

func checkComment(text string) error {
	switch {
	case text == "":
		return invalid("IssueComment", "body", "missing_field", "")
	case utf8.RuneCountInString(text) > 65536:
		return invalid("IssueComment", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return nil
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
	x, err := c.addComment(c.repo, i, text)
	if err != nil {
		return nil, err
	}
	c.status = http.StatusCreated
	return s.commentJSON(c.repo, i, x), nil
}

// addComment comments; on what is locked an App may not, whatever its permissions are.
func (c *call) addComment(r *Repo, i *issue, text string) (*comment, error) {
	if err := checkComment(text); err != nil {
		return nil, err
	}
	if !r.mayTalk(i, c.writer()) {
		return nil, lockedError("Unable to create comment because issue is locked.")
	}
	x := r.addComment(i, c.writer(), text)
	if c.byApp() {
		r.wrote(Write{Kind: "comment", Number: i.number, Key: itoa(x.id), Text: text})
	}
	return x, nil
}

// comment finds what {id} names.
func (c *call) comment() (*issue, *comment, error) {
	id, err := c.number("id")
	if err != nil {
		return nil, nil, err
	}
	i, x := c.repo.findComment(id)
	if x == nil {
		return nil, nil, notFound("")
	}
	return i, x, nil
}

// findComment is nil for what does not exist.
func (r *Repo) findComment(id int64) (*issue, *comment) {
	for _, i := range r.issues {
		for _, x := range i.comments {
			if x.id == id {
				return i, x
			}
		}
	}
	return nil, nil
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
	if err := c.updateComment(c.repo, i, x, text); err != nil {
		return nil, err
	}
	return s.commentJSON(c.repo, i, x), nil
}

func (c *call) updateComment(r *Repo, i *issue, x *comment, text string) error {
	if err := checkComment(text); err != nil {
		return err
	}
	r.editComment(i, x, c.writer(), text)
	if c.byApp() {
		r.wrote(Write{Kind: "comment-edit", Number: i.number, Key: itoa(x.id), Text: text})
	}
	return nil
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
