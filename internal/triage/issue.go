package triage

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// IssueNumber is the rule on the issue in the title (devguide, "Lifecycle of a
// pull request", section "Submitting"). In mode off it has no Want. The server
// URL is that of GitHub's pages; "" is https://github.com.
func IssueNumber(set config.IssueNumbers, serverURL string) pull.Rule {
	rule := pull.Rule{
		Name:  "issue-number",
		About: aboutIssueNumber,
		Needs: pull.Statuses,
		Owns:  []string{set.Status},
		Looks: func(r *pull.Request) pull.Looks {
			if number := issueOf(r.Title, r.Body); r.State == pull.Open && number > 0 {
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
			status := issueStatus(r, serverURL, set.SkipLabel)
			status.Context = set.Status
			return pull.Want{Statuses: []pull.Status{status}}
		}
	}
	return rule
}

const githubURL = "https://github.com"

// issueStatus says whether the title names an issue. One that is there counts
// even with the label that makes it unnecessary, which says nothing of it.
func issueStatus(r *pull.Request, serverURL, skipLabel string) pull.Status {
	named, found := reference(r.Title, r.Body)
	url := fmt.Sprintf("%s/%s/%s/issues/%d", serverURL, r.Key.Owner, r.Key.Repo, named.Number)
	if named.Tracker == "bpo" {
		url = fmt.Sprintf(oldTrackerURL, named.Number)
	}
	switch {
	case found && valid(r, named):
		return pull.Status{State: pull.StatusSuccess, Description: fmt.Sprintf(statusIssueFound, named.Number), URL: url}
	case r.HasLabel(skipLabel):
		return pull.Status{State: pull.StatusSuccess, Description: statusIssueSkipped}
	case found:
		return pull.Status{State: pull.StatusFailure, Description: fmt.Sprintf(statusIssueInvalid, strings.ToUpper(named.Tracker), named.Number), URL: url}
	}
	return pull.Status{State: pull.StatusFailure, Description: fmt.Sprintf(statusIssueMissing, skipLabel), URL: issueHelpURL}
}

// reference is the first issue that a title names: it decides, whatever others
// come after it.
func reference(title, body string) (tracker.Issue, bool) {
	named := tracker.Named(fullTitle(title, body))
	if len(named) == 0 {
		return tracker.Issue{}, false
	}
	return named[0], true
}

// issueOf is the number of the issue on GitHub that a title names, or 0.
func issueOf(title, body string) int {
	if named, _ := reference(title, body); named.Tracker == "gh" {
		return named.Number
	}
	return 0
}

// valid tells whether an issue is there, open or closed. The old tracker takes
// no new issues: what titles say of it stands. In a local range nobody could look
// an issue up, and it counts as there.
func valid(r *pull.Request, named tracker.Issue) bool {
	issue, looked := r.Issues[named.Number]
	return named.Tracker == "bpo" || !looked || issue.Exists && !issue.Pull
}

// fullTitle is the title with what GitHub's form cut off and put at the start
// of the body.
func fullTitle(title, body string) string {
	start, cut := strings.CutSuffix(title, "…")
	line, _, _ := strings.Cut(body, "\n")
	rest, continued := strings.CutPrefix(line, "…")
	if !cut || !continued {
		return title
	}
	return start + strings.TrimRight(rest, " \t\r")
}
