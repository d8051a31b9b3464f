package ghtest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// moment is a place in a history; ids grow, so that they tell the order within an instant.
type moment struct {
	at time.Time
	id int64
}

// item is one entry of a timeline, made when it is asked for.
type item struct {
	moment
	kind string // of the node
	node func() node
}

// timelineItems are commits, comments, reviews and events in order of time; itemTypes chooses ("LABELED_EVENT", "ISSUE_COMMENT").
// Commits stand where their committer's date puts them, as on GitHub, and not where they were pushed.
func (v view) timelineItems(typename string, r *Repo, i *issue) resolver {
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
		return keyedNodesOf("timelineItems", typename, items, func(x item) moment { return x.moment }, func(x item) node { return x.node() })(args)
	}
}

func (v view) items(r *Repo, i *issue) ([]item, error) {
	var items []item
	for _, c := range i.comments {
		items = append(items, item{moment{c.created, c.id}, "IssueComment", func() node { return v.comment(r, i, c) }})
	}
	for _, e := range i.events {
		if v.s.shows(e) && (e.source == nil || !e.source.deleted && v.c.actor.sees(e.source.repo)) {
			items = append(items, item{moment{e.at, e.id}, e.kind + "Event", func() node { return v.event(r, i, e) }})
		}
	}
	if i.pull == nil {
		return items, nil
	}
	for _, x := range i.pull.reviews {
		items = append(items, item{moment{x.submitted, x.id}, "PullRequestReview", func() node { return v.review(r, i, x) }})
	}
	d, err := r.pullDiff(i.pull)
	if err != nil {
		return nil, err
	}
	for place, sha := range d.commits {
		c, err := r.store.commit(sha)
		if err != nil {
			return nil, err
		}
		items = append(items, item{moment{c.committed, int64(place)}, "PullRequestCommit", func() node { return v.pullCommit(r, i, sha) }})
	}
	return items, nil
}

func (v view) pullCommit(r *Repo, i *issue, sha string) node {
	path := "/" + r.fullName() + "/pull/" + itoa(int64(i.number)) + "/commits/" + sha
	return node{
		"__typename": "PullRequestCommit", "__interfaces": []string{"Node", "UniformResourceLocatable"}, "id": "PRC_" + sha, "url": v.s.URL + path, "resourcePath": path,
		"commit":      lazy(func() (any, error) { return v.objectNode(r, sha) }),
		"pullRequest": lazy(func() (any, error) { return v.pull(r, i), nil }),
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
		if n["label"] = nil; !e.label.deleted { // the schema says that it is never null (gittensor#585)
			n["label"] = v.label(e.label)
		}
	case "Closed":
		n["stateReason"] = body(strings.ToUpper(e.to))
		n["closer"], n["url"] = nil, v.s.issueHTML(r, i)+"#event-"+itoa(e.id)
		n["closable"] = lazy(func() (any, error) { return v.subject(r, i), nil })
	case "Reopened":
		n["closable"] = lazy(func() (any, error) { return v.subject(r, i), nil })
	case "Locked":
		n["lockReason"] = graphqlReason(e.to)
	case "Unlocked":
	case "CommentDeleted":
		n["databaseId"], n["deletedCommentAuthor"] = e.id, v.actor(e.author)
	case "RenamedTitle":
		n["previousTitle"], n["currentTitle"] = e.from, e.to
	case "CrossReferenced":
		v.crossReferenced(n, r, i, e)
	case "Assigned", "Unassigned":
		n["assignee"] = v.actor(e.user)
	case "Transferred":
		n["issue"] = lazy(func() (any, error) { return v.issue(r, i), nil })
		if n["fromRepository"] = nil; v.c.actor.sees(e.origin) {
			n["fromRepository"] = lazy(func() (any, error) { return v.repo(e.origin), nil })
		}
	default:
		v.pullEvent(n, r, i, e)
	}
	return n
}

// pullEvent adds the fields of events that only pull requests have.
func (v view) pullEvent(n node, r *Repo, i *issue, e event) {
	n["pullRequest"] = lazy(func() (any, error) { return v.pull(r, i), nil })
	commit := func(sha string) resolver {
		return lazy(func() (any, error) { return v.objectNode(r, sha) })
	}
	switch e.kind {
	case "BaseRefChanged":
		n["previousRefName"], n["currentRefName"] = e.from, e.to
	case "AutomaticBaseChangeSucceeded":
		n["oldBase"], n["newBase"] = e.from, e.to
	case "HeadRefForcePushed":
		n["beforeCommit"], n["afterCommit"] = commit(e.from), commit(e.to)
	case "HeadRefDeleted":
		n["headRefName"], n["headRef"] = e.from, nil
	case "ReviewRequested", "ReviewRequestRemoved":
		n["requestedReviewer"] = v.actor(e.user)
	case "ReviewDismissed":
		n["databaseId"], n["previousReviewState"], n["dismissalMessage"], n["review"] = e.id, e.from, body(e.to), v.review(r, i, e.review)
	case "AutoMergeEnabled", "AutoSquashEnabled", "AutoRebaseEnabled":
		n["enabler"] = v.person(e.actor)
	case "AutoMergeDisabled":
		n["disabler"], n["reason"] = v.person(e.actor), e.to
	case "AddedToMergeQueue", "RemovedFromMergeQueue":
		n["mergeQueue"] = lazy(func() (any, error) { return v.mergeQueue(r, i.pull.baseRef), nil })
		if n["enqueuer"] = v.person(e.actor); e.from != "" {
			n["beforeCommit"], n["reason"] = commit(e.from), e.to
		}
	case "Merged":
		n["commit"], n["mergeRefName"] = commit(e.to), i.pull.baseRef
	}
}
