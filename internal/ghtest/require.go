package ghtest

import (
	"fmt"
	"path"
)

// RequiredReview is what a rule asks of reviews; both branch protections and rulesets have it. GitHub applies the strictest of all.
type RequiredReview struct {
	Required     int  // approvals by people who may write
	DismissStale bool // a push to the head dismisses approvals
	LastPush     bool // the last push must be approved by somebody else than who pushed
}

// RequireReview adds a ruleset with the rule "pull_request" for the branches that a pattern matches; the zero RequiredReview takes it away.
// Unlike a branch protection, whoever can read the repository can read it ("Get rules for a branch").
func (r *Repo) RequireReview(pattern string, rule RequiredReview) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("requiring reviews on %q of %s: it is no pattern", pattern, r.fullName())
	}
	delete(r.reviewRules, pattern)
	if rule != (RequiredReview{}) {
		r.reviewRules[pattern] = rule
	}
	return r.settle()
}

// reviewRulesOf are those of the rulesets on a branch.
func (r *Repo) reviewRulesOf(branch string) []RequiredReview {
	var all []RequiredReview
	for pattern, rule := range r.reviewRules {
		if ok, _ := path.Match(pattern, branch); ok { // RequireReview checked the pattern
			all = append(all, rule)
		}
	}
	return all
}

// reviewing is what a branch asks of reviews.
func (r *Repo) reviewing(branch string) RequiredReview {
	p, _ := r.protection(branch)
	want := RequiredReview{p.RequiredReviews, p.DismissStale, p.LastPush}
	for _, rule := range r.reviewRulesOf(branch) {
		want = RequiredReview{max(want.Required, rule.Required), want.DismissStale || rule.DismissStale, want.LastPush || rule.LastPush}
	}
	return want
}

// unreviewed is what the base still asks of reviews, in GitHub's words, "" if nothing.
func (r *Repo) unreviewed(p *pull) string {
	want := r.reviewing(p.baseRef)
	if want.Required == 0 {
		return ""
	}
	approved, changes, last := 0, false, !want.LastPush || p.pusher == nil
	for _, v := range r.opinions(p, true) {
		changes = changes || v.state == "CHANGES_REQUESTED"
		if v.state == "APPROVED" {
			approved++
			last = last || v.sha == p.headSHA && v.author != p.pusher
		}
	}
	switch {
	case changes:
		return "Changes have been requested."
	case approved < want.Required:
		return fmt.Sprintf("At least %s required by reviewers with write access.", plural(want.Required, "approving review is", "approving reviews are"))
	case !last:
		return "New changes require approval from someone other than the last pusher."
	}
	return ""
}

// reviewDecision is nil where the base asks for no reviews, as on GitHub.
func (r *Repo) reviewDecision(p *pull) any {
	if r.reviewing(p.baseRef).Required == 0 {
		return nil
	}
	switch r.unreviewed(p) {
	case "":
		return "APPROVED"
	case "Changes have been requested.":
		return "CHANGES_REQUESTED"
	}
	return "REVIEW_REQUIRED"
}

// stale dismisses the approvals of a pull request whose head was pushed to, where its base asks for that.
func (r *Repo) stale(i *issue, by *user) {
	if !r.reviewing(i.pull.baseRef).DismissStale {
		return
	}
	for _, v := range i.pull.reviews {
		if v.state == "APPROVED" {
			r.dismiss(i, v, by, "")
		}
	}
}

// protecting adds the fields of a branch's ref that are about its rules. Reading a protection takes a permission that most Apps lack.
func (v view) protecting(n node, r *Repo, branch string) {
	n["branchProtectionRule"] = v.needs("administration:read", func(map[string]any) (any, error) {
		p, protected := r.protection(branch)
		if !protected {
			return nil, nil
		}
		return node{
			"__typename": "BranchProtectionRule", "__interfaces": []string{"Node"}, "id": "BPR_" + branch, "requiresApprovingReviews": p.RequiredReviews > 0,
			"requiredApprovingReviewCount": p.RequiredReviews, "dismissesStaleReviews": p.DismissStale, "requireLastPushApproval": p.LastPush,
		}, nil
	})
	n["rules"] = resolver(func(args map[string]any) (any, error) {
		return nodesOf("rules", "RepositoryRule", r.reviewRulesOf(branch), func(rule RequiredReview) node {
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
