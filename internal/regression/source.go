package regression

import (
	"regexp"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Source says which reports count by the settings. A part that's off is nil.
func Source(s config.Rules, now time.Time) pull.CheckSource {
	out := pull.CheckSource{Doubts: termsOf(s, now).Doubts}
	if len(s.Regressions.Checks) > 0 {
		out.Watches = s.Regressions.Watches
	}
	if len(s.Regressions.Comments) > 0 {
		out.Comment = func(by, body string) (string, pull.RunOutcome, bool) {
			return comment(s.Regressions.Comments, by, body)
		}
	}
	if len(s.NightlyBuilds.Builds) > 0 {
		out.Nightly = func(branch string) (workflow, check string) {
			workflow = s.NightlyBuilds.Of(branch)
			return workflow, NightlyCheck(workflow)
		}
	}
	return out
}

// Heeds reports whether a report on a branch's commit matters; check is its name, or "" if
// that isn't known.
func Heeds(s config.Rules, check string) bool {
	named := len(s.Regressions.Checks)+len(s.Regressions.Comments)+len(s.NightlyBuilds.Builds) > 0
	return check == "" && named || s.Regressions.Watches(check)
}

func termsOf(s config.Rules, now time.Time) Terms {
	return Terms{Now: now, Longest: time.Duration(s.NightlyBuilds.Timeout) * time.Hour}
}

// NightlyCheck is what a nightly build is called among the checks.
func NightlyCheck(workflow string) string { return "nightly build (" + workflow + ")" }

// bold is what buildbots write around a builder's name.
var bold = regexp.MustCompile(`\*\*([^*\n]{1,100})\*\*`)

// maxBuildbot is how much of a comment is read, in bytes.
const maxBuildbot = 8 << 10

// comment reads a buildbot's comment.
func comment(known []config.BuildbotComment, by, body string) (check string, outcome pull.RunOutcome, is bool) {
	text := strings.ToLower(body[:min(len(body), maxBuildbot)])
	for _, c := range known {
		if !strings.EqualFold(strings.TrimSuffix(by, "[bot]"), c.By) {
			continue
		}
		switch {
		case strings.Contains(text, strings.ToLower(c.Bad)):
			outcome = pull.RunBad
		case strings.Contains(text, strings.ToLower(c.Good)):
			outcome = pull.RunGood
		default:
			continue
		}
		check = c.Check
		if m := bold.FindStringSubmatch(body[:min(len(body), maxBuildbot)]); m != nil {
			check += " " + strings.TrimSpace(strings.ToValidUTF8(m[1], "?"))
		}
		return check, outcome, true
	}
	return "", "", false
}
