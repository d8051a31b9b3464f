package backport

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestLacking(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 8, n, 0, 0, 0, 0, time.UTC) }
	from := []gh.Commit{
		{SHA: "a1", Subject: "gh-1: Backported, by its line (GH-11111)", At: day(9)},
		{SHA: "a2", Subject: "gh-2: Backported, by its subject (#22222)", At: day(8)},
		{SHA: "a3", Subject: "gh-3: Missing (GH-33333)", At: day(7)},
		{SHA: "a4", Subject: "gh-4: In both", At: day(6)},
		{SHA: "a5", Subject: "gh-5: Older than all that is known of the other", At: day(1)},
	}
	other := []gh.Commit{
		{SHA: "b1", Subject: "[3.14] gh-1: Other words (GH-11112)", Message: "x\n(cherry picked from commit a1abcdef)\n(cherry picked from commit 0a1)", At: day(9)},
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

// A board has room for 16 kB of memory, whatever the conflicts.
func TestMemoryFits(t *testing.T) {
	o := original{Config: &Config{ServerURL: "https://github.com"}, r: &pull.Request{Merge: &pull.Merge{SHA: sha, By: "dana"}}}
	for n := range 12 {
		w := row{Version: fmt.Sprintf("3.%d", n), State: stateConflict, Outcome: pull.Conflicted}
		for range 400 {
			w.Conflicts = append(w.Conflicts, pull.Conflict{Path: strings.Repeat("é", 3000), Kind: "content", Lines: make([]int, 20)})
			w.Missing = append(w.Missing, pull.Prerequisite{SHA: sha, Subject: strings.Repeat("\"", 500)})
		}
		o.rows = append(o.rows, w)
	}
	o.board()
	note := o.wants.Notes[0]
	if len(note.Data) > 16<<10 || len(note.Body) > 60_000 {
		t.Errorf("the board has %d bytes, its memory %d", len(note.Body), len(note.Data))
	}
	for _, want := range []string{"and 390 more", "Too many to name them here", "lines 0, 0, 0, 0, 0\n"} {
		if !strings.Contains(note.Body, want) {
			t.Errorf("the board lacks %q:\n%.3000s", want, note.Body)
		}
	}
	again := original{Config: o.Config, r: o.r}
	for version, w := range recall(note.Data).Rows {
		w.Version = version
		again.rows = append(again.rows, w)
	}
	again.fit()
	for _, w := range again.rows {
		if kept := recall(note.Data).Rows[w.Version]; cmp.Diff(kept.Conflicts, w.Conflicts) != "" || kept.More != w.More {
			t.Errorf("%s is shortened twice", w.Version)
		}
	}
}

func TestTextsOfStrangers(t *testing.T) {
	for text, want := range map[string]string{"3.14": "3.14", "": "(none)", "a|b`\n": "`a\\|b' `", "soon": "`soon`"} {
		if got := cell(text); got != want {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	for _, kind := range []string{"abi-break", "fix", "feature", "security", "refactor", "performance", "docs"} {
		if name := kindName(kind); !strings.HasPrefix(name, "a") {
			t.Errorf("%s is called %q", kind, name)
		}
	}
	if got := who(nil); !strings.Contains(got, "release manager") {
		t.Error(got)
	}
	if got := who([]string{"a", "b"}); got != "a or b" {
		t.Error(got)
	}
}
