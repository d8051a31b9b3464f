package config

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Regressions are the settings of checks that run after the merge, such as buildbots and
// the search for reference leaks: whose pull requests hear of a failure (devguide,
// "Following Python's Development", "Reverting a Merged Pull Request").
type Regressions struct {
	// Checks are patterns of statuses and check runs on the commits of branches, with * for
	// any text. Without any, and without comments or nightly builds, the rule does nothing.
	Checks []string `yaml:"checks" jsonschema:"maxLength=200,uniqueItems=true,maxItems=50"`
	// Comments are those of buildbots, on commits or on their pull requests after the merge.
	Comments []BuildbotComment `yaml:"comments" jsonschema:"maxItems=20"`
	// MaxPullRequests is the most pull requests that one failure comments on. If more may
	// have caused it, it comments on none.
	MaxPullRequests int `yaml:"max-pull-requests" jsonschema:"minimum=1,maximum=100"`
	// RevertAfter is how long a check fails before the comment offers a revert, in hours.
	RevertAfter int `yaml:"revert-after" jsonschema:"minimum=1,maximum=720"`
	// RevertBranch is how the branches of reverts start: BRANCH-1234567-main.
	RevertBranch string `yaml:"revert-branch" jsonschema:"maxLength=40,format=branch-prefix"`
}

// BuildbotComment is a comment that says how a build went.
type BuildbotComment struct {
	// the login of the account that writes it, without "[bot]"
	By string `yaml:"by" jsonschema:"required,maxLength=100,format=account"`
	// what the check is called. If the comment has bold text, that follows: the builder's name
	Check string `yaml:"check" jsonschema:"required,maxLength=100"`
	// text in comments on failures, in upper or lower case
	Bad string `yaml:"bad" jsonschema:"required,maxLength=200"`
	// text in comments on successes, in upper or lower case
	Good string `yaml:"good" jsonschema:"required,maxLength=200"`
}

// NightlyBuilds are the settings of builds that the bot starts once a night: the regression
// test of the release tools.
type NightlyBuilds struct {
	// Builds are the branches with a nightly build. A build is only started if the
	// branch has commits that it hasn't seen.
	Builds []NightlyBuild `yaml:"builds" jsonschema:"maxItems=20"`
	// At is the hour (UTC, 0 to 23) after which builds are started.
	At int `yaml:"at" jsonschema:"minimum=0,maximum=23"`
	// Timeout is how long a build may take, in hours. One that never ends counts as failed
	// then.
	Timeout int `yaml:"timeout" jsonschema:"minimum=1,maximum=72"`
}

// NightlyBuild is a workflow with the trigger workflow_dispatch.
type NightlyBuild struct {
	Branch   string `yaml:"branch" jsonschema:"required,maxLength=100"`                        // that it builds
	Workflow string `yaml:"workflow" jsonschema:"required,maxLength=100,format=workflow-file"` // its file in .github/workflows
}

// Watches reports whether a status or check run of this name counts.
func (r *Regressions) Watches(check string) bool {
	for _, pattern := range r.Checks {
		if wildcard(strings.ToLower(pattern), strings.ToLower(check)) {
			return true
		}
	}
	return false
}

// RevertHead is the branch of the pull request that reverts a merged commit on a branch.
func (r *Regressions) RevertHead(sha, base string) string {
	return fmt.Sprintf("%s-%.7s-%s", r.RevertBranch, sha, base)
}

// wildcard reports whether a pattern with * for any text matches.
func wildcard(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == text
	}
	first, last := parts[0], parts[len(parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, part := range parts[1 : len(parts)-1] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}

// Of returns the workflow file of a branch's nightly build; "" for none.
func (n *NightlyBuilds) Of(branch string) string {
	for _, b := range n.Builds {
		if b.Branch == branch {
			return b.Workflow
		}
	}
	return ""
}

// checkNightly finds branches with two builds.
func (d *decoder) checkNightly(n *NightlyBuilds) {
	branches := map[string]string{}
	for i, b := range n.Builds {
		d.once(branches, fmt.Sprintf("nightly-builds.builds[%d].branch", i), b.Branch)
	}
}

var workflowFileForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$`)

func workflowFile(s string) error {
	if !workflowFileForm.MatchString(s) {
		return errors.New("isn't a workflow: write its file name in .github/workflows, as in nightly.yml")
	}
	return nil
}
