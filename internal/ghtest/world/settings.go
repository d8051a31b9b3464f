package world

import (
	"fmt"
	"path"
	"slices"
)

// Protect protects a branch, or those that a pattern ("3.*") matches; the zero Protection removes it.
func (r *Repo) Protect(pattern string, p Protection) error {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return fmt.Errorf("protecting %q of %s: it is no pattern", pattern, r.FullName())
	}
	if p.RequiredReviews == 0 && p.RequiredContexts == nil && !p.DismissStale && !p.LastPush && !p.Strict && !p.NoPush && !p.MergeQueue {
		delete(r.protections, pattern)
	} else {
		r.protections[pattern] = p
	}
	return r.Settle()
}

// RequireReview adds a ruleset with the rule "pull_request" for the branches that a pattern matches; the zero RequiredReview removes it.
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

// Collaborator gives a person a role: read, triage, write, maintain or admin; "" removes it.
func (r *Repo) Collaborator(login, role string) error {
	u := r.World.Account(login)
	switch {
	case role == "":
		delete(r.Roles, u)
	case !slices.Contains(Roles, role):
		return fmt.Errorf("adding collaborator %s to %s: there is no role %q", login, r.FullName(), role)
	default:
		r.Roles[u] = role
	}
	return r.Settle()
}
