// Package title is the rule on titles of pull requests into maintenance branches.
//
// It's pure, and must not know the other rules.
package title

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

// Rule requires the title of a pull request into a maintenance branch to start with that
// branch (devguide, "Git bootcamp", section "Backporting merged changes"), and
// recommends GH-123 over #123 in any title. In mode off it has no Want.
func Rule(set config.Titles) pull.Rule {
	rule := pull.Rule{Name: "title", About: about, Needs: pull.Statuses | pull.Checks, Owns: []string{set.Status}}
	if set.Mode == config.Require {
		rule.Want = func(r *pull.Request) pull.Want {
			if r.State != pull.Open {
				return pull.Want{}
			}
			return pull.Want{Statuses: status(r, set.Status), Checks: check(r, set.Check)}
		}
	}
	return rule
}

var (
	// atStart matches a title that starts with a branch.
	atStart = regexp.MustCompile(`^\s*\[([0-9]+\.[0-9]+)\]\s*\S`)
	// nearStart matches what people write instead, with whatever space.
	nearStart = regexp.MustCompile(`^[\s\v\x85\pZ]*(?:\[\s*[vV]?[0-9]+\.[0-9]+\s*\]:*[\s\v\x85\pZ]*)+`)
	// byHash is how GitHub names a pull request when it merges it.
	byHash = regexp.MustCompile(`\(#([0-9]+)\)`)
)

// valid reports whether the title starts with the base branch, if that's a maintenance
// branch. Another version there is a mistake: the commit would name a branch that it
// isn't on.
func valid(r *pull.Request) bool {
	m := atStart.FindStringSubmatch(pull.FullTitle(r.Title, r.Body))
	return !lifecycle.ValidVersion(r.Base) || m != nil && m[1] == r.Base
}

// status is set on pull requests into maintenance branches. One that failed and now has
// another base turns green: there may be no push that brings a new head.
func status(r *pull.Request, context string) []pull.Status {
	status := pull.Status{Context: context, State: pull.StatusSuccess, Description: statusValid}
	switch {
	case !lifecycle.ValidVersion(r.Base):
		if r.Statuses[context].State != pull.StatusFailure {
			return nil
		}
		status.Description = statusUnneeded
	case !valid(r):
		status.State, status.Description, status.URL = pull.StatusFailure, statusInvalid, helpURL
	}
	return []pull.Status{status}
}

// check suggests a better title. A title without faults gets no check run, unless the
// head has one already.
func check(r *pull.Request, name string) []pull.CheckPart {
	title := pull.FullTitle(r.Title, r.Body)
	part := pull.CheckPart{Check: name, Conclusion: pull.Success, Title: checkGood, Summary: summaryGood}
	switch {
	case !valid(r):
		part.Conclusion, part.Title = pull.Failure, fmt.Sprintf(checkBranch, r.Base)
		part.Summary = fmt.Sprintf(summaryBranch, r.Base, r.Base)
	case byHash.MatchString(title):
		part.Conclusion, part.Title = pull.Neutral, checkHash
		part.Summary = summaryHash
	default:
		if _, exists := r.Checks[name]; !exists {
			return nil
		}
		return []pull.CheckPart{part}
	}
	if text := better(title, r.Base); text != "" {
		part.Summary += "\n\n" + summaryCopy + "\n\n" + markdown.Fence(text)
	}
	return []pull.CheckPart{part}
}

// maxTitle is the length of a title in characters ("Update a pull request", REST API).
const maxTitle = 256

// better is the title with its branch once, and with GH-123 for #123. It's "" if no words
// are left, or too many.
func better(title, base string) string {
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
