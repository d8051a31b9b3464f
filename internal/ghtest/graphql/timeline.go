package graphql

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// item is one entry of a timeline, made when a query selects it.
type item struct {
	moment
	kind string // of the node
	node func() node
}

// timelineItems are commits, comments, reviews and events in order of time; itemTypes chooses ("LABELED_EVENT", "ISSUE_COMMENT").
// Commits stand where their committer's date puts them, as on GitHub, and not where they were pushed.
func (v view) timelineItems(typename string, r *world.Repo, i *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		items, err := v.items(r, i)
		if err != nil {
			return nil, err
		}
		if wanted, ok := listArg(args["itemTypes"]); ok {
			items = slices.DeleteFunc(items, func(x item) bool {
				return !slices.ContainsFunc(wanted, func(w any) bool { return typeOf(w) == x.kind })
			})
		}
		if since, err := time.Parse(time.RFC3339, stringArg(args, "since")); err == nil {
			items = slices.DeleteFunc(items, func(x item) bool { return x.at.Before(since) })
		}
		slices.SortStableFunc(items, func(a, b item) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.id, b.id)) })
		return byTime(paged{field: "timelineItems", typename: typename}, items, func(x item) moment { return x.moment }, func(x item) node { return x.node() })(args)
	}
}

func (v view) items(r *world.Repo, i *world.Issue) ([]item, error) {
	var items []item
	for _, c := range i.Comments {
		items = append(items, item{moment{c.Created, c.ID}, "IssueComment", func() node { return v.comment(r, i, c) }})
	}
	for _, e := range i.Events {
		if v.w.Shows(e) && (e.Source == nil || !e.Source.Deleted && v.c.Actor.Sees(e.Source.Repo)) {
			items = append(items, item{moment{e.At, e.ID}, e.Kind + "Event", func() node { return v.event(r, i, e) }})
		}
	}
	if i.Pull == nil {
		return items, nil
	}
	for _, x := range i.Pull.Reviews {
		items = append(items, item{moment{x.Submitted, x.ID}, "PullRequestReview", func() node { return v.review(r, i, x) }})
	}
	d, err := r.PullDiff(i.Pull)
	if err != nil {
		return nil, err
	}
	for place, sha := range d.Commits {
		c, err := r.Store.Commit(sha)
		if err != nil {
			return nil, err
		}
		items = append(items, item{moment{c.Committed, int64(place)}, "PullRequestCommit", func() node { return v.pullCommit(r, i, sha) }})
	}
	return items, nil
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

func (v view) event(r *world.Repo, i *world.Issue, e world.TimelineEvent) node {
	n := node{"__typename": e.Kind + "Event", "__interfaces": []string{"Node"}, "id": world.NodeID("EV", e.ID), "actor": v.actor(e.Actor), "createdAt": world.Timestamp(e.At)}
	switch e.Kind {
	case "Labeled", "Unlabeled":
		if n["label"] = nil; !e.Label.Deleted { // the schema says that it is never null (gittensor#585)
			n["label"] = v.label(e.Label)
		}
	case "Closed":
		n["stateReason"] = world.Nullable(strings.ToUpper(e.To))
		n["closer"], n["url"] = nil, v.w.IssueHTML(r, i)+"#event-"+world.Decimal(e.ID)
		n["closable"] = lazy(func() (any, error) { return v.subject(r, i), nil })
	case "Reopened":
		n["closable"] = lazy(func() (any, error) { return v.subject(r, i), nil })
	case "Locked":
		n["lockReason"] = graphqlReason(e.To)
	case "Unlocked":
	case "CommentDeleted":
		n["databaseId"], n["deletedCommentAuthor"] = e.ID, v.actor(e.Author)
	case "RenamedTitle":
		n["previousTitle"], n["currentTitle"] = e.From, e.To
	case "CrossReferenced":
		v.crossReferenced(n, r, i, e)
	case "Assigned", "Unassigned":
		n["assignee"] = v.actor(e.User)
	case "Transferred":
		n["issue"] = lazy(func() (any, error) { return v.issue(r, i), nil })
		if n["fromRepository"] = nil; v.c.Actor.Sees(e.Origin) {
			n["fromRepository"] = lazy(func() (any, error) { return v.repo(e.Origin), nil })
		}
	default:
		v.pullEvent(n, r, i, e)
	}
	return n
}

// pullEvent adds the fields of events that only pull requests have.
func (v view) pullEvent(n node, r *world.Repo, i *world.Issue, e world.TimelineEvent) {
	n["pullRequest"] = lazy(func() (any, error) { return v.pull(r, i), nil })
	commit := func(sha string) resolver {
		return lazy(func() (any, error) { return v.objectNode(r, sha) })
	}
	switch e.Kind {
	case "BaseRefChanged":
		n["previousRefName"], n["currentRefName"] = e.From, e.To
	case "AutomaticBaseChangeSucceeded":
		n["oldBase"], n["newBase"] = e.From, e.To
	case "HeadRefForcePushed":
		n["beforeCommit"], n["afterCommit"] = commit(e.From), commit(e.To)
	case "HeadRefDeleted":
		n["headRefName"], n["headRef"] = e.From, nil
	case "ReviewRequested", "ReviewRequestRemoved":
		n["requestedReviewer"] = v.actor(e.User)
	case "ReviewDismissed":
		n["databaseId"], n["previousReviewState"], n["dismissalMessage"], n["review"] = e.ID, e.From, world.Nullable(e.To), v.review(r, i, e.Review)
	case "AutoMergeEnabled", "AutoSquashEnabled", "AutoRebaseEnabled":
		n["enabler"] = v.person(e.Actor)
	case "AutoMergeDisabled":
		n["disabler"], n["reason"] = v.person(e.Actor), e.To
	case "AddedToMergeQueue", "RemovedFromMergeQueue":
		n["mergeQueue"] = lazy(func() (any, error) { return v.mergeQueue(r, i.Pull.BaseRef), nil })
		if n["enqueuer"] = v.person(e.Actor); e.From != "" {
			n["beforeCommit"], n["reason"] = commit(e.From), e.To
		}
	case "Merged":
		n["commit"], n["mergeRefName"] = commit(e.To), i.Pull.BaseRef
	}
}

func (v view) crossReferenced(n node, r *world.Repo, i *world.Issue, e world.TimelineEvent) {
	url := v.w.IssueHTML(e.Source.Repo, e.Source)
	n["__interfaces"] = []string{"Node", "UniformResourceLocatable"}
	n["isCrossRepository"], n["referencedAt"], n["url"] = e.Source.Repo != r, world.Timestamp(e.At), url
	n["resourcePath"], n["willCloseTarget"] = strings.TrimPrefix(url, v.w.URL), e.Source.Pull != nil && slices.ContainsFunc(e.Source.Repo.Closes(e.Source), func(x *world.Issue) bool { return x.ID == i.ID })
	n["source"] = lazy(func() (any, error) { return v.subject(e.Source.Repo, e.Source), nil })
	n["target"] = lazy(func() (any, error) { return v.subject(r, i), nil })
}
