package regression

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

var buildbots = []config.BuildbotComment{
	{By: "bedevere-bot", Check: "buildbot", Bad: "has failed", Good: "has passed"},
	{By: "other", Check: "perf", Bad: "slower", Good: "as fast"},
}

// python is what CPython's buildbots comment on pull requests after the merge (python/buildmaster-config, master/custom/pr_reporter.py).
const python = ":warning::warning::warning: Buildbot failure :warning::warning::warning:\n" +
	"------------------------------------------------------------------------\n\n" +
	"Hi! The buildbot **AMD64 Arch Linux Asan 3.x** has failed when building commit 1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b.\n\n" +
	"What do you need to do:\n\n1. Don't panic.\n2. Check [the buildbot page in the devguide](https://devguide.python.org/buildbots/) " +
	"if you don't know what the buildbots are or how they work.\n3. Go to the page of the buildbot that failed " +
	"(https://buildbot.python.org/all/#/builders/585/builds/3456) and take a look at the build logs.\n"

func TestBuildbotComments(t *testing.T) {
	for _, tt := range []struct{ by, body, want string }{
		{"bedevere-bot", "Hi! The buildbot **AMD64 Fedora 3.x** has failed when building commit c0ffee.", "buildbot AMD64 Fedora 3.x bad"},
		{"bedevere-bot", python, "buildbot AMD64 Arch Linux Asan 3.x bad 1a2b3c4d5e6f1a2b3c4d5e6f1a2b3c4d5e6f1a2b " +
			"https://buildbot.python.org/all/#/builders/585/builds/3456"},
		{"bedevere-bot", "**x** has failed when building commit [caa3ef2](https://github.com/python/cpython/commit/caa3ef284a) " +
			"(https://buildbot.python.org/all/#builders/8/builds/908)", "buildbot x bad caa3ef2 https://buildbot.python.org/all/#builders/8/builds/908"},
		{"Bedevere-Bot[bot]", "The buildbot **ARM** HAS PASSED.", "buildbot ARM good"},
		{"bedevere-bot", "has failed, but **x** has passed before", "buildbot x bad"},
		{"bedevere-bot", "Thanks!", ""},
		{"mallory", "The buildbot **AMD64** has failed", ""},
		{"other", "It's as fast as before", "perf good"},
		{"bedevere-bot", strings.Repeat(" ", maxBuildbot) + "has failed", ""},
	} {
		report, is := comment(buildbots, tt.by, tt.body)
		got := ""
		if is {
			got = strings.TrimSpace(strings.Join([]string{report.Check, string(report.Outcome), report.Commit, report.URL}, " "))
		}
		if got != tt.want {
			t.Errorf("%s: %.60q: %q, want %q", tt.by, tt.body, got, tt.want)
		}
	}
}

// FuzzBuildbot: whatever a buildbot writes, the name of its check is short, valid text on one line.
func FuzzBuildbot(f *testing.F) {
	f.Add("bedevere-bot", "The buildbot **AMD64** has failed")
	f.Add("other", strings.Repeat("*", 300)+"slower\xff**\xff**")
	f.Fuzz(func(t *testing.T, by, body string) {
		r, is := comment(buildbots, by, body)
		if is != (r.Outcome == pull.RunGood || r.Outcome == pull.RunBad) || len(r.Check) > 420 || len(r.URL) > 500 || len(r.Commit) > 40 ||
			strings.ContainsAny(r.Check+r.URL, "\n") || !utf8.ValidString(r.Check+r.URL) || is && !Hears(config.Rules{Regressions: config.Regressions{Comments: buildbots}}, by) {
			t.Errorf("%q: %+v %v", body, r, is)
		}
	})
}

// What is off counts for nothing, and asks for nothing.
func TestSourceIsOffByDefault(t *testing.T) {
	s := config.Preset().Rules
	source := Source(s, noon)
	if source.On("main") || source.Watches != nil || source.Comment != nil || source.Nightly != nil || Heeds(s, "") || Heeds(s, "refleak") ||
		Watched(s, "main", "main") {
		t.Errorf("%+v", source)
	}
	s.Regressions.Checks = []string{"refleak", "buildbot/*/x*"}
	for check, want := range map[string]bool{"refleak": true, "Refleak": true, "refleaks": false,
		"buildbot/a/x": true, "BUILDBOT/a b/xyz": true,
		"buildbot/x": false, "": true} {
		if got := Heeds(s, check); got != want {
			t.Errorf("%q matters: %v", check, got)
		}
	}
	if !Watched(s, "main", "3.14") || Watched(s, "main", "feature") {
		t.Error("which branches are watched")
	}
}
