package ghtest

import (
	"fmt"
	"path"
	"strings"
)

// Ruleset declines pushes to the branches that a pattern matches, as GitHub's rulesets do, for a reason in GitHub's words: "Cannot create ref due
// to creations being restricted." "" ends it. Unlike Protect, it says GH013.
func (r *Repo) Ruleset(pattern, violation string) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.ruleset = ruleset{pattern, violation}
}

// PushProtection declines pushes as if secret scanning found something in the branches that a pattern matches. GitHub blocks such a push as a
// whole, in the words that it has for rules. "" ends it.
func (r *Repo) PushProtection(pattern string) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	r.secretIn = pattern
}

// ruleset is a rule on the branches that a pattern matches.
type ruleset struct{ pattern, violation string }

// ruleViolation is how git words every violation of a rule, and every secret.
const ruleViolation = "push declined due to repository rule violations"

// violations are what rules refuse of a push, and what GitHub prints beside.
func (r *Repo) violations(in pushed) (refused map[string]string, notes []string) {
	refused = map[string]string{}
	whole := false
	for _, u := range in.updates {
		branch, _ := strings.CutPrefix(u.ref, "refs/heads/")
		found := fmt.Sprintf("error: GH013: Repository rule violations found for %s.", u.ref)
		rule, _ := path.Match(r.ruleset.pattern, branch)
		secret, _ := path.Match(r.secretIn, branch)
		switch {
		case r.secretIn != "" && secret && u.new != zeroSHA:
			whole = true
			notes = append(notes, found, "", "- GITHUB PUSH PROTECTION", "  "+strings.Repeat("—", 41), "    Resolve the following violations before pushing again", "",
				"    - Push cannot contain secrets", "")
		case r.ruleset.violation != "" && rule:
			refused[u.ref] = ruleViolation
			notes = append(notes, found, fmt.Sprintf("Review all repository rules at %s/%s/rules?ref=%s", r.srv.URL, r.fullName(), strings.ReplaceAll(u.ref, "/", "%2F")),
				"", "- "+r.ruleset.violation, "")
		}
	}
	for _, u := range in.updates {
		if whole {
			refused[u.ref] = ruleViolation
		}
	}
	return refused, notes
}
