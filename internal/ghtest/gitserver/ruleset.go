package gitserver

import (
	"fmt"
	"path"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// ruleViolation is how git words every violation of a rule, and every secret.
const ruleViolation = "push declined due to repository rule violations"

// violations are the refs of a push that rules refuse, with the reasons, and what git prints as well.
func violations(r *world.Repo, in pushed) (refused map[string]string, notes []string) {
	refused = map[string]string{}
	whole := false
	for _, u := range in.updates {
		branch, _ := strings.CutPrefix(u.ref, "refs/heads/")
		found := fmt.Sprintf("error: GH013: Repository rule violations found for %s.", u.ref)
		rule, _ := path.Match(r.Ruleset.Pattern, branch)
		secret, _ := path.Match(r.SecretIn, branch)
		switch {
		case r.SecretIn != "" && secret && u.new != gitstore.ZeroSHA:
			whole = true
			notes = append(notes, found, "", "- GITHUB PUSH PROTECTION", "  "+strings.Repeat("—", 41), "    Resolve the following violations before pushing again", "",
				"    - Push cannot contain secrets", "")
		case r.Ruleset.Violation != "" && rule:
			refused[u.ref] = ruleViolation
			notes = append(notes, found, fmt.Sprintf("Review all repository rules at %s/%s/rules?ref=%s", r.World.URL, r.FullName(), strings.ReplaceAll(u.ref, "/", "%2F")),
				"", "- "+r.Ruleset.Violation, "")
		}
	}
	for _, u := range in.updates {
		if whole {
			refused[u.ref] = ruleViolation
		}
	}
	return refused, notes
}
