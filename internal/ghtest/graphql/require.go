package graphql

import (
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// protecting adds the fields of a branch's ref that are about its rules. Reading a protection takes a permission that most Apps lack.
func (v view) protecting(n node, r *world.Repo, branch string) {
	n["branchProtectionRule"] = v.needs("administration:read", func(map[string]any) (any, error) {
		p, protected := r.Protection(branch)
		if !protected {
			return nil, nil
		}
		return node{
			"__typename": "BranchProtectionRule", "__interfaces": []string{"Node"}, "id": "BPR_" + branch, "requiresApprovingReviews": p.RequiredReviews > 0,
			"requiredApprovingReviewCount": p.RequiredReviews, "dismissesStaleReviews": p.DismissStale, "requireLastPushApproval": p.LastPush,
		}, nil
	})
	n["rules"] = resolver(func(args map[string]any) (any, error) {
		return nodesOf("rules", "RepositoryRule", r.ReviewRulesOf(branch), func(rule world.RequiredReview) node {
			return node{
				"__typename": "RepositoryRule", "__interfaces": []string{"Node"}, "id": "RRU_" + branch, "type": "PULL_REQUEST",
				"parameters": node{
					"__typename": "PullRequestParameters", "__interfaces": []string{"RuleParameters"}, "requiredApprovingReviewCount": rule.Required,
					"dismissStaleReviewsOnPush": rule.DismissStale, "requireLastPushApproval": rule.LastPush,
				},
			}
		})(args)
	})
}
