package world

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

// ReviewRulesOf are those of the rulesets on a branch.
func (r *Repo) ReviewRulesOf(branch string) []RequiredReview {
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
	p, _ := r.Protection(branch)
	want := RequiredReview{p.RequiredReviews, p.DismissStale, p.LastPush}
	for _, rule := range r.ReviewRulesOf(branch) {
		want = RequiredReview{max(want.Required, rule.Required), want.DismissStale || rule.DismissStale, want.LastPush || rule.LastPush}
	}
	return want
}

// unreviewed is what the base still asks of reviews, in GitHub's words, "" if nothing.
func (r *Repo) unreviewed(p *Pull) string {
	want := r.reviewing(p.BaseRef)
	if want.Required == 0 {
		return ""
	}
	approved, changes, last := 0, false, !want.LastPush || p.pusher == nil
	for _, v := range r.Opinions(p, true) {
		changes = changes || v.State == "CHANGES_REQUESTED"
		if v.State == "APPROVED" {
			approved++
			last = last || v.SHA == p.HeadSHA && v.Author != p.pusher
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

// ReviewDecision is nil where the base asks for no reviews, as on GitHub.
func (r *Repo) ReviewDecision(p *Pull) any {
	if r.reviewing(p.BaseRef).Required == 0 {
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
func (r *Repo) stale(i *Issue, by *User) {
	if !r.reviewing(i.Pull.BaseRef).DismissStale {
		return
	}
	for _, v := range i.Pull.Reviews {
		if v.State == "APPROVED" {
			r.dismiss(i, v, by, "")
		}
	}
}

// RequireReview adds a ruleset with the rule "pull_request" for the branches that a pattern matches; the zero RequiredReview takes it away.
func (r *Repo) RequireReview(pattern string, rule RequiredReview) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("requiring reviews on %q of %s: it is no pattern", pattern, r.FullName())
	}
	delete(r.reviewRules, pattern)
	if rule != (RequiredReview{}) {
		r.reviewRules[pattern] = rule
	}
	return r.Settle()
}
