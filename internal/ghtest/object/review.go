package object

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// ReviewJSON is a review; webhooks have its state in small letters.
func (m Maker) ReviewJSON(r *world.Repo, i *world.Issue, v *world.Review, rest bool) obj {
	html, api, state := m.PullHTML(r, i)+"#pullrequestreview-"+world.Decimal(v.ID), m.pullAPI(r, i), v.State
	if !rest {
		state = strings.ToLower(state)
	}
	return obj{
		"id": v.ID, "node_id": world.NodeID("PRR", v.ID), "user": m.UserJSON(v.Author), "body": v.Body, "state": state, "commit_id": v.SHA, "submitted_at": world.Timestamp(v.Submitted),
		"author_association": r.Association(v.Author), "html_url": html, "pull_request_url": api, "_links": links(map[string]string{"html": html, "pull_request": api}),
	}
}
