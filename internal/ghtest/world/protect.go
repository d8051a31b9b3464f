package world

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
)

// Protection is that of a branch, by its name before any pattern.
func (r *Repo) Protection(branch string) (Protection, bool) {
	if p, ok := r.protections[branch]; ok {
		return p, true
	}
	for _, pattern := range slices.Sorted(maps.Keys(r.protections)) {
		if ok, _ := path.Match(pattern, branch); ok { // Protect checked the pattern
			return r.protections[pattern], true
		}
	}
	return Protection{}, false
}

// Refused says why a ref may not be moved from outside, "" if it may: the text after "GH006: ".
func (r *Repo) Refused(ref, sha string) string {
	branch, ok := strings.CutPrefix(ref, "refs/heads/")
	p, protected := r.Protection(branch)
	if !ok || !protected {
		return ""
	}
	reason := ""
	switch {
	case sha == "" && p.Deletions:
	case sha == "":
		reason = "Cannot delete this protected branch"
	case p.NoPush:
		reason = "You're not authorized to push to this branch. Visit https://docs.github.com/articles/about-protected-branches/ for more information."
	case r.reviewing(branch).Required > 0:
		reason = "Changes must be made through a pull request."
	default:
		reason = strings.Join(r.unmetContexts(sha, p.RequiredContexts), " ")
	}
	return reason
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

// Opinions are each reviewer's latest review that is more than a comment, oldest first.
func (r *Repo) Opinions(p *Pull, writersOnly bool) []*Review {
	var out []*Review
	for _, v := range p.Reviews {
		if v.State == "COMMENTED" || (writersOnly && !r.CanWrite(v.Author)) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(x *Review) bool { return x.Author == v.Author }), v)
	}
	return out
}

// ReviewDecision is nil where the base requires no reviews, as on GitHub.
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

// unmet is what the base branch still asks of a pull request, in GitHub's words.
func (r *Repo) unmet(p *Pull) []string {
	want, _ := r.Protection(p.BaseRef)
	var out []string
	if said := r.unreviewed(p); said != "" {
		out = append(out, said)
	}
	return append(out, r.unmetContexts(p.HeadSHA, want.RequiredContexts)...)
}

// unmetContexts says which of the required contexts are not successful on a commit.
func (r *Repo) unmetContexts(sha string, required []string) []string {
	words := map[string]string{"": "expected", "PENDING": "pending", "FAILURE": "failing", "ERROR": "failing"}
	states := r.contexts(sha)
	counts := map[string]int{}
	last, unmet := "", 0
	for _, name := range required {
		if word, missing := words[states[name]]; missing {
			counts[word]++
			last, unmet = fmt.Sprintf("Required status check %q is %s.", name, word), unmet+1
		}
	}
	switch {
	case unmet == 0:
		return nil
	case unmet == 1:
		return []string{last}
	case counts["expected"] == unmet:
		return []string{fmt.Sprintf("%d of %d required status checks are expected.", unmet, len(required))}
	}
	var parts []string
	for _, word := range []string{"expected", "pending", "failing"} {
		if counts[word] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[word], word))
		}
	}
	return []string{fmt.Sprintf("%d of %d required status checks have not succeeded: %s.", unmet, len(required), strings.Join(parts, ", "))}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
