package snapshot

import "github.com/concorde-bot/concorde/internal/gh"

// guardFields are what protection and rulesets require of reviews on a branch. Rules of
// other kinds have no parameters here.
const guardFields = `branchProtectionRule{requiredApprovingReviewCount dismissesStaleReviews requireLastPushApproval} ` +
	`rules(first:50){nodes{parameters{__typename ...on PullRequestParameters{` +
	`requiredApprovingReviewCount dismissStaleReviewsOnPush requireLastPushApproval}}}}`

// guardData is the answer. If GitHub shows nothing, nothing is required.
type guardData struct {
	BranchProtectionRule *guardRule
	Rules                *gh.Connection[struct{ Parameters *guardRule }]
}

type guardRule struct {
	RequiredApprovingReviewCount                                              int
	DismissesStaleReviews, DismissStaleReviewsOnPush, RequireLastPushApproval bool
}

// holds reports whether a push after an approval needs another approval ("About protected
// branches"; "Available rules for rulesets").
func (g *guardRule) holds() bool {
	return g != nil && g.RequiredApprovingReviewCount > 0 &&
		(g.DismissesStaleReviews || g.DismissStaleReviewsOnPush || g.RequireLastPushApproval)
}

func (d *guardData) holds() bool {
	if d.BranchProtectionRule.holds() {
		return true
	}
	if d.Rules == nil {
		return false
	}
	for _, rule := range d.Rules.Nodes {
		if rule.Parameters.holds() {
			return true
		}
	}
	return false
}
