package ghtest

import (
	"fmt"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// SetLabel makes or changes a label of the repository, by a person; an empty Color stays what it is.
func (r *Repo) SetLabel(l Label) error {
	defer r.lock()()
	in := world.LabelInput{Description: &l.Description}
	if l.Color != "" {
		in.Color = &l.Color
	}
	if err := in.Check(l.Name); err != nil {
		return fmt.Errorf("setting label %q of %s: %w", l.Name, r.repo.FullName(), err)
	}
	in.Apply(r.repo.Label(l.Name))
	return nil
}

// DeleteLabel deletes a label of the repository, by a person.
func (r *Repo) DeleteLabel(name string) error {
	defer r.lock()()
	l := r.repo.FindLabel(name)
	if l == nil {
		return fmt.Errorf("deleting label %q of %s: there is none", name, r.repo.FullName())
	}
	r.repo.DropLabel(l)
	return nil
}

// Protect protects a branch, or those that a pattern ("3.*") matches; the zero Protection removes it.
func (r *Repo) Protect(pattern string, p Protection) error {
	defer r.lock()()
	return r.repo.Protect(pattern, p)
}

// RequireReview adds a ruleset with the rule "pull_request" for the branches that a pattern matches; the zero RequiredReview removes it.
// Unlike a branch protection, whoever can read the repository can read it ("Get rules for a branch").
func (r *Repo) RequireReview(pattern string, rule RequiredReview) error {
	defer r.lock()()
	return r.repo.RequireReview(pattern, rule)
}

// Collaborator gives a person a role: read, triage, write, maintain or admin; "" removes it. All others may read what is public.
func (r *Repo) Collaborator(login, role string) error {
	defer r.lock()()
	return r.repo.Collaborator(login, role)
}

// SetPrivate closes the repository to strangers, or opens it.
func (r *Repo) SetPrivate(private bool) {
	defer r.lock()()
	r.repo.Private = private
}

// AllowAutoMerge says whether auto-merge may be enabled; it may at the start.
func (r *Repo) AllowAutoMerge(allow bool) {
	defer r.lock()()
	r.repo.NoAutoMerge = !allow
}

// PlanWithoutAutoMerge has GitHub refuse auto-merge whatever the settings say, as private repositories on a free plan are reported to do.
func (r *Repo) PlanWithoutAutoMerge() {
	defer r.lock()()
	r.repo.NoPlan = true
}

// AllowMerges names the methods by which pull requests may be merged through the API: squash, merge, rebase; all at the start.
func (r *Repo) AllowMerges(methods ...string) {
	defer r.lock()()
	r.repo.Methods = methods
}

// LazyMergeability says whether GitHub is slow: then "mergeable" is unknown to the first request that wants it after the head or
// the base moved, and the question is what makes GitHub find it out.
func (r *Repo) LazyMergeability(lazy bool) {
	defer r.lock()()
	r.repo.LazyMergeability(lazy)
}

// Archive makes the repository read-only for everybody, or ends that.
func (r *Repo) Archive(on bool) {
	defer r.lock()()
	r.repo.Archive(on)
}

// Ruleset declines pushes to the branches that a pattern matches, as GitHub's rulesets do, for a reason in GitHub's words: "Cannot create ref due
// to creations being restricted." "" ends it. Unlike Protect, it says GH013.
func (r *Repo) Ruleset(pattern, violation string) {
	defer r.lock()()
	r.repo.Ruleset = world.Ruleset{Pattern: pattern, Violation: violation}
}

// PushProtection declines pushes as if secret scanning found something in the branches that a pattern matches. GitHub blocks such a push as a
// whole, in the words that it has for rules. "" ends it.
func (r *Repo) PushProtection(pattern string) {
	defer r.lock()()
	r.repo.SecretIn = pattern
}

// RejectPushes makes git refuse every push with a text, as a hook before the receipt does: "remote: …", and each ref is
// "[remote rejected] … (pre-receive hook declined)". "" ends it.
func (r *Repo) RejectPushes(text string) {
	defer r.lock()()
	r.repo.Rejection = text
}

// NoFilter makes git serve the repository without partial clones, as old servers do. GitHub has them, and so have these repositories.
func (r *Repo) NoFilter(without bool) {
	defer r.lock()()
	r.repo.NoFilter = without
}
