// Package issuenumber is the rule on the issue number in the title of a pull request.
//
// It's pure, and must not know the other rules.
package issuenumber

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// Rule requires an issue in the title (devguide, "Lifecycle of a pull request", section
// "Submitting"). In mode off it has no Want. serverURL is that of GitHub's pages; ""
// is https://github.com.
func Rule(set config.IssueNumbers, serverURL string) pull.Rule {
	rule := pull.Rule{
		Name:  "issue-number",
		About: about,
		Needs: pull.Statuses,
		Owns:  []string{set.Status},
		Looks: func(r *pull.Request) pull.Looks {
			if number := tracker.OnGitHub(pull.FullTitle(r.Title, r.Body)); r.State == pull.Open && number > 0 {
				return pull.Looks{Issues: []int{number}}
			}
			return pull.Looks{}
		},
	}
	if serverURL == "" {
		serverURL = githubURL
	}
	if set.Mode == config.Require {
		rule.Want = func(r *pull.Request) pull.Want {
			if r.State != pull.Open {
				return pull.Want{}
			}
			s := status(r, serverURL, set.SkipLabel)
			s.Context = set.Status
			return pull.Want{Statuses: []pull.Status{s}}
		}
	}
	return rule
}

const githubURL = "https://github.com"

// status shows whether the title names an issue. Of several, the first one decides. An
// existing one is shown even if the pull request has the label that makes it
// unnecessary.
func status(r *pull.Request, serverURL, skipLabel string) pull.Status {
	named, found := tracker.First(pull.FullTitle(r.Title, r.Body))
	url := fmt.Sprintf("%s/%s/%s/issues/%d", serverURL, r.Key.Owner, r.Key.Repo, named.Number)
	if named.Tracker == "bpo" {
		url = fmt.Sprintf(oldTrackerURL, named.Number)
	}
	switch {
	case found && valid(r, named):
		return pull.Status{State: pull.StatusSuccess, Description: fmt.Sprintf(statusFound, named.Number), URL: url}
	case r.HasLabel(skipLabel):
		return pull.Status{State: pull.StatusSuccess, Description: statusSkipped}
	case found:
		description := fmt.Sprintf(statusInvalid, strings.ToUpper(named.Tracker), named.Number)
		return pull.Status{State: pull.StatusFailure, Description: description, URL: url}
	}
	return pull.Status{State: pull.StatusFailure, Description: fmt.Sprintf(statusMissing, skipLabel), URL: helpURL}
}

// valid reports whether an issue exists, open or closed. The old tracker takes no new
// issues, so its numbers aren't checked.
func valid(r *pull.Request, named tracker.Issue) bool {
	return named.Tracker == "bpo" || r.HasIssue(named.Number)
}
