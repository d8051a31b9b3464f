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

// timelineItems are comments and events in order of time; itemTypes chooses ("LABELED_EVENT", "ISSUE_COMMENT").
func (v view) timelineItems(typename string, r *Repo, i *issue) resolver {
	return func(args map[string]any) (any, error) {
		type item struct {
			at   time.Time
			node node
		}
		var items []item
		for _, c := range i.comments {
			items = append(items, item{c.created, v.comment(r, i, c)})
		}
		for _, e := range i.events {
			items = append(items, item{e.at, v.event(r, i, e)})
		}
		if i.pull != nil {
			for _, x := range i.pull.reviews {
				items = append(items, item{x.submitted, v.review(r, i, x)})
			}
		}
		if wanted, ok := args["itemTypes"].([]any); ok {
			items = slices.DeleteFunc(items, func(x item) bool {
				return !slices.ContainsFunc(wanted, func(w any) bool { return typeOf(w) == x.node["__typename"] })
			})
		}
		slices.SortStableFunc(items, func(a, b item) int { return a.at.Compare(b.at) })
		return nodesOf("timelineItems", typename, items, func(x item) node { return x.node })(args)
	}
}

// typeOf turns an item type into the name of the type: LABELED_EVENT is LabeledEvent.
func typeOf(itemType any) string {
	text, _ := itemType.(string)
	var b strings.Builder
	for part := range strings.SplitSeq(text, "_") {
		if part != "" {
			b.WriteString(part[:1] + strings.ToLower(part[1:]))
		}
	}
	return b.String()
}

func (v view) event(r *Repo, i *issue, e event) node {
	n := node{"__typename": e.kind + "Event", "__interfaces": []string{"Node"}, "id": nodeID("EV", e.id), "actor": v.actor(e.actor), "createdAt": timestamp(e.at)}
	switch e.kind {
	case "Labeled", "Unlabeled":
		n["label"] = v.label(e.label)
	case "Locked":
		n["lockReason"] = graphqlReason(e.to)
	case "CommentDeleted":
		n["databaseId"], n["deletedCommentAuthor"] = e.id, v.actor(e.author)
	case "RenamedTitle":
		n["previousTitle"], n["currentTitle"] = e.from, e.to
	case "BaseRefChanged":
		n["previousRefName"], n["currentRefName"] = e.from, e.to
	case "HeadRefForcePushed":
		n["beforeCommit"], n["afterCommit"] = node{"__typename": "Commit", "oid": e.from}, node{"__typename": "Commit", "oid": e.to}
	case "HeadRefDeleted":
		n["headRefName"], n["headRef"] = e.from, nil
	case "Assigned", "Unassigned":
		n["assignee"] = v.actor(e.user)
	case "ReviewRequested", "ReviewRequestRemoved":
		n["requestedReviewer"] = v.actor(e.user)
	case "ReviewDismissed":
		n["databaseId"], n["previousReviewState"], n["dismissalMessage"], n["review"] = e.id, e.from, body(e.to), v.review(r, i, e.review)
	case "AutoMergeEnabled", "AutoSquashEnabled", "AutoRebaseEnabled":
		n["enabler"] = v.person(e.actor)
	case "AutoMergeDisabled":
		n["disabler"], n["reason"] = v.person(e.actor), e.to
	case "Merged":
		n["commit"] = node{"__typename": "Commit", "oid": e.to}
		n["mergeRefName"] = i.pull.baseRef
	}
	return n
}

func (s *Server) listIssueEvents(c *call) (any, error) {
	i, err := c.issue()
	if err != nil {
		return nil, err
	}
	out := []obj{}
	for _, e := range page(c, i.events) {
		o := obj{
			"id": e.id, "node_id": nodeID("EV", e.id), "url": s.repoAPI(c.repo) + "/issues/events/" + itoa(e.id), "actor": s.userJSON(e.actor), "event": restEvent(e.kind),
			"commit_id": nil, "commit_url": nil, "created_at": timestamp(e.at), "performed_via_github_app": s.performedVia(e.actor),
		}
		switch e.kind {
		case "Labeled", "Unlabeled":
			o["label"] = obj{"name": e.label.name, "color": e.label.color}
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
