package regression

import (
	"regexp"
	"slices"
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
		out.Comment = func(by, body string) (pull.CommentReport, bool) {
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

// built and address are how they name the commit and the build: "has failed when building
// commit 1a2b3c4 …" and https://buildbot.python.org/all/#/builders/1/builds/2 (python/
// buildmaster-config, master/custom/pr_reporter.py).
var (
	built   = regexp.MustCompile(`(?i)\bcommit\s+\[?([0-9a-f]{7,40})\b`)
	address = regexp.MustCompile(`https?://[^\s()<>\[\]"]{1,300}/builds/[0-9]{1,12}`)
)

// Hears reports whether a login is that of a buildbot whose comments count.
func Hears(s config.Rules, login string) bool {
	return slices.ContainsFunc(s.Regressions.Comments, func(c config.BuildbotComment) bool { return writes(c, login) })
}

func writes(c config.BuildbotComment, login string) bool {
	return strings.EqualFold(strings.TrimSuffix(login, "[bot]"), c.By)
}

// comment reads a buildbot's comment.
func comment(known []config.BuildbotComment, by, body string) (report pull.CommentReport, is bool) {
	body = strings.ToValidUTF8(body[:min(len(body), maxBuildbot)], "?")
	text := strings.ToLower(body)
	for _, c := range known {
		if !writes(c, by) {
			continue
		}
		switch {
		case strings.Contains(text, strings.ToLower(c.Bad)):
			report.Outcome = pull.RunBad
		case strings.Contains(text, strings.ToLower(c.Good)):
			report.Outcome = pull.RunGood
		default:
			continue
		}
		report.Check = c.Check
		if m := bold.FindStringSubmatch(body); m != nil {
			report.Check += " " + strings.TrimSpace(m[1])
		}
		if m := built.FindStringSubmatch(body); m != nil {
			report.Commit = strings.ToLower(m[1])
		}
		report.URL = address.FindString(body)
		return report, true
	}
	return pull.CommentReport{}, false
}
