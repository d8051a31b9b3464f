package ghtest

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

var timelineRoutes = []route{
	{"GET /repos/{owner}/{repo}/issues/{number}/events", "issues|pull_requests:read", (*Server).listIssueEvents},
}

// event is one entry of the history of an issue or pull request.
type event struct {
	id     int64
	kind   string // GraphQL's type without "Event": Labeled, Unlabeled, RenamedTitle, Closed, Reopened, Merged, ConvertToDraft, …: see event
	actor  *user
	at     time.Time
	label  *label // of Labeled and Unlabeled
	author *user  // of a deleted comment
	user   *user  // who was asked to review, or assigned
	review *review
	source *issue // of CrossReferenced: where it was mentioned
	origin *Repo  // of Transferred
	from   string // old title, head, base or state of the review
	to     string
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

func (r *Repo) happened(i *issue, e event) {
	e.id, e.at = r.srv.nextID(), r.srv.now()
	i.events = append(i.events, e)
}

func (s *Server) listIssueEvents(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	shown := slices.DeleteFunc(slices.Clone(i.events), func(e event) bool { return e.source != nil }) // GitHub has those in the timeline only
	for _, e := range page(c, shown) {
		o := obj{
			"id": e.id, "node_id": nodeID("EV", e.id), "url": s.repoAPI(c.repo) + "/issues/events/" + itoa(e.id), "actor": s.userJSON(e.actor), "event": restEvent(e.kind),
			"commit_id": nil, "commit_url": nil, "created_at": timestamp(e.at), "performed_via_github_app": s.performedVia(e.actor),
		}
		switch e.kind {
		case "Labeled", "Unlabeled":
			if !e.label.deleted {
				o["label"] = obj{"name": e.label.name, "color": e.label.color}
			}
		case "RenamedTitle":
			o["rename"] = obj{"from": e.from, "to": e.to}
		case "Assigned", "Unassigned":
			o["assignee"], o["assigner"] = s.userJSON(e.user), s.userJSON(e.actor)
		case "ReviewRequested", "ReviewRequestRemoved":
			o["requested_reviewer"], o["review_requester"] = s.userJSON(e.user), s.userJSON(e.actor)
		case "ReviewDismissed":
			o["dismissed_review"] = obj{"state": strings.ToLower(e.from), "review_id": e.review.id, "dismissal_message": e.to}
		case "Merged":
			o["commit_id"], o["commit_url"] = e.to, s.repoAPI(c.repo)+"/commits/"+e.to
		}
		out = append(out, o)
	}
	return out, nil
}
