package ghtest

// person is a user; fields that cannot be bots have null for those.
func (v view) person(u *user) any {
	if u == nil || u.kind != "User" {
		return nil
	}
	return v.actor(u)
}

func (v view) review(r *Repo, i *issue, x *review) node {
	return node{
		"__typename": "PullRequestReview", "__interfaces": []string{"Node", "Comment"}, "id": nodeID("PRR", x.id), "databaseId": x.id, "fullDatabaseId": itoa(x.id),
		"author": v.actor(x.author), "authorAssociation": r.association(x.author), "authorCanPushToRepository": r.canWrite(x.author), "state": x.state, "body": x.body,
		"createdAt": timestamp(x.submitted), "submittedAt": timestamp(x.submitted), "updatedAt": timestamp(x.submitted), "publishedAt": timestamp(x.submitted),
		"viewerDidAuthor": x.author == v.c.writer(), "url": v.s.pullHTML(r, i) + "#pullrequestreview-" + itoa(x.id),
		"commit": lazy(func() (any, error) { return v.objectNode(r, x.sha) }),
	}
}
