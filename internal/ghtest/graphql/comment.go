package graphql

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

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
