package ghtest

import (
	"slices"
	"strings"
)

// reviewing adds the fields of a pull request that are about its reviews.
func (v view) reviewing(n node, r *Repo, i *issue) {
	p := i.pull
	reviews := func(field string, choose func(args map[string]any) []*review) resolver {
		return func(args map[string]any) (any, error) {
			return nodesOf(field, "PullRequestReview", choose(args), func(x *review) node { return v.review(r, i, x) })(args)
		}
	}
	n["reviewDecision"] = r.reviewDecision(p)
	n["latestOpinionatedReviews"] = reviews("latestOpinionatedReviews", func(args map[string]any) []*review {
		return r.opinions(p, args["writersOnly"] == true)
	})
	n["reviews"] = resolver(func(args map[string]any) (any, error) {
		author, states := stringArg(args, "author"), args["states"]
		chosen := slices.DeleteFunc(slices.Clone(p.reviews), func(x *review) bool {
			return (author != "" && !strings.EqualFold(author, x.author.login)) || !among(states, x.state)
		})
		return keyedNodesOf("reviews", "PullRequestReview", chosen, func(x *review) moment { return moment{id: x.id} }, func(x *review) node { return v.review(r, i, x) })(args)
	})
	n["reviewRequests"] = nodesOf("reviewRequests", "ReviewRequest", p.reviewers, func(u *user) node {
		return node{"__typename": "ReviewRequest", "__interfaces": []string{"Node"}, "id": nodeID("RR", u.id), "asCodeOwner": false, "requestedReviewer": v.actor(u)}
	})
}

// among reports whether a list argument has a value; one that was not given has all.
func among(list any, value string) bool {
	wanted, ok := listArg(list)
	return !ok || slices.Contains(wanted, any(value))
}

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
