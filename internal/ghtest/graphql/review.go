package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// reviewing adds the fields of a pull request that are about its reviews.
func (v view) reviewing(n node, r *world.Repo, i *world.Issue) {
	p := i.Pull
	reviews := func(field string, choose func(args map[string]any) []*world.Review) resolver {
		return func(args map[string]any) (any, error) {
			return nodesOf(field, "PullRequestReview", choose(args), func(x *world.Review) node { return v.review(r, i, x) })(args)
		}
	}
	n["reviewDecision"] = r.ReviewDecision(p)
	n["latestOpinionatedReviews"] = reviews("latestOpinionatedReviews", func(args map[string]any) []*world.Review {
		return r.Opinions(p, args["writersOnly"] == true)
	})
	n["reviews"] = resolver(func(args map[string]any) (any, error) {
		author, states := stringArg(args, "author"), args["states"]
		chosen := slices.DeleteFunc(slices.Clone(p.Reviews), func(x *world.Review) bool {
			return (author != "" && !strings.EqualFold(author, x.Author.Login)) || !among(states, x.State)
		})
		return byTime(paged{field: "reviews", typename: "PullRequestReview"}, chosen,
			func(x *world.Review) moment { return moment{id: x.ID} }, func(x *world.Review) node { return v.review(r, i, x) })(args)
	})
	n["reviewRequests"] = nodesOf("reviewRequests", "ReviewRequest", p.Reviewers, func(u *world.User) node {
		return node{"__typename": "ReviewRequest", "__interfaces": []string{"Node"}, "id": world.NodeID("RR", u.ID), "asCodeOwner": false, "requestedReviewer": v.actor(u)}
	})
}

func (v view) review(r *world.Repo, i *world.Issue, x *world.Review) node {
	return node{
		"__typename": "PullRequestReview", "__interfaces": []string{"Node", "Comment"}, "id": world.NodeID("PRR", x.ID), "databaseId": x.ID, "fullDatabaseId": world.Decimal(x.ID),
		"author": v.actor(x.Author), "authorAssociation": r.Association(x.Author), "authorCanPushToRepository": r.CanWrite(x.Author), "state": x.State, "body": x.Body,
		"createdAt": world.Timestamp(x.Submitted), "submittedAt": world.Timestamp(x.Submitted), "updatedAt": world.Timestamp(x.Submitted), "publishedAt": world.Timestamp(x.Submitted),
		"viewerDidAuthor": x.Author == v.c.Actor.Writer(), "url": v.w.PullHTML(r, i) + "#pullrequestreview-" + world.Decimal(x.ID),
		"commit": lazy(func() (any, error) { return v.objectNode(r, x.SHA) }),
	}
}
