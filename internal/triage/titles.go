package triage

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Titles is the rule on titles of pull requests into maintenance branches
// (devguide, "Git bootcamp", section "Backporting merged changes"), with a hint
// for titles that name pull requests as GitHub does. In mode off it has no Want.
func Titles(set config.Titles) pull.Rule {
	rule := pull.Rule{Name: "title", About: aboutTitles, Needs: pull.Statuses | pull.Checks, Owns: []string{set.Status}}
	if set.Mode == config.Require {
		rule.Want = func(r *pull.Request) pull.Want {
			if r.State != pull.Open {
				return pull.Want{}
			}
			return pull.Want{Statuses: titleStatus(r, set.Status), Checks: titleCheck(r, set.Check)}
		}
	}
	return rule
}

var (
	// atStart is what a title into a maintenance branch starts with.
	atStart = regexp.MustCompile(`^\s*\[([0-9]+\.[0-9]+)\]\s*\S`)
	// nearStart is what people mean by it.
	nearStart = regexp.MustCompile(`^\s*(?:\[\s*[vV]?[0-9]+\.[0-9]+\s*\][\s:]*)+`)
	// byHash names a pull request as GitHub does when it merges.
	byHash = regexp.MustCompile(`\(#([0-9]+)\)`)
)

// titleFits tells whether the title starts with the branch it goes into, which
// matters for maintenance branches alone. Another version there is a slip: the
// commit would say that it is on a branch where it is not.
func titleFits(r *pull.Request) bool {
	m := atStart.FindStringSubmatch(fullTitle(r.Title, r.Body))
	return !lifecycle.ValidVersion(r.Base) || m != nil && m[1] == r.Base
}

// titleStatus is set on pull requests into maintenance branches. One that went
// there before, and failed, is not left red by what no longer matters: no push
// may come to make a new head of it.
func titleStatus(r *pull.Request, context string) []pull.Status {
	status := pull.Status{Context: context, State: pull.StatusSuccess, Description: statusTitleValid}
	switch {
	case !lifecycle.ValidVersion(r.Base):
		if r.Statuses[context].State != pull.StatusFailure {
			return nil
		}
		status.Description = statusTitleUnneeded
	case !titleFits(r):
		status.State, status.Description, status.URL = pull.StatusFailure, statusTitleInvalid, titleHelpURL
	}
	return []pull.Status{status}
}

// titleCheck says what would be a better title. There is no check run while
// there is nothing to say, unless it said something of this head before.
func titleCheck(r *pull.Request, name string) []pull.CheckPart {
	title := fullTitle(r.Title, r.Body)
	part := pull.CheckPart{Check: name, Conclusion: pull.Success, Title: checkTitleGood, Summary: summaryTitleGood}
	switch {
	case !titleFits(r):
		part.Conclusion, part.Title = pull.Failure, fmt.Sprintf(checkTitleBranch, r.Base)
		part.Summary = fmt.Sprintf(summaryTitleBranch, r.Base, r.Base)
	case byHash.MatchString(title):
		part.Conclusion, part.Title = pull.Neutral, checkTitleHash
		part.Summary = summaryTitleHash
	default:
		if _, said := r.Checks[name]; !said {
			return nil
		}
		return []pull.CheckPart{part}
	}
	if better := betterTitle(title, r.Base); better != "" {
		part.Summary += "\n\n" + summaryTitleCopy + "\n\n" + markdown.Fence(better)
	}
	return []pull.CheckPart{part}
}

// maxTitle of a pull request, in characters ("Update a pull request", REST API).
const maxTitle = 256

// betterTitle is the title as it should be: with its branch once, and pull
// requests as GH-123. It is "" where no words are left, or too many.
func betterTitle(title, base string) string {
	words := byHash.ReplaceAllString(title, "(GH-$1)")
	if lifecycle.ValidVersion(base) {
		words = strings.TrimSpace(nearStart.ReplaceAllString(words, ""))
		if words == "" {
			return ""
		}
		words = "[" + base + "] " + words
	}
	if utf8.RuneCountInString(words) > maxTitle {
		return ""
	}
	return words
}
