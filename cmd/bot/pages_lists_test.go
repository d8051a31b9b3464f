package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestBackportsPageHasTheGaps: a backport that `bot backport-gaps` lists isn't done on the
// page either, and nothing else isn't.
func TestBackportsPageHasTheGaps(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	s.merge("main", "gh-1: A bug", "type-bug")
	crash := s.merge("main", "gh-2: A crash", "type-crash", "needs backport to 3.14")
	s.merge("main", "gh-3: Words", "docs", "needs backport to 3.14")
	s.merge("main", "gh-4: A hole", "type-security")
	done := s.merge("main", "gh-5: Done", "type-bug")
	closed := s.merge("main", "gh-6: Tried", "type-bug")
	s.merge("main", "gh-7: A feature", "type-feature", "needs backport to 3.14")
	s.merge("main", "gh-8: Nobody said what")
	s.open("main", "gh-9: Not merged", "type-bug")
	s.merge("3.14", fmt.Sprintf("[3.14] gh-5: Done (GH-%d)", done), "type-bug")
	s.open("3.14", fmt.Sprintf("[3.14] gh-2: A crash (#%d)", crash))
	s.check(s.cpython.Close(s.open("3.14", fmt.Sprintf("[3.14] gh-6: Tried (GH-%d)", closed)), "eric"))
	s.open("3.12", "[3.12] gh-10: Elsewhere (GH-1000)")
	quick := settingsFile(t, phases+"sweep: {pull-requests-per-minute: 400}\n")
	bot := serve(t, s.environment, "--config", quick, "--dry-run", "--pages", "127.0.0.1:0",
		"--database", filepath.Join(t.TempDir(), "bot.db"),
		"--picks", filepath.Join(t.TempDir(), "picks"))
	for _, version := range []string{"3.14", "3.12"} {
		var want []int
		for _, g := range s.report(version).Gaps {
			want = append(want, g.Number)
		}
		slices.Sort(want)
		var got []int
		if !becomes(patience, func() bool {
			got = toDo(t, bot, version)
			return slices.Equal(got, want)
		}) {
			t.Errorf("%s: the page has %v, the command %v", version, got, want)
		}
	}
}

// toDo are the numbers of changes whose backport to a version isn't done by the page.
func toDo(t *testing.T, bot *process, version string) (numbers []int) {
	t.Helper()
	at := regexp.MustCompile(`"url":"(http://[^"]+)"`).FindStringSubmatch(bot.log.String())
	if at == nil {
		return nil // it's still starting
	}
	answer, err := http.Get(at[1] + "/python/cpython/backports.json?branch=" + version)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var page struct {
		Changes []struct{ Number int }
	}
	if err := json.NewDecoder(answer.Body).Decode(&page); err != nil {
		t.Fatal(err)
	}
	for _, c := range page.Changes {
		numbers = append(numbers, c.Number)
	}
	slices.Sort(numbers)
	return numbers
}

// BenchmarkBranches finds what five branches lack of 2,500 fixes, with as many backports.
func BenchmarkBranches(b *testing.B) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	rules := backport.Config{Settings: config.Preset().Backport, ABI: config.Preset().ABI, Calendar: builtin()}
	var seen []pull.Brief
	for n := range 2500 {
		p := pull.Brief{Number: 2 * n, Title: fmt.Sprintf("gh-%d: Fix what json.dumps() does with the %dth option", 200_000+n, n),
			State: pull.Merged, Base: "main", Main: true, Closed: now.Add(-time.Duration(n) * time.Hour),
			Labels: []pull.Mark{{Name: "type-bug"}, {Name: "stdlib"}}}
		back := p
		back.Number, back.Base, back.Main, back.Title = 2*n+1, "3.15", false, fmt.Sprintf("[3.15] %s (GH-%d)", p.Title, p.Number)
		seen = append(seen, p, back, pull.Brief{Number: 1, Base: []string{"3.14", "3.13", "3.12", "3.11"}[n%4]})
	}
	for b.Loop() {
		if all := branches(rules, now, seen); len(all) != 5 || len(all[1].Gaps) == 0 {
			b.Fatal(all)
		}
	}
}
