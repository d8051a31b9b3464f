package backport_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestSearch(t *testing.T) {
	for name, c := range map[string]struct {
		version, at string
		change      []func(*config.Backport)
		phase       string
		since       string
		labels      []string
		failure     string
	}{
		"bug fixes": {version: "3.14", phase: "bugfix", since: "2025-05-07",
			labels: []string{asks + "3.14", "type-security", "type-bug", "type-crash"}},
		"security": {version: "3.12", phase: "security", since: "2023-05-22", labels: []string{asks + "3.12", "type-security"}},
		"final freeze": {version: "3.14", at: "2025-10-06", phase: "final freeze", since: "2025-05-07",
			labels: []string{asks + "3.14", "type-security", "type-bug", "type-crash"}},
		"only by override": {version: "4.2", change: []func(*config.Backport){override("4.2", "security")}, phase: "security",
			labels: []string{asks + "4.2", "type-security"}},
		"end of life":    {version: "3.9", failure: "3.9 reached its end of life on 2025-10-31 and accepts no more changes"},
		"in development": {version: "3.16", failure: "3.16 is still in development, so it has all changes"},
		"unknown": {version: "4.2", failure: "the release data doesn't list 4.2: is the version right? If so, add it to " +
			"backport.overrides in the settings"},
		"no such phase": {version: "3.14", change: []func(*config.Backport){func(b *config.Backport) { b.Phases = b.Phases[:1] }},
			failure: "the settings don't say what 3.14 accepts in the bugfix phase; the bot's operator can add that under `backport.phases`"},
	} {
		now := day("2026-11-21")
		if c.at != "" {
			now = day(c.at)
		}
		got, err := preset(c.change...).Search(c.version, now)
		if c.failure != "" {
			if err == nil || err.Error() != c.failure {
				t.Errorf("%s: %v, want %s", name, err, c.failure)
			}
			continue
		}
		want := backport.Search{Version: c.version, Phase: c.phase, Labels: c.labels}
		if c.since != "" {
			want.Since = day(c.since)
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
	}
}

// merged is a pull request that was merged into main on the day of that number.
func merged(number int, title string, labels ...string) pull.Summary {
	return pull.Summary{Number: number, Title: title, State: pull.Merged, Base: "main", Labels: labels,
		ClosedAt: day("2026-10-01").AddDate(0, 0, number)}
}

func into(number int, state pull.State, title string) pull.Summary {
	return pull.Summary{Number: number, Title: title, State: state, Base: "3.14"}
}

func TestGaps(t *testing.T) {
	bug, label := "type-bug", asks+"3.14"
	for name, c := range map[string]struct {
		phase        string // "bugfix" if empty
		merged, into []pull.Summary
		want         []backport.Gap // without Title and Merged
	}{
		"nothing": {},
		"the worst first, and those merged first": {merged: []pull.Summary{
			merged(6, "f", "docs", label), merged(5, "e", bug), merged(4, "d", label), merged(3, "c", bug), merged(2, "b", "type-crash"),
			merged(7, "g", "type-security"), merged(1, "a", "type-security"),
		}, want: []backport.Gap{
			{Number: 1, Kind: "security", Why: "type-security, and no backport"},
			{Number: 7, Kind: "security", Why: "type-security, and no backport"},
			{Number: 2, Kind: "crash", Why: "type-crash, and no backport"},
			{Number: 3, Kind: "bug", Why: "type-bug, and no backport"}, {Number: 5, Kind: "bug", Why: "type-bug, and no backport"},
			{Number: 4, Kind: "fix", Labelled: true, Why: "labelled " + label}, {Number: 6, Kind: "docs", Labelled: true, Why: "labelled " + label},
		}},
		"several labels, each listed": {merged: []pull.Summary{merged(1, "a", bug, "type-crash", label),
			merged(1, "a", bug, "type-crash", label)},
			want: []backport.Gap{{Number: 1, Kind: "crash", Labelled: true, Why: "labelled " + label}}},
		"case of labels": {merged: []pull.Summary{merged(1, "a", "Type-Bug", "Needs Backport to 3.14")},
			want: []backport.Gap{{Number: 1, Kind: "bug", Labelled: true, Why: "labelled " + label}}},
		"what nobody typed, features, and labels of other branches": {merged: []pull.Summary{
			merged(1, "a"), merged(2, "b", asks+"3.13"), merged(3, "c", "type-feature", label), merged(4, "d", "type-feature", bug),
			merged(5, "(ABI break) e", bug), merged(6, "f", "performance", label),
		}},
		"not merged": {merged: []pull.Summary{{Number: 1, State: pull.Open, Labels: []string{bug}},
			{Number: 2, State: pull.Closed, Labels: []string{bug}}}},
		"there already, by whatever hand": {merged: []pull.Summary{merged(1, "a", bug), merged(2, "b", bug, label), merged(3, "c", bug),
			merged(4, "d", bug)}, into: []pull.Summary{
			into(11, pull.Merged, "[3.14] a (GH-1)"), into(12, pull.Merged, " [3.14]  b (#2)"), into(13, pull.Merged, "[3.14] c (GH-9) (GH-3)"),
			{Number: 14, Title: "[3.14] d which is a long ti…", Body: "…tle (GH-4)\r\n\nAnd a text", State: pull.Merged, Base: "3.14"},
		}},
		"merged in the end": {merged: []pull.Summary{merged(1, "a", bug)},
			into: []pull.Summary{into(11, pull.Closed, "[3.14] a (GH-1)"), into(12, pull.Merged, "[3.14] a (GH-1)"),
				into(13, pull.Open, "[3.14] a (GH-1)")}},
		"on its way": {merged: []pull.Summary{merged(1, "a", bug), merged(2, "b", label)},
			into: []pull.Summary{into(13, pull.Open, "[3.14] a (GH-1)"), into(12, pull.Open, "[3.14] a (GH-1)"),
				into(11, pull.Closed, "[3.14] a (GH-1)"), into(14, pull.Open, "[3.14] b (GH-2)")},
			want: []backport.Gap{{Number: 1, Kind: "bug", Why: "type-bug", Backport: 13},
				{Number: 2, Kind: "fix", Labelled: true, Why: "labelled " + label, Backport: 14}}},
		"closed": {merged: []pull.Summary{merged(1, "a", bug), merged(2, "b", label)},
			into: []pull.Summary{into(11, pull.Closed, "[3.14] a (GH-1)"), into(12, pull.Closed, "[3.14] b (GH-2)")},
			want: []backport.Gap{{Number: 1, Kind: "bug", Why: "type-bug; its backport #11 was closed"},
				{Number: 2, Kind: "fix", Labelled: true, Why: "labelled " + label + "; its backport #12 was closed"}}},
		"no backport of it": {merged: []pull.Summary{merged(1, "a", bug)}, into: []pull.Summary{
			into(11, pull.Merged, "a (GH-1)"), into(12, pull.Merged, "[3.13] a (GH-1)"), into(13, pull.Merged, "[3.14] a (GH-10)"),
			into(14, pull.Merged, "[3.14] a GH-1"),
			{Number: 15, Title: "[3.14] a (GH-1)", State: pull.Merged, Base: "3.13"}, into(16, pull.Merged, "[3.14] a…"),
		}, want: []backport.Gap{{Number: 1, Kind: "bug", Why: "type-bug, and no backport"}}},
		"security branch": {phase: "security", merged: []pull.Summary{merged(1, "a", bug, label), merged(2, "b", "tests", label),
			merged(3, "c", "type-security"), merged(4, "d", "type-crash", "type-security", label)},
			want: []backport.Gap{{Number: 3, Kind: "security", Why: "type-security, and no backport"},
				{Number: 4, Kind: "security", Labelled: true, Why: "labelled " + label}}},
		"final freeze": {phase: "final freeze", merged: []pull.Summary{merged(1, "a", bug), merged(2, "b", "docs", label),
			merged(3, "c", "type-security", label)},
			want: []backport.Gap{{Number: 3, Kind: "security", Labelled: true, Why: "labelled " + label, Asks: true},
				{Number: 1, Kind: "bug", Why: "type-bug, and no backport", Asks: true}}},
	} {
		t.Run(name, func(t *testing.T) {
			s := backport.Search{Version: "3.14", Phase: "bugfix"}
			if c.phase != "" {
				s.Phase = c.phase
			}
			got := preset().Gaps(s, c.merged, c.into)
			if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(backport.Gap{}, "Title", "Merged")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, g := range got {
				if g.Title == "" || g.Merged.Before(day("2026-10-01").Add(time.Hour)) {
					t.Errorf("#%d: title %q, merged %s", g.Number, g.Title, g.Merged)
				}
			}
		})
	}
}

// Settings with kinds of their own decide what is a fix.
func TestGapsByOtherKinds(t *testing.T) {
	rules := preset(func(b *config.Backport) {
		b.Label = "backport:"
		b.Kinds = []config.Kind{{Name: "security", Labels: []string{"CVE"}}, {Name: "fix", Labels: []string{"P-crash-hang", "bug"}}}
	})
	s, err := rules.Search("3.14", day("2026-11-21"))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(s.Labels, ","); got != "backport: 3.14,CVE,P-crash-hang,bug" {
		t.Errorf("labels %s", got)
	}
	var kinds []string
	for _, g := range rules.Gaps(s, []pull.Summary{merged(1, "a", "bug"), merged(2, "b", "P-crash-hang"), merged(3, "c", "CVE"),
		merged(4, "d", "type-bug")}, nil) {
		kinds = append(kinds, g.Kind)
	}
	if diff := cmp.Diff([]string{"security", "crash", "bug"}, kinds); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
