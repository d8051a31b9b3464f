package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/suite"
)

// play is the way of 3.15 from beta 1 to its final release, day by day.
type play struct {
	*day
	tracking int // issue
	merged   int
	lost     bool // all webhooks are
	morning  time.Time
}

const playedDays = 25

const brokenEntry = "Misc/NEWS.d/next/Library/2026-12-04-10-00-00.gh-issue-140000.Abcdef.rst"

// schedule is the release data as it is known on a day: on the fifth day, beta 3 slips by
// one.
func schedule(start time.Time) func(now time.Time) *lifecycle.Calendar {
	known := map[bool]*lifecycle.Calendar{}
	for _, slipped := range []bool{false, true} {
		third := 11
		if slipped {
			third = 12
		}
		at := func(days int) string { return start.AddDate(0, 0, days).Format(time.DateOnly) }
		text := fmt.Sprintf(`{"metadata": {"3.15": {"pep": 790, "release_manager": "Hugo van Kemenade", "start_of_development": %q,
			"feature_freeze": %q, "first_release": %q, "end_of_life": "2031-10"}}, "releases": {"3.15": [`, at(-500), at(0), at(24))
		for i, r := range []struct {
			stage string
			days  int
		}{{"beta 1", 0}, {"beta 2", 6}, {"beta 3", third}, {"candidate 1", 16}, {"candidate 2", 20}, {"final", 24}} {
			text += fmt.Sprintf(`%s{"stage": "3.15.0 %s", "state": "expected", "date": %q}`, map[bool]string{true: ", "}[i > 0], r.stage, at(r.days))
		}
		calendar, err := lifecycle.Parse(nil, []byte(text+"]}}"))
		if err != nil {
			panic(err) // the text above is wrong
		}
		known[slipped] = calendar
	}
	return func(now time.Time) *lifecycle.Calendar { return known[now.After(start.AddDate(0, 0, 5))] }
}

func newPlay(t *testing.T, lost bool) *play {
	t.Helper()
	settings := config.Preset()
	settings.Backport.WaitForChecks = 0
	start := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	p := &play{lost: lost, morning: start.Add(12 * time.Hour)}
	settings.Release.Issues = []config.TrackingIssue{{Version: "3.15", Issue: 1}}
	p.day = newDayBy(t, settings, filepath.Join(t.TempDir(), "concorde.db"), schedule(start))
	if lost {
		p.github.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	}
	var err error
	p.must(p.cpython.Collaborator("dana", "write"))
	p.must(p.cpython.Collaborator("hugovk", "admin"))
	p.tracking, err = p.cpython.OpenIssue(ghtest.Issue{Title: "Release of 3.15.0", Author: "hugovk"})
	p.must(err)
	if p.tracking != 1 {
		t.Fatalf("the tracking issue is #%d", p.tracking)
	}
	return p
}

// change opens a pull request into a branch.
func (p *play) change(base, title string, labels ...string) int {
	p.Helper()
	head := fmt.Sprintf("eric:change-%d", len(p.cpython.PRs()))
	_, err := p.cpython.Push(head, ghtest.Commit{Message: title, From: base,
		Files: map[string]ghtest.File{"Lib/" + head[5:] + ".py": ghtest.Text(title)}})
	p.must(err)
	number, err := p.cpython.OpenPR(ghtest.PR{Title: title, Author: "eric", Head: head, Base: base, Association: "MEMBER",
		Labels: append(labels, "skip news", "skip issue")})
	p.must(err)
	return number
}

// merge merges a pull request, and has its checks reported.
func (p *play) merge(number int, checks string) {
	p.Helper()
	_, err := p.cpython.Merge(number, "dana")
	p.must(err)
	p.merged++
	p.must(p.cpython.SetStatus(p.cpython.Ref("3.15"), "buildbot", ghtest.Status{Context: "buildbot", State: checks}))
}

// backports approves what the bot has opened.
func (p *play) backports() {
	p.Helper()
	for _, pr := range p.cpython.PRs() {
		approved := slices.ContainsFunc(pr.Reviews, func(r ghtest.Review) bool { return r.State == "APPROVED" })
		if pr.State == "open" && pr.Author == p.github.BotLogin() && !approved {
			_, err := p.cpython.Review(pr.Number, "dana", "APPROVED", "")
			p.must(err)
			p.merged++
		}
	}
}

// says is a command of the release manager.
func (p *play) says(number int, command string) {
	p.Helper()
	_, err := p.cpython.Comment(number, "hugovk", "@concorde "+command)
	p.must(err)
}

// happens plays what people do on a day.
func (p *play) happens(day int, issues map[string]int) {
	p.Helper()
	checks := "success"
	if day == 9 || day == 10 { // two nights are red
		checks = "failure"
	}
	open := func(title string, labels ...string) {
		number, err := p.cpython.OpenIssue(ghtest.Issue{Title: title, Author: "eric", Labels: labels})
		p.must(err)
		issues[title] = number
	}
	if day == 11 || day == 20 {
		p.reverts(checks)
	}
	switch day {
	case 2:
		p.merge(p.change("3.15", "[3.15] (ABI break) gh-140000: A longer slot (GH-1)"), checks)
	case 3:
		open("The interpreter hangs", "release-blocker", "3.15")
		open("The docs are wrong", "deferred-blocker")
	case 4:
		issues["faster"] = p.change("main", "gh-140000: Faster", "performance", "needs backport to 3.15")
		p.merge(issues["faster"], checks)
	case 0, 12, 16, 20, 24:
		tags := map[int]string{0: "v3.15.0b1", 12: "v3.15.0b3", 16: "v3.15.0rc1", 20: "v3.15.0rc2", 24: "v3.15.0"}
		p.must(p.cpython.Tag(tags[day], "3.15"))
	case 7:
		p.must(p.cpython.Tag("v3.15.0b2", "3.15")) // a day late
		p.must(p.cpython.Close(issues["The interpreter hangs"], "eric"))
		issues["field"] = p.change("3.15", "[3.15] (ABI break) gh-140001: A new field (GH-2)")
		p.merge(issues["field"], checks)
	case 10:
		p.says(issues["field"], "revert it breaks extensions")
		p.says(issues["faster"], "refuse 3.15 too risky before beta 3")
	case 13:
		p.says(issues["faster"], "allow 3.15")
		open("Nobody said where", "release-blocker")
	case 14:
		p.says(p.tracking, "freeze 3.15")
		p.must(p.cpython.Milestone(issues["Nobody said where"], "dana", "3.16.0"))
	case 15:
		p.says(p.tracking, "thaw 3.15")
	case 17:
		issues["late"] = p.change("3.15", "[3.15] (ABI break) gh-140002: A late one (GH-4)")
	case 18:
		_, err := p.cpython.Review(issues["late"], "hugovk", "APPROVED", "")
		p.must(err)
		p.merge(issues["late"], checks)
	case 19:
		p.says(issues["late"], "revert not so late")
	case 21:
		issues["hole"] = p.change("main", "gh-140000: A hole", "type-security")
		p.merge(issues["hole"], checks)
	case 22:
		p.must(p.cpython.Label(issues["hole"], "dana", "needs backport to 3.15"))
	}
	if day == 5 || day == 8 { // a NEWS entry comes that breaks the release, and goes
		files := map[string]ghtest.File{brokenEntry: ghtest.Text("gh-140000: Broken.\n")}
		if day == 8 {
			files = map[string]ghtest.File{brokenEntry: ghtest.Text("Broken no more.\n")}
		}
		_, err := p.cpython.Push(fmt.Sprintf("eric:entry-%d", day), ghtest.Commit{Message: "Entry", From: "3.15", Files: files})
		p.must(err)
		number, err := p.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("[3.15] gh-140000: An entry of day %d (GH-6)", day), Author: "eric",
			Head: fmt.Sprintf("eric:entry-%d", day), Base: "3.15", Association: "MEMBER", Labels: []string{"skip issue"}})
		p.must(err)
		p.merge(number, checks)
	}
	for i := range 2 {
		if day < 21 && day != 14 { // nobody merges while the release manager has it frozen
			p.merge(p.change("3.15", fmt.Sprintf("[3.15] gh-140000: Fix %d of day %d (GH-%d)", i, day, 10*day+i)), checks)
		}
	}
	if day < 18 && day%3 == 1 {
		p.merge(p.change("main", fmt.Sprintf("gh-140000: Change of day %d", day), "type-bug", "needs backport to 3.15"), checks)
	}
	p.backports()
}

// passes is a day of the bot, with a sweep every six hours.
func (p *play) passes(until time.Time) {
	p.Helper()
	for p.clock().Before(until) {
		p.flush()
		p.run(p.clock().Add(6 * time.Hour).Truncate(time.Hour))
		p.must(p.reconciler.Sweep(p.Context()))
		p.run(p.clock().Add(10 * time.Minute))
	}
}

// days plays all days, and returns the readiness of each morning.
func (p *play) days() (mornings []string) {
	p.Helper()
	issues := map[string]int{}
	for day := range playedDays {
		p.until(p.morning.AddDate(0, 0, day))
		p.happens(day, issues)
		p.passes(p.morning.AddDate(0, 0, day).Add(19*time.Hour + 30*time.Minute)) // until the next morning
		mornings = append(mornings, fmt.Sprintf("==== %s ====\n%s%s", p.clock().Format(time.DateOnly), p.posted(), p.frozen()))
	}
	p.rest()
	return mornings
}

// reverts merges the revert that the bot has opened.
func (p *play) reverts(checks string) {
	p.Helper()
	for _, pr := range p.cpython.PRs() {
		if pr.State == "open" && pr.Author == p.github.BotLogin() && strings.Contains(pr.Title, "Revert ") {
			p.merge(pr.Number, checks)
			return
		}
	}
	p.Fatal("no revert is open")
}

// frozen are the statuses that keep pull requests into 3.15 from being merged.
func (p *play) frozen() (lines string) {
	p.Helper()
	for _, pr := range p.cpython.PRs() {
		if s := pr.Statuses["concorde/release-freeze"]; pr.State == "open" && s.State == "failure" {
			lines += fmt.Sprintf("\n#%d: %s: %s", pr.Number, s.Context, s.Description)
		}
	}
	return lines
}

// posted are the bot's comments in the tracking issue.
func (p *play) posted() string {
	p.Helper()
	state, err := p.cpython.PR(p.tracking)
	p.must(err)
	var all []string
	for _, c := range state.Comments {
		if c.Author == p.github.BotLogin() {
			all = append(all, hiddenText.ReplaceAllString(c.Body, ""))
		}
	}
	return commitName.ReplaceAllString(strings.Join(all, "\n"), "COMMIT")
}

var commitName = regexp.MustCompile(`\b[0-9a-f]{10}\b`)

// end is what a play comes to.
type end struct {
	mornings string
	posted   string
	pulls    []ghtest.PRState
	merged   int
	edits    int
}

func (p *play) end() end {
	mornings := strings.Join(p.days(), "\n")
	e := end{mornings, references.ReplaceAllString(p.posted(), "#N"), unnumbered(p.day), p.merged, 0}
	for _, w := range p.cpython.Writes() {
		if w.Number == p.tracking {
			e.edits++
		}
	}
	return e
}

// TestPlayedReleaseGolden plays the releases of 3.15 from beta 1 to the final one: each morning's
// comments are golden, and if all webhooks are lost, the end is the same.
func TestPlayedReleaseGolden(t *testing.T) {
	t.Parallel()
	var heard, lost end
	t.Run("plays", func(t *testing.T) {
		t.Run("heard", func(t *testing.T) {
			t.Parallel()
			heard = newPlay(t, false).end()
		})
		t.Run("lost", func(t *testing.T) {
			t.Parallel()
			lost = newPlay(t, true).end()
		})
	})
	if heard.merged < 60 || heard.merged != lost.merged {
		t.Errorf("%d merges, and %d without webhooks", heard.merged, lost.merged)
	}
	if most := 3 * playedDays; heard.edits > most || heard.edits < playedDays {
		t.Errorf("%d writes in the tracking issue, want at most %d", heard.edits, most)
	}
	path := filepath.Join("testdata", "release", "mornings.md")
	if suite.Update() {
		if err := os.WriteFile(path, []byte(heard.mornings), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), heard.mornings); diff != "" {
		t.Errorf("other mornings (-want +got; make golden accepts them):\n%s", diff)
	}
	if diff := cmp.Diff(heard.posted, lost.posted); diff != "" {
		t.Errorf("the tracking issue differs without webhooks (-heard +lost):\n%s", diff)
	}
	if diff := cmp.Diff(heard.pulls, lost.pulls); diff != "" {
		t.Errorf("the pull requests differ without webhooks (-heard +lost):\n%s", diff)
	}
}
