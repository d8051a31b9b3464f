package main

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// TestFreezeByOddPeople: only a release manager's command in the tracking issue counts, as
// it is now.
func TestFreezeByOddPeople(t *testing.T) {
	t.Parallel()
	w := newWinter(t, 1)
	w.must(w.cpython.Collaborator("dana", "write"))
	other, err := w.cpython.OpenIssue(ghtest.Issue{Title: "Another issue", Author: "eric"})
	w.must(err)
	says := func(issue int, by, command string) (id int64) {
		t.Helper()
		id, err := w.cpython.Comment(issue, by, "@"+w.me()+" "+command)
		w.must(err)
		return id
	}
	edits := func(id int64, command string) {
		t.Helper()
		w.must(w.cpython.EditComment(w.issue, "hugovk", id, "@"+w.me()+" "+command))
	}
	var first int64
	for _, step := range []struct {
		name string
		does func()
		want string
	}{
		{"a stranger freezes", func() { says(w.issue, "mallory", "freeze 3.15") }, ""},
		{"a core developer freezes", func() { says(w.issue, "dana", "freeze 3.15") }, ""},
		{"in another issue", func() { says(other, "hugovk", "freeze 3.15") }, ""},
		{"on a pull request", func() { says(w.theirs[0], "hugovk", "freeze 3.15") }, ""},
		{"an unknown version", func() { says(w.issue, "hugovk", "freeze 9.99") }, ""},
		{"the default branch", func() { says(w.issue, "hugovk", "freeze main") }, ""},
		{"a release", func() { says(w.issue, "hugovk", "freeze 3.15.0") }, ""},
		{"in a quote", func() { says(w.issue, "hugovk", "help\n> @"+w.me()+" freeze 3.15") }, ""},
		{"the release manager freezes", func() { first = says(w.issue, "hugovk", "freeze 3.15") }, "failure"},
		{"a stranger thaws", func() { says(w.issue, "mallory", "thaw 3.15") }, "failure"},
		{"a core developer thaws", func() { says(w.issue, "dana", "thaw 3.15") }, "failure"},
		{"in another issue", func() { says(other, "hugovk", "thaw 3.15") }, "failure"},
		{"the comment says thaw now", func() { edits(first, "thaw 3.15") }, "success"},
		{"and freeze again", func() { edits(first, "freeze 3.15") }, "failure"},
		{"a thaw and a freeze in one second", func() { says(w.issue, "hugovk", "thaw 3.15"); says(w.issue, "hugovk", "freeze 3.15") }, "failure"},
		{"a freeze and a thaw in one second", func() { says(w.issue, "hugovk", "freeze 3.15"); first = says(w.issue, "hugovk", "thaw 3.15") }, "success"},
		{"the thaw is deleted", func() { w.must(w.cpython.DeleteComment(w.issue, "hugovk", first)) }, "failure"},
	} {
		step.does()
		w.flush()
		w.run(w.clock().Add(time.Minute))
		if got := w.status(w.theirs[0]); got.State != step.want {
			t.Errorf("after %q: %+v, want %q", step.name, got, step.want)
		}
	}
}

// TestFreezeOfOddPullRequests: whoever opens what from where, into the branch or away from
// it, only release managers pass, and the bot merges nothing.
func TestFreezeOfOddPullRequests(t *testing.T) {
	t.Parallel()
	settings := config.Preset()
	settings.Backport.WaitForChecks = 0
	w := newWinterOn(t, newDay(t, settings), 4, true)
	w.must(w.cpython.Collaborator("dana", "write"))
	open := func(author, head, base string) int {
		t.Helper()
		number, err := w.cpython.OpenPR(ghtest.PR{Title: "[" + base + "] Odd", Author: author, Head: head, Base: base, Association: "MEMBER",
			Labels: []string{"skip issue", "skip news"}})
		w.must(err)
		return number
	}
	push := func(head, base string) string {
		t.Helper()
		_, err := w.cpython.Push(head, ghtest.Commit{Message: head, From: base, Files: map[string]ghtest.File{"Lib/" + head: ghtest.Text(head)}})
		w.must(err)
		return head
	}
	minute := func() {
		t.Helper()
		w.flush()
		w.run(w.clock().Add(time.Minute))
	}
	push("3.14", "main")
	w.says("freeze 3.15")
	minute()
	draft, away, shared := w.theirs[0], w.theirs[1], w.theirs[2]
	w.must(w.cpython.SetDraft(draft, true))
	w.must(w.cpython.EditBase(away, "main"))
	w.must(w.cpython.EditBase(w.main, "3.15"))
	robot := open("release-robot[bot]", push("release-robot[bot]:tag", "3.15"), "3.15")
	cheat := open("eric", fmt.Sprintf("eric:work-%d", 2), "3.14") // the head of shared
	minute()
	w.must(w.cpython.EditBase(cheat, "main"))
	minute()
	minute()
	for number, want := range map[int]string{draft: "failure", away: "success", w.main: "failure", robot: "failure", shared: "failure",
		w.manager: "success"} {
		if got := w.status(number); got.State != want {
			t.Errorf("#%d (%v): %+v, want %s", number, slices.Index(w.theirs, number), got, want)
		}
	}
	// The release manager has a fix backported during the freeze.
	fix := open("eric", push("eric:fix", "main"), "main")
	_, err := w.cpython.Merge(fix, "dana")
	w.must(err)
	w.must(w.cpython.Label(fix, "hugovk", "needs backport to 3.15"))
	minute()
	made := w.backports()
	if len(made) != 1 || w.status(made[0]).State != "failure" {
		t.Fatalf("the backports %v were made: %+v", made, w.status(made[0]))
	}
	_, err = w.cpython.Review(made[0], "dana", "APPROVED", "")
	w.must(err)
	w.flush()
	w.run(w.clock().Add(2 * time.Hour))
	merged := func() bool {
		t.Helper()
		pr, err := w.cpython.PR(made[0])
		w.must(err)
		return pr.Merged
	}
	if merged() {
		t.Error("the bot merged into the frozen branch")
	}
	w.says("thaw 3.15")
	minute()
	if !merged() {
		t.Errorf("a minute after the thaw, the approved backport isn't merged: %+v", w.status(made[0]))
	}
}

// TestFreezeThatGitHubRejects: in the middle of a freeze, GitHub rejects statuses. What it
// does to some changes nothing for the others, and once it accepts them again, they are set.
func TestFreezeThatGitHubRejects(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]ghtest.Fault{
		"forbidden":       {Status: http.StatusForbidden},
		"unprocessable":   {Status: http.StatusUnprocessableEntity},
		"secondary limit": ghtest.SecondaryLimit(20 * time.Second),
		"bad gateway":     ghtest.BadGateway(),
		"no answer":       {DropAfter: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWinter(t, 20)
			fault.Method, fault.Path, fault.Contains, fault.After = http.MethodPost, "/statuses/", freezeContext, 8
			if fault.Times = 6; name == "secondary limit" { // the bot waits longer each time
				fault.Times = 2
			}
			w.must(w.github.Fault(fault))
			w.failing = true
			w.says("freeze 3.15")
			w.flush()
			w.run(w.clock().Add(10 * time.Minute))
			if got, want := w.shows(), `20 fail, 0 succeed, 0 neither; the release manager's: "success"; into main: ""`; got != want {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestFreezeByTwoManagers: two release managers contradict each other. The newest command
// counts, whoever gave it, and each comment has its answer.
func TestFreezeByTwoManagers(t *testing.T) {
	t.Parallel()
	calendar := finalsBy(t, time.Date(2026, 12, 20, 0, 0, 0, 0, time.UTC), "Hugo van Kemenade, Savannah Ostrowski")
	w := newWinterBy(t, config.Preset(), 1, func(time.Time) *lifecycle.Calendar { return calendar })
	w.must(w.cpython.Collaborator("savannahostrowski", "admin"))
	said := map[int64]string{} // and the bot's reaction
	says := func(by, command, reaction string) {
		t.Helper()
		id, err := w.cpython.Comment(w.issue, by, "@"+w.me()+" "+command)
		w.must(err)
		said[id] = reaction
	}
	for _, step := range []struct {
		name string
		does func()
		want string // the status
	}{
		{"one freezes", func() { says("hugovk", "freeze 3.15", "+1") }, "failure: Frozen until thawed: ask hugovk"},
		{"the other one thaws", func() { says("savannahostrowski", "thaw 3.15", "+1") }, "success: 3.15 isn't frozen"},
		{"and freezes", func() { says("savannahostrowski", "freeze", "+1") }, "failure: Frozen until thawed: ask savannahostrowski"},
		{"the first one does so too", func() { says("hugovk", "freeze", "+1") }, "failure: Frozen until thawed: ask hugovk"},
		{"the other one wonders", func() { says("savannahostrowski", "thaw? no", "confused") }, "failure: Frozen until thawed: ask hugovk"},
		{"both at once, the thaw last", func() { says("hugovk", "freeze", "+1"); says("savannahostrowski", "thaw", "+1") },
			"success: 3.15 isn't frozen"},
		{"both at once, the freeze last", func() { says("savannahostrowski", "thaw", "+1"); says("hugovk", "freeze", "+1") },
			"failure: Frozen until thawed: ask hugovk"},
	} {
		step.does()
		w.flush()
		w.run(w.clock().Add(time.Minute))
		if got := w.status(w.theirs[0]); got.State+": "+got.Description != step.want {
			t.Errorf("after %q: %+v, want %q", step.name, got, step.want)
		}
	}
	issue, err := w.cpython.PR(w.issue)
	w.must(err)
	for _, c := range issue.Comments {
		if want := said[c.ID]; want != "" && !slices.Equal(c.Reactions, []ghtest.Reaction{{By: w.github.BotLogin(), Content: want}}) {
			t.Errorf("%q by %s: %+v, want %q", c.Body, c.Author, c.Reactions, want)
		}
		delete(said, c.ID)
	}
	if len(said) > 0 {
		t.Errorf("these comments are missing: %v", said)
	}
}
