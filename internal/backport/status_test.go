package backport

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A board has room for 16 kB of memory, whatever the conflicts.
func TestMemoryFits(t *testing.T) {
	with := &Config{ServerURL: "https://github.com", paths: NewPaths(config.Picks{})}
	o := original{Config: with, r: &pull.Request{Merge: &pull.Merge{SHA: sha, By: "dana"}}}
	for n := range 12 {
		w := row{Version: fmt.Sprintf("3.%d", n), State: stateConflict, Outcome: pull.Conflicted}
		for range 400 {
			w.Conflicts = append(w.Conflicts, pull.Conflict{Path: strings.Repeat("é", 3000), Kind: "content", Lines: make([]int, 20)})
			w.Missing = append(w.Missing, pull.Prerequisite{SHA: sha, Subject: strings.Repeat("\"", 500)})
		}
		o.rows = append(o.rows, w)
	}
	o.statusComment()
	note := o.wants.Notes[0]
	if len(note.Data) > 16<<10 || len(note.Body) > 60_000 {
		t.Errorf("the board has %d bytes, its memory %d", len(note.Body), len(note.Data))
	}
	for _, want := range []string{"and 390 more", "Too many files to list here", "lines 0, 0, 0, 0, 0\n"} {
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
	for _, kind := range []string{"abi-break", "fix", "feature", "security", "refactor", "performance", "docs", "tests"} {
		if name := kindNames[kind]; !strings.HasPrefix(name[0], "a") || !strings.HasSuffix(name[1], "s") {
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
