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

func TestBuildbotComments(t *testing.T) {
	for _, tt := range []struct{ by, body, want string }{
		{"bedevere-bot", "Hi! The buildbot **AMD64 Fedora 3.x** has failed when building commit c0ffee.", "buildbot AMD64 Fedora 3.x bad"},
		{"Bedevere-Bot[bot]", "The buildbot **ARM** HAS PASSED.", "buildbot ARM good"},
		{"bedevere-bot", "has failed, but **x** has passed before", "buildbot x bad"},
		{"bedevere-bot", "Thanks!", ""},
		{"mallory", "The buildbot **AMD64** has failed", ""},
		{"other", "It's as fast as before", "perf good"},
		{"bedevere-bot", strings.Repeat(" ", maxBuildbot) + "has failed", ""},
	} {
		check, outcome, is := comment(buildbots, tt.by, tt.body)
		got := ""
		if is {
			got = check + " " + string(outcome)
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
		check, outcome, is := comment(buildbots, by, body)
		if is != (outcome == pull.RunGood || outcome == pull.RunBad) || len(check) > 320 ||
			strings.ContainsAny(check, "\n") || !utf8.ValidString(check) {
			t.Errorf("%q: %q %q %v", body, check, outcome, is)
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
