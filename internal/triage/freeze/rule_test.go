package freeze

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	calendar := lifecycle.Builtin()
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule {
		return Rule(Config{Settings: s.Freeze, Release: s.Release, Backport: s.Backport, ServerURL: "https://github.com",
			Calendar: func() *lifecycle.Calendar { return calendar }, Commands: spoken(s)})
	})
}

// spoken stands for the commands: a comment by a release manager is one by itself, such as
// "freeze 3.15".
func spoken(s config.Rules) func(*pull.Request, string, []pull.Comment) []pull.Event {
	return func(_ *pull.Request, version string, comments []pull.Comment) (all []pull.Event) {
		kinds := map[string]pull.EventKind{"freeze ": pull.Frozen, "thaw ": pull.Thawed}
		for _, c := range comments {
			for verb, kind := range kinds {
				if c.Body == verb+version && s.Backport.Login("Hugo van Kemenade") == c.By {
					all = append(all, pull.Event{Kind: kind, Subject: version, By: c.By, At: c.At})
				}
			}
		}
		return all
	}
}

// TestDescriptionsAreShownInFull: GitHub cuts descriptions at 50 characters.
func TestDescriptionsAreShownInFull(t *testing.T) {
	day := time.Date(2026, 10, 2, 0, 0, 0, 0, time.UTC)
	long := "a-login-of-thirty-nine-characters-in-all"
	for _, s := range []state{
		{by: "hugovk"}, {by: long}, {until: day}, {until: day, lead: []string{"hugovk"}}, {until: day, lead: []string{"savannahostrowski"}},
		{until: day, lead: []string{"hugovk", "savannahostrowski"}}, {lead: []string{"Yhg1s", "ambv"}},
		{set: true, lead: []string{"hugovk", "savannahostrowski"}}, {set: true, lead: []string{long}},
	} {
		if text := descriptionFrozen(s); len(text) > shownInFull {
			t.Errorf("%d characters: %s", len(text), text)
		}
	}
	if got, want := descriptionFrozen(state{lead: []string{"Yhg1s", "ambv"}}), "Frozen until thawed: ask Yhg1s or ambv"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestHiddenCommentsOfTheIssue: while GitHub hides comments in the tracking issue, its comment stays
// as it is, like the statuses of pull requests.
func TestHiddenCommentsOfTheIssue(t *testing.T) {
	s, calendar := config.Preset(), lifecycle.Builtin()
	rule := Rule(Config{Settings: s.Freeze, Release: config.Release{Issues: []config.TrackingIssue{{Version: "3.15", Issue: 12345}}},
		Backport: s.Backport, ServerURL: "https://github.com", Calendar: func() *lifecycle.Calendar { return calendar }, Commands: spoken(s.Rules)})
	for hidden, notes := range map[bool]int{false: 1, true: 0} {
		want := rule.Want(&pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 12345}, Issue: true, Me: "concorde",
			Now: time.Date(2026, 8, 6, 0, 0, 0, 0, time.UTC), Notes: map[string]pull.PostedNote{noteKey: {ID: 1}}, NotesHidden: hidden,
			Open: map[string][]pull.OpenSummary{"3.15": {{Number: 1, Author: "eric", Statuses: map[string]pull.Status{
				s.Freeze.Status: {Context: s.Freeze.Status, State: pull.StatusFailure, URL: "https://github.com/python/cpython/issues/12345"}}}}}})
		if len(want.Notes) != notes || len(want.Enqueue) != notes {
			t.Errorf("hidden %v: %+v", hidden, want)
		}
	}
}
