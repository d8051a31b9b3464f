package rest

import (
	"slices"
	"strings"
	"unicode"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

var timelineRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/events", "issues|pull_requests:read", (*server).listIssueEvents},
}

// restEvent is the kind as the REST API names it: in snake case, but for some.
func restEvent(kind string) string {
	if kind == "RenamedTitle" {
		return "renamed"
	}
	var b strings.Builder
	for at, c := range kind {
		if unicode.IsUpper(c) && at > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(c))
	}
	return b.String()
}

func (s *server) listIssueEvents(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	shown := slices.DeleteFunc(slices.Clone(i.Events), func(e world.TimelineEvent) bool { return e.Source != nil }) // GitHub has those in the timeline only
	for _, e := range api.Page(c.Call, shown) {
		o := obj{
			"id": e.ID, "node_id": world.NodeID("EV", e.ID), "url": s.RepoAPI(c.Repo) + "/issues/events/" + world.Decimal(e.ID), "actor": s.UserJSON(e.Actor), "event": restEvent(e.Kind),
			"commit_id": nil, "commit_url": nil, "created_at": world.Timestamp(e.At), "performed_via_github_app": s.PerformedVia(e.Actor),
		}
		switch e.Kind {
		case "Labeled", "Unlabeled":
			if !e.Label.Deleted {
				o["label"] = obj{"name": e.Label.Name, "color": e.Label.Color}
			}
		case "RenamedTitle":
			o["rename"] = obj{"from": e.From, "to": e.To}
		case "Assigned", "Unassigned":
			o["assignee"], o["assigner"] = s.UserJSON(e.User), s.UserJSON(e.Actor)
		case "ReviewRequested", "ReviewRequestRemoved":
			o["requested_reviewer"], o["review_requester"] = s.UserJSON(e.User), s.UserJSON(e.Actor)
		case "ReviewDismissed":
			o["dismissed_review"] = obj{"state": strings.ToLower(e.From), "review_id": e.Review.ID, "dismissal_message": e.To}
		case "Merged":
			o["commit_id"], o["commit_url"] = e.To, s.RepoAPI(c.Repo)+"/commits/"+e.To
		}
		out = append(out, o)
	}
	return out, nil
}
