package regression

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

var builds = config.NightlyBuilds{Builds: []config.NightlyBuild{{Branch: "main", Workflow: "nightly.yml"}}, At: 23, Timeout: 6}

// A build is due once a night, for commits that no build has seen.
func TestDue(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 8, 5, hour, 30, 0, 0, time.UTC) }
	ran := func(sha string, began time.Time, shows bool) []pull.Build {
		return []pull.Build{{SHA: sha, Began: began, Shows: shows}}
	}
	for name, tt := range map[string]struct {
		now    time.Time
		head   string
		before []pull.Build
		want   bool
	}{
		"the first one":                    {at(23), "a", nil, true},
		"after midnight":                   {at(6), "a", nil, true},
		"in the morning":                   {at(7), "a", nil, false},
		"before the hour":                  {at(22), "a", nil, false},
		"no branch":                        {at(23), "", nil, false},
		"built before":                     {at(23), "a", ran("a", at(1), true), false},
		"built before, but cancelled":      {at(23), "a", ran("a", at(1), false), true},
		"new commits":                      {at(23), "b", ran("a", at(1), true), true},
		"started tonight, and new commits": {at(6), "b", ran("a", at(1), true), false},
		"started by a person tonight":      {at(6), "b", ran("b", at(0), true), false},
		"a minute before the hour":         {at(6), "b", ran("a", at(0).Add(-91*time.Minute), true), true},
	} {
		if got := Due(builds, tt.now, tt.head, tt.before); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Readiness hears how the newest night went, and since when it fails.
func TestNight(t *testing.T) {
	s := config.Preset().Rules
	s.NightlyBuilds = builds
	for words, want := range map[string]NightlyOutcome{
		"- -":     {State: NightNone},
		"g -":     {State: NightPassed, SHA: "1"},
		"g b - b": {State: NightFailed, SHA: "4", Since: noon.Add(time.Hour), LastGood: "1"},
		"b":       {State: NightFailed, SHA: "1", Since: noon},
		"b g":     {State: NightPassed, SHA: "2"},
		"b g p":   {State: NightRunning, SHA: "3"},
	} {
		b := history(words)
		for i := range b.Commits {
			b.Commits[i].SHA = b.Commits[i].SHA[39:]
			for n := range b.Commits[i].Runs {
				b.Commits[i].Runs[n].Check, b.Commits[i].Runs[n].Nightly = NightlyCheck("nightly.yml"), true
			}
		}
		got, has := Night(s)("main", b, noon.Add(4*time.Hour))
		got.At, got.URL = time.Time{}, ""
		want.Branch, want.Workflow = "main", "nightly.yml"
		if got != want || !has {
			t.Errorf("%q: %+v, want %+v", words, got, want)
		}
	}
	// A build that passed when it was run again is there as failed, too.
	again := history("g b g")
	for i := range again.Commits {
		for n := range again.Commits[i].Runs {
			again.Commits[i].Runs[n].Check, again.Commits[i].Runs[n].Nightly = NightlyCheck("nightly.yml"), true
		}
	}
	last := &again.Commits[2]
	failed := last.Runs[0]
	failed.Outcome = pull.RunBad
	last.Runs = append(last.Runs, failed)
	if got, _ := Night(s)("main", again, noon.Add(4*time.Hour)); got.State != NightPassed || !got.Since.IsZero() {
		t.Errorf("run again: %+v", got)
	}
	if _, has := Night(s)("3.14", history("g"), noon); has {
		t.Error("3.14 has no nightly build")
	}
}
