package release_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/release"
)

// However much waits, comments and reports stay within GitHub's limits and the pages', and
// the next digest knows what it has told.
func TestBounds(t *testing.T) {
	set := config.Preset().Rules
	set.Release.Issues = []config.TrackingIssue{{Version: "3.15", Issue: 7}}
	now := time.Date(2026, 8, 5, 7, 0, 0, 0, time.UTC)
	f := pull.Release{Branch: "3.15", Tip: "aa", Tag: "v3.15.0rc1", Tagged: "bb"}
	for i := range 3000 {
		title := "[3.15] (ABI break) " + strings.Repeat("\U0001F40D|`", 100)
		f.Blockers = append(f.Blockers, pull.Blocker{Number: 100_000_000 + i, Title: title, Labels: []string{"release-blocker"}, Deferred: i%2 == 0})
		f.Open = append(f.Open, pull.Incoming{Summary: pull.Summary{Number: 200_000_000 + i, Title: title, Base: "3.15"}, Created: now})
		f.Merged = append(f.Merged, pull.Summary{Number: 300_000_000 + i, Title: title, State: pull.Merged, ClosedAt: now, Labels: []string{"type-security"}})
	}
	r := &pull.Request{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 7}, Issue: true, State: pull.Open, Now: now,
		Facts: ^pull.Facts(0), Notes: map[string]pull.PostedNote{}, Releases: map[string]pull.Release{"3.15": f}}
	want := release.Rule(with(set, builtin)).Want(r)
	for _, n := range want.Notes {
		if len(n.Body) > 60_000 || len(n.Data) > 16<<10 {
			t.Errorf("%s: %d bytes, %d of data", n.Key, len(n.Body), len(n.Data))
		}
	}
	if len(want.Notes) != 2 || len(want.Report) > 24<<10 || !json.Valid(want.Report) {
		t.Errorf("%d notes, a report of %d bytes", len(want.Notes), len(want.Report))
	}
}
