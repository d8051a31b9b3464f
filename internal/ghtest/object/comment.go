package object

import (
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// CommentJSON is a comment on an issue or pull request.
func (m Maker) CommentJSON(r *world.Repo, i *world.Issue, c *world.Comment) obj {
	api := m.RepoAPI(r) + "/issues/comments/" + world.Decimal(c.ID)
	via := m.PerformedVia(c.Author)
	if c.ID%2 == 0 { // GitHub leaves it out of some of an App's comments (fullsend#1953, PyGithub's recordings)
		via = nil
	}
	return obj{
		"id": c.ID, "node_id": world.NodeID("IC", c.ID), "url": api, "html_url": m.CommentHTML(r, i, c),
		"issue_url": m.RepoAPI(r) + fmt.Sprintf("/issues/%d", i.Number), "user": m.UserJSON(c.Author), "body": c.Body, "created_at": world.Timestamp(c.Created),
		"updated_at": world.Timestamp(c.Updated), "author_association": c.Association, "performed_via_github_app": via, "reactions": reactionsJSON(api, c.Reactions),
	}
}
