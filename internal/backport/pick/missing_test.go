package pick

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/google/go-cmp/cmp"
)

func TestLacking(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 8, n, 0, 0, 0, 0, time.UTC) }
	from := []snapshot.PathCommit{
		{SHA: "a1", Subject: "gh-1: Backported, by its line (GH-11111)", At: day(9)},
		{SHA: "a2", Subject: "gh-2: Backported, by its subject (#22222)", At: day(8)},
		{SHA: "a3", Subject: "gh-3: Missing (GH-33333)", At: day(7)},
		{SHA: "a4", Subject: "gh-4: In both", At: day(6)},
		{SHA: "a5", Subject: "gh-5: Older than all that is known of the other", At: day(1)},
	}
	other := []snapshot.PathCommit{
		{SHA: "b1", Subject: "[3.14] gh-1: Other words (GH-11112)",
			Message: "x\n(cherry picked from commit a1abcdef)\n(cherry picked from commit 0a1)", At: day(9)},
		{SHA: "b2", Subject: "[3.14] gh-2: Backported, by its subject (GH-22222) (GH-22223)", At: day(9)},
		{SHA: "a4", Subject: "gh-4: In both", At: day(6)},
	}
	other[0].Message = strings.ReplaceAll(other[0].Message, "a1abcdef", "a111111")
	from[0].SHA = "a111111"
	var missing []string
	for _, c := range lacking(from, other) {
		missing = append(missing, c.SHA)
	}
	if diff := cmp.Diff([]string{"a3"}, missing); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := lacking(from, nil); len(got) != len(from) {
		t.Errorf("of a file that the other branch never had %d commits are missing", len(got))
	}
}
