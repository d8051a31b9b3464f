package release_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/release"
)

// TestOddReleaseData: the comments in the tracking issue say what's odd about the release data,
// and invent nothing.
func TestOddReleaseData(t *testing.T) {
	const first = `{"stage": "4.0.0 beta 1", "state": "actual", "date": "2026-06-01"}, `
	next := func(day string) string {
		return first + `{"stage": "4.0.0 beta 2", "state": "expected", "date": "` + day + `"}`
	}
	for name, c := range map[string]struct {
		managers, releases string
		want               []string
	}{
		"two release managers": {"Hugo van Kemenade & Thomas Wouters", next("2026-08-20"),
			[]string{"Release managers: Hugo van Kemenade (hugovk), Thomas Wouters (Yhg1s).", "@hugovk, @Yhg1s, 1 new item needs your decision"}},
		"a release manager who left": {"Brave Sir Robin", next("2026-08-20"),
			[]string{"Brave Sir Robin (login unknown: add it to backport.managers", "Nobody's login is known here"}},
		"no release manager":        {"", next("2026-08-20"), []string{"The release data names no release manager."}},
		"a branch without releases": {"Hugo van Kemenade", "", []string{"- The release data has no next release of 4.0."}},
		"as planned":                {"Hugo van Kemenade", next("2026-08-20"), []string{"It's due on 2026-08-20, in about 2 weeks."}},
		"the calendar moved": {"Hugo van Kemenade", next("2026-08-04"),
			[]string{"It was due on 2026-08-04, but isn't tagged yet.",
				"The release data says that 4.0.0 beta 1 was released on 2026-06-01, but the tag v4.0.0b1 doesn't exist."}},
		"the calendar moved back": {"Hugo van Kemenade", next("2026-09-20"), []string{"It's due on 2026-09-20, in about 7 weeks."}},
	} {
		text := fmt.Sprintf(`{"metadata": {"4.0": {"pep": 9, "release_manager": %q, "start_of_development": "2025-01-01",
			"feature_freeze": "2026-05-01", "first_release": "2026-12-01", "end_of_life": "2031-10"}}, "releases": {"4.0": [%s]}}`,
			c.managers, c.releases)
		data, err := lifecycle.Parse(nil, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		set := config.Preset().Rules
		set.Release.Issues = []config.TrackingIssue{{Version: "4.0", Issue: 7}}
		facts := pull.Release{Branch: "4.0", Tip: "aa", Blockers: []pull.Blocker{{Number: 1, Labels: []string{"release-blocker"}}}}
		r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 7}, Issue: true, State: pull.Open, Facts: ^pull.Facts(0),
			Now: time.Date(2026, 8, 5, 7, 0, 0, 0, time.UTC), Notes: map[string]pull.PostedNote{}, Releases: map[string]pull.Release{"4.0": facts}}
		var posted strings.Builder
		for _, n := range release.Rule(with(set, func() *lifecycle.Calendar { return data })).Want(r).Notes {
			posted.WriteString(n.Body)
		}
		for _, words := range c.want {
			if !strings.Contains(posted.String(), words) {
				t.Errorf("%s: no %q in\n%s", name, words, posted.String())
			}
		}
	}
}
