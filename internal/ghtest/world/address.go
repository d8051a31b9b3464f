package world

import (
	"fmt"
	"strings"
)

// APIURL is the base of the REST API, with a slash at the end, as GitHub Enterprise Server has it.
func (w *World) APIURL() string { return w.URL + "/api/v3/" }

// IssueHTML is the page of an issue or pull request.
func (w *World) IssueHTML(r *Repo, i *Issue) string {
	if i.Pull != nil {
		return w.PullHTML(r, i)
	}
	return w.URL + "/" + r.FullName() + fmt.Sprintf("/issues/%d", i.Number)
}

// PullHTML is the page of a pull request.
func (w *World) PullHTML(r *Repo, i *Issue) string {
	return w.URL + "/" + r.FullName() + fmt.Sprintf("/pull/%d", i.Number)
}

// CommentHTML is a comment's place on its page.
func (w *World) CommentHTML(r *Repo, i *Issue, c *Comment) string {
	return w.IssueHTML(r, i) + "#issuecomment-" + Decimal(c.ID)
}

// addressed is the repository of an address on this server, or nil.
func (w *World) addressed(address string) *Repo {
	path, ok := strings.CutPrefix(address, w.URL+"/")
	parts := strings.Split(path, "/")
	if !ok || len(parts) < 2 {
		return nil
	}
	return w.Repo(parts[0] + "/" + parts[1])
}
