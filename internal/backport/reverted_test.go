package backport_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestGapsAfterReverts: a reverted backport isn't there, and a fix that was reverted on main isn't missing.
func TestGapsAfterReverts(t *testing.T) {
	const title, security = "gh-1: Fix it", "type-security"
	own := func(p pull.Summary, body string) pull.Summary {
		p.Own, p.Body = true, body
		return p
	}
	on314 := func(p pull.Summary, days int) pull.Summary {
		p.ClosedAt = day("2026-10-01").AddDate(0, 0, days)
		return p
	}
	backported := on314(into(71, pull.Merged, "[3.14] "+title+" (GH-70)"), 71)
	reverted := on314(into(72, pull.Merged, `[3.14] Revert "`+title+` (GH-71)"`), 72)
	onMain := own(merged(80, `Revert "`+title+` (GH-70)"`, security), "Reverts #70, as `dana` asked.")
	byButton := on314(into(72, pull.Merged, `Revert "[3.14] `+title+` (GH-70)"`), 72)
	byButton.Body = "Reverts python/cpython#71"
	byOriginal := on314(into(72, pull.Merged, `[3.14] Revert "`+title+` (GH-70)"`), 72)
	byHand := merged(80, `Revert "`+title+` (GH-70)"`, security)
	byHandToo := on314(own(into(81, pull.Merged, `[3.14] Revert "`+title+` (GH-70)" (GH-80)`), ""), 81)
	again := on314(into(75, pull.Merged, "[3.14] "+title+" (GH-70)"), 75)
	missing := func(why string) []backport.Gap {
		return []backport.Gap{{Number: 70, Kind: "security", Why: security + why}}
	}
	gone := missing("; its backport #71 was reverted")
	for name, c := range map[string]struct {
		merged, into []pull.Summary
		want         []backport.Gap
	}{
		"the backport stands":      {into: []pull.Summary{backported}},
		"reverted by the bot":      {into: []pull.Summary{backported, own(reverted, "Reverts #71, as `dana` asked.")}, want: gone},
		"reverted by hand":         {into: []pull.Summary{reverted, backported}, want: gone},
		"by GitHub's button":       {into: []pull.Summary{backported, byButton}, want: gone},
		"by the original's number": {into: []pull.Summary{backported, byOriginal}, want: gone},
		"the revert is open":       {into: []pull.Summary{backported, own(into(72, pull.Open, reverted.Title), "")}},
		"the revert was reverted": {into: []pull.Summary{backported, reverted,
			own(into(73, pull.Merged, `[3.14] Revert "Revert "`+title+` (GH-71)" (GH-72)"`), "")}},
		"a title that says so afterwards": {into: []pull.Summary{backported, reverted, into(73, pull.Merged, `[3.14] Revert "x (GH-72)"`)},
			want: gone},
		"backported again":                {into: []pull.Summary{backported, reverted, again}},
		"again, by the original's number": {into: []pull.Summary{backported, byOriginal, again}},
		"on its way again": {into: []pull.Summary{backported, reverted, into(75, pull.Open, backported.Title)},
			want: []backport.Gap{{Number: 70, Kind: "security", Why: security, Backport: 75}}},
		"reverted on main": {merged: []pull.Summary{onMain}},
		"and there again": {merged: []pull.Summary{onMain,
			own(merged(90, `Revert "Revert "`+title+` (GH-70)" (GH-80)"`, security), "")},
			want: missing(", and no backport")},
		"the revert's backport is requested": {merged: []pull.Summary{own(merged(80, onMain.Title, security, asks+"3.14"), "")},
			want: []backport.Gap{{Number: 80, Kind: "revert", Labelled: true, Why: "labelled " + asks + "3.14"}}},
		"a stranger's title hides nothing": {merged: []pull.Summary{merged(85, onMain.Title, "type-bug")},
			want: append(missing(", and no backport"), backport.Gap{Number: 85, Kind: "bug", Why: "type-bug, and no backport"})},
		"the backport of a revert by hand": {merged: []pull.Summary{byHand}, into: []pull.Summary{backported, byHandToo}},
		"and on main again": {merged: []pull.Summary{byHand, own(merged(90, `Revert "Revert "`+title+` (GH-70)" (GH-80)"`, security), "")},
			into: []pull.Summary{backported, byHandToo}, want: gone},
		"two that revert each other": {into: []pull.Summary{backported,
			own(into(73, pull.Merged, "a"), "Reverts #74"), own(into(74, pull.Merged, "b"), "Reverts #73")}},
	} {
		on := append([]pull.Summary{merged(70, title, security)}, c.merged...)
		got := preset().Gaps(backport.Search{Version: "3.14", Phase: "bugfix"}, on, c.into)
		if diff := cmp.Diff(c.want, got, cmpopts.IgnoreFields(backport.Gap{}, "Title", "Merged"), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
