package main

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// badWeather is what users of GitHub report, all at once. Secondary limits that
// don't say for how long come by a simulated clock alone (TestWaitsInBadWeather):
// the bot waits a minute after the first of them.
func badWeather(seed uint64) ghtest.Weather {
	return ghtest.Weather{MentionsLate: 3 * time.Second, Stale: 2 * time.Second, Failing: 0.05, Seed: seed}
}

// TestBadWeather lets webhooks come in while mentions are late, reads are stale and
// requests fail in every documented way, and has the bot killed besides. The end
// must be that of a fair day, and no comment is there twice.
func TestBadWeather(t *testing.T) {
	t.Parallel()
	size := stormSize()
	calm := weather(t, storm{pulls: size.pulls, deliveries: size.deliveries}, t.TempDir()+"/calm.db")
	for name, kills := range map[string]int{"undisturbed": 0, "killed": size.kills} {
		t.Run(name, func(t *testing.T) {
			size := size
			size.kills, size.weather, size.end = kills, badWeather(uint64(kills)), calm
			rough := weather(t, size, t.TempDir()+"/rough.db")
			if diff := cmp.Diff(calm, rough); diff != "" {
				t.Errorf("the end differs from that of a fair day (-fair +bad):\n%s", diff)
			}
		})
	}
}

// failures counts the requests that the weather broke.
func failures(github *ghtest.Server) (failed int) {
	for _, r := range github.Requests() {
		if r.Route == "fault" {
			failed++
		}
	}
	return failed
}

// TestLivesInBadWeather plays whole lives: linked, reviewed, commanded, pushed to,
// merged, and backported to three branches, to one of them with conflicts. They end as on a fair day: the same labels, statuses,
// bodies and backports, and each comment once.
func TestLivesInBadWeather(t *testing.T) {
	lives := suite.Sizes[int]{Full: 20}.Size()
	if lives == 0 {
		t.Skip("the pauses after failures take minutes: CONCORDE_TEST=full. TestWaitsInBadWeather plays the same lives by a simulated clock")
	}
	endAlike(t, lives, lifeIn, badWeather)
}

// TestWaitsInBadWeather plays the same lives by a simulated clock, and GitHub has
// the bot wait besides, for a minute and longer each time, without a word on for how
// long.
func TestWaitsInBadWeather(t *testing.T) {
	t.Parallel()
	lives := suite.Sizes[int]{Normal: 2, Long: 4, Full: 40}.Size()
	endAlike(t, lives, simulated, func(seed uint64) ghtest.Weather {
		bad := badWeather(seed)
		bad.Waits = true
		return bad
	})
}

// endAlike compares the ends of lives in bad weather with that of a fair day.
func endAlike(t *testing.T, lives int, play func(*testing.T, ghtest.Weather) []ghtest.PRState, bad func(seed uint64) ghtest.Weather) {
	t.Helper()
	fair := play(t, ghtest.Weather{})
	for seed := range uint64(lives) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(fair, play(t, bad(seed))); diff != "" {
				t.Errorf("the end differs from that of a fair day (-fair +bad):\n%s", diff)
			}
		})
	}
}

func simulated(t *testing.T, weather ghtest.Weather) []ghtest.PRState {
	t.Helper()
	settings, err := config.Parse("concorde.yml", []byte(phases))
	if err != nil {
		t.Fatal(err)
	}
	d := newDay(t, settings)
	d.failing = weather.Failing > 0
	s := &stage{TB: t, github: d.github, cpython: d.cpython, rest: d.rest}
	began := d.clock()
	end := s.goes(weather)
	t.Logf("%d requests in %s, %d of them failed, %d for being too many", d.sent(), d.clock().Sub(began).Round(time.Second),
		failures(d.github), len(d.refused))
	return end
}

// lifeIn plays a life, and gives what there is in the end.
func lifeIn(t *testing.T, weather ghtest.Weather) []ghtest.PRState {
	t.Helper()
	s := backportStage(t)
	s.patience = 5 * time.Minute // so much in so short a time makes a pull request an expensive one, which waits
	return s.start().goes(weather)
}

// goes plays the life of a pull request and its backports.
func (s *stage) goes(weather ghtest.Weather) []ghtest.PRState {
	s.Helper()
	for _, login := range []string{"dana", "carol"} {
		s.check(s.cpython.Collaborator(login, "write"))
	}
	_, err := s.cpython.Push("3.13", ghtest.Commit{Message: "gh-1: Other words (GH-9)", Author: "carol",
		Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("ham\n")}})
	s.check(err)
	s.rests()
	s.github.SetWeather(weather)
	n := s.linked("gh-140000: Fry", "It was cold.")
	s.links(n, "It was cold.", issueBlock, 140000)
	s.links(140000, "", pullsBlock, n)
	s.rests()
	s.gives(n, "dana", "CHANGES_REQUESTED")
	s.labelled(n, "awaiting changes", "stdlib")
	s.says(n, "alice", phrase)
	s.says(n, "carol", "@concorde label +type-bug")
	s.then(func() error {
		_, err := s.cpython.Push("alice:change-1", ghtest.Commit{Message: "As dana says", Author: "alice",
			Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("twice")}})
		return err
	})
	s.then(func() error {
		return s.cpython.Label(n, "carol", "skip news", "needs backport to 3.15", "needs backport to 3.14", "needs backport to 3.13")
	})
	s.gives(n, "dana", "APPROVED")
	s.labelled(n, "awaiting merge", "needs backport to 3.13", "needs backport to 3.14", "needs backport to 3.15", "skip news", "stdlib",
		"type-bug")
	s.then(func() error { _, err := s.cpython.Merge(n, "dana"); return err })
	s.shows(n, "| 3.15 | open: #", "| 3.14 | open: #", "| 3.13 | conflict: #")
	s.rests()
	s.resolve(s.backports("3.13")[0])
	for _, branch := range []string{"3.15", "3.14", "3.13"} {
		s.gives(s.backports(branch)[0].Number, "carol", "APPROVED")
	}
	s.shows(n, "| 3.15 | merged: #", "| 3.14 | merged: #", "| 3.13 | merged: #")
	s.rests()
	issue := s.pr(140000)
	return visible(append(s.cpython.PRs(), issue))
}

// resolve has a core developer resolve the conflicts of a draft.
func (s *stage) resolve(draft ghtest.PRState) {
	s.Helper()
	s.then(func() error {
		_, err := s.cpython.Push(s.headOf(draft), ghtest.Commit{Message: "Resolve", Author: "dana",
			Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("ham twice\n")}})
		return err
	})
	s.then(func() error { return s.cpython.SetDraft(draft.Number, false) })
}

var (
	hiddenText = regexp.MustCompile(`(?s)\n*<!-- concorde:.*?-->\n*`)
	listed     = regexp.MustCompile(`(?:\* gh-[0-9]+\n)+`)
	objectName = regexp.MustCompile(`\b[0-9a-f]{7,40}\b`)
)

// visible leaves what is the same in two lives: no times, ids and names of commits,
// and the lines of a list in the order of their numbers.
func visible(all []ghtest.PRState) (plain []ghtest.PRState) {
	same := func(text string) string {
		text = listed.ReplaceAllStringFunc(text, func(lines string) string {
			return strings.Join(slices.Sorted(strings.SplitAfterSeq(lines, "\n")), "")
		})
		return objectName.ReplaceAllString(hiddenText.ReplaceAllString(text, ""), "X")
	}
	for _, p := range all {
		slices.Sort(p.Labels)
		one := ghtest.PRState{Number: p.Number, Title: p.Title, Body: same(p.Body), Author: p.Author, State: p.State, Draft: p.Draft,
			Merged: p.Merged,
			Base:   p.Base, Reviewers: p.Reviewers, Assignees: p.Assignees, AutoMerge: p.AutoMerge, Labels: p.Labels,
			Statuses: map[string]ghtest.Status{}}
		for context, status := range p.Statuses {
			one.Statuses[context] = ghtest.Status{State: status.State, Description: same(status.Description)}
		}
		for _, c := range p.Comments {
			for i := range c.Reactions {
				c.Reactions[i].By = ""
			}
			one.Comments = append(one.Comments, ghtest.Comment{Author: c.Author, Body: same(c.Body), Reactions: c.Reactions})
		}
		slices.SortFunc(one.Comments, func(a, b ghtest.Comment) int { return strings.Compare(a.Body, b.Body) })
		plain = append(plain, one)
	}
	return plain
}
