package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// subject is an issue or a pull request.
func (v view) subject(r *world.Repo, i *world.Issue) node {
	if i.Pull != nil {
		return v.pull(r, i)
	}
	return v.issue(r, i)
}

// issueBase is what issues and pull requests have in common.
func (v view) issueBase(r *world.Repo, i *world.Issue) node {
	names := i.Labels
	n := node{
		"__interfaces": []string{"Assignable", "Closable", "Comment", "Labelable", "Lockable", "Node", "Reactable", "UniformResourceLocatable", "Updatable", "UpdatableComment"},
		"number":       i.Number, "title": i.Title, "body": i.Body, "createdAt": world.Timestamp(i.Created), "updatedAt": world.Timestamp(i.Updated), "closedAt": world.Timestamp(i.Closed),
		"closed": i.State != "open", "state": strings.ToUpper(i.State), "locked": i.Lock != nil, "activeLockReason": nil, "author": v.actor(i.Author), "authorAssociation": i.Association,
		"repository":   lazy(func() (any, error) { return v.repo(r), nil }),
		"labels":       nodesOf("labels", "Label", names, func(name string) node { return v.label(r.Label(name)) }),
		"assignees":    nodesOf("assignees", "User", i.Assignees, func(u *world.User) node { n, _ := v.actor(u).(node); return n }),
		"comments":     v.comments(r, i),
		"lastEditedAt": world.Timestamp(i.Edited), "editor": v.actor(i.Editor), "includesCreatedEdit": i.Editor != nil,
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(i.Reactions, func() node { return v.subject(r, i) }), nil
		}),
	}
	n["milestone"] = nil
	if i.Milestone != "" {
		n["milestone"] = node{"__typename": "Milestone", "title": i.Milestone}
	}
	if i.Lock != nil {
		n["activeLockReason"] = graphqlReason(i.Lock.Reason)
	}
	return n
}

func (v view) issue(r *world.Repo, i *world.Issue) node {
	i = v.then(i)
	n := v.issueBase(r, i)
	n["__typename"], n["id"], n["databaseId"] = "Issue", i.NodeID(), i.ID
	n["timelineItems"] = v.timelineItems("IssueTimelineItems", r, i)
	n["stateReason"] = resolver(func(args map[string]any) (any, error) {
		if i.Reason == "duplicate" && args["enableDuplicate"] != true {
			return "NOT_PLANNED", nil
		}
		return world.Nullable(strings.ToUpper(i.Reason)), nil
	})
	n["url"] = v.w.URL + "/" + r.FullName() + "/issues/" + world.Decimal(int64(i.Number))
	return n
}

// comments are in the order in which they were written, or lately edited first.
func (v view) comments(r *world.Repo, i *world.Issue) resolver {
	return func(args map[string]any) (any, error) {
		list := i.Comments
		build := func(c *world.Comment) node { return v.comment(r, i, c) }
		if order, ok := args["orderBy"].(map[string]any); ok { // by UPDATED_AT: there is no other field
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b *world.Comment) int { return a.Updated.Compare(b.Updated) })
			if order["direction"] == "DESC" {
				slices.Reverse(list)
			}
			return nodesOf("comments", "IssueComment", list, build)(args)
		}
		return byTime(paged{field: "comments", typename: "IssueComment"}, list, func(c *world.Comment) moment { return moment{id: c.ID} }, build)(args)
	}
}

func (v view) comment(r *world.Repo, i *world.Issue, c *world.Comment) node {
	url := v.w.CommentHTML(r, i, c)
	n := node{
		"__typename": "IssueComment", "__interfaces": []string{"Comment", "Node", "Reactable", "Updatable", "UpdatableComment"},
		"id": world.NodeID("IC", c.ID), "databaseId": c.ID, "fullDatabaseId": world.Decimal(c.ID), "url": url, "body": c.Body, "author": v.actor(c.Author), "isMinimized": false,
		"authorAssociation": c.Association, "viewerDidAuthor": c.Author == v.c.Actor.Writer(), "createdAt": world.Timestamp(c.Created), "updatedAt": world.Timestamp(c.Updated),
		"lastEditedAt": world.Timestamp(c.Edited), "editor": v.actor(c.Editor), "includesCreatedEdit": c.Editor != nil, "pullRequest": nil,
		"issue": lazy(func() (any, error) {
			n := v.issue(r, i)
			if i.Pull != nil { // its history is none of an issue
				delete(n, "timelineItems")
			}
			return n, nil
		}),
		"reactionGroups": lazy(func() (any, error) {
			return v.reactionGroups(c.Reactions, func() node { return v.comment(r, i, c) }), nil
		}),
	}
	if i.Pull != nil {
		n["pullRequest"] = lazy(func() (any, error) { return v.pull(r, i), nil })
	}
	return n
}
