package release

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestTooManyMarkedEntries: nobody told who brought them all, so nobody knows what broke the ABI.
func TestTooManyMarkedEntries(t *testing.T) {
	set := config.Preset().Rules
	calendar := lifecycle.Builtin()
	c := Config{Settings: set.Release, News: set.News, ABI: set.ABI,
		Backport: backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: func() *lifecycle.Calendar { return calendar }}}
	facts := pull.Release{Branch: "3.15", Tip: "t", Tagged: "v", EntriesRead: true, Later: pull.Landed{Reached: true}}
	for i := range abi.MaxMarked + 1 {
		facts.Entries = append(facts.Entries, pull.File{Path: fmt.Sprintf("Misc/NEWS.d/next/C_API/2026-05-01.gh-issue-13%04d.a.rst", i),
			Content: &pull.Content{Kind: pull.Regular, Data: []byte("(CPython ABI break) Field.\n")}})
		if i+1 < abi.MaxMarked {
			continue
		}
		r := c.Judge("3.15", facts, &pull.Request{Now: time.Date(2026, 8, 5, 0, 0, 0, 0, time.UTC)}) // after candidate 1
		known := i < abi.MaxMarked
		if (r.Breaks != nil) != known || (r.shownABI != nil) != known || slices.Contains(r.Unknown, unknownABI) == known {
			t.Errorf("%d entries: %+v", i+1, r)
		}
	}
}

// TestReportWithoutABI says why nobody knows what came since the last release.
func TestReportWithoutABI(t *testing.T) {
	set := config.Preset().Rules
	calendar := lifecycle.Builtin()
	c := Config{Settings: set.Release, News: set.News, ABI: set.ABI,
		Backport: backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: func() *lifecycle.Calendar { return calendar }}}
	for _, test := range []struct {
		day    time.Time
		tagged string
		want   string
	}{
		{time.Date(2025, 9, 1, 0, 0, 0, 0, time.UTC), "", "3.15 has no release yet to compare with."},
		{time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC), "", "The bot couldn't read what came since the last release: the tag v3.15.0b1 doesn't exist."},
		{time.Date(2026, 5, 20, 0, 0, 0, 0, time.UTC), "v", "The bot couldn't read all that came since v3.15.0b1. bot abi can read a clone."},
	} {
		r := c.Judge("3.15", pull.Release{Branch: "3.15", Tip: "t", Tag: "v3.15.0b1", Tagged: test.tagged}, &pull.Request{Now: test.day})
		if s := r.Shown(1); s.NoABI != test.want || s.Next != r.Next.Name || s.NextAt.Format(time.DateOnly) != r.Next.Date {
			t.Errorf("on %s: %q, want %q: %+v", r.Next.Date, s.NoABI, test.want, s)
		}
	}
}

// TestReportForPages: what the changelog will say and what broke the ABI is stored for pages, however much there is.
func TestReportForPages(t *testing.T) {
	set := config.Preset().Rules
	calendar := lifecycle.Builtin()
	c := Config{Settings: set.Release, News: set.News, ABI: set.ABI,
		Backport: backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: func() *lifecycle.Calendar { return calendar }}}
	now := time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)
	facts := pull.Release{Branch: "3.15", Tip: "t", Tagged: "v", EntriesRead: true,
		Later: pull.Landed{Reached: true, Tagged: true, Branch: true, Complete: true}}
	entry := func(section string, n int, text string) {
		facts.Entries = append(facts.Entries, pull.File{Path: fmt.Sprintf("Misc/NEWS.d/next/%s/2026-05-0%d.gh-issue-13%04d.a.rst", section, 1+n%9, n),
			Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}})
	}
	shown := func() (s Shown) {
		r := c.Judge("3.15", facts, &pull.Request{Now: now})
		text := r.report()
		if len(text) > maxReport {
			t.Errorf("%d bytes", len(text))
		}
		if err := json.Unmarshal(text, &s); err != nil || s.News == nil || s.ABI == nil {
			t.Fatalf("%s: %v", text, err)
		}
		return s
	}
	s := shown()
	if s.News.Entries != 0 || s.ABI.Total != 0 || s.ABI.Text == "" || s.ABI.Next == "" || s.News.Release != s.ABI.Next {
		t.Errorf("before anything landed: %+v %+v", s.News, s.ABI)
	}
	entry("Library", 1, "Fix\n  it.\n")
	entry("C_API", 2, "Change it.\n")
	entry("Nowhere", 3, "Lose it.\n")
	facts.Later.Commits = []pull.LandedCommit{{SHA: "a", Message: "gh-1: (ABI break) Change a struct (GH-5)", Pull: 5}}
	s = shown()
	if n := s.News; n.Entries != 2 || len(n.Faults) != 1 || !slices.Contains(n.Sections, SectionCount{"Library", 1}) ||
		!slices.ContainsFunc(n.Listed, func(e ShownEntry) bool {
			return e.Section == "Library" && e.Path == "Library/2026-05-02.gh-issue-130001.a.rst" && e.Text == "Fix it."
		}) {
		t.Errorf("%+v", n)
	}
	if l := s.ABI; l.Total != 1 || l.Breaks[0].PR != 5 || l.Breaks[0].Text != "Change a struct" || !strings.HasPrefix(l.Since, "3.15.0") {
		t.Errorf("%+v", l)
	}
	more := func(text string) {
		t.Helper()
		for i := range 400 {
			entry("Library", 10+i, strings.Repeat(text, 400))
			facts.Later.Commits = append(facts.Later.Commits, pull.LandedCommit{SHA: strings.Repeat("a", 40), Pull: 10 + i,
				Message: fmt.Sprintf("gh-1: (ABI break) %s (GH-%d)", strings.Repeat(text, 40), 10+i)})
		}
		s = shown()
	}
	more("long ")
	if s.News.Entries != 402 || len(s.News.Listed) != maxEntries || s.ABI.Total != 401 || len(s.ABI.Breaks) != maxRows {
		t.Errorf("%d of %d entries, %d of %d breaks", len(s.News.Listed), s.News.Entries, len(s.ABI.Breaks), s.ABI.Total)
	}
	facts.Entries, facts.Later.Commits = nil, nil
	more("<<<<<") // six bytes each, in JSON
	if s.News.Entries != 400 || len(s.News.Listed) == 0 || len(s.News.Listed) >= maxEntries || s.ABI.Total != 400 || len(s.ABI.Breaks) == 0 {
		t.Errorf("%d of %d entries, %d of %d breaks", len(s.News.Listed), s.News.Entries, len(s.ABI.Breaks), s.ABI.Total)
	}
	facts.Entries, facts.Later.Commits = nil, nil
	for i := range maxRows { // a long table
		facts.Blockers = append(facts.Blockers, pull.Blocker{Number: 100_000_000 + i, Title: strings.Repeat("<", 105), Labels: []string{"release-blocker"}})
	}
	entry("C_API", 1, "(CPython ABI break) "+strings.Repeat("<", 7000)+"\n")
	if s = shown(); s.News.Entries != 1 || s.ABI.Total != 1 {
		t.Errorf("with a long announcement: %d entries, %d breaks", s.News.Entries, s.ABI.Total)
	}
}
