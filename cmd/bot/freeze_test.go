package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

const freezeContext = "concorde/release-freeze"

// winter is a day with a branch 3.15 and its tracking issue, and open pull requests into it.
type winter struct {
	*day
	issue   int
	theirs  []int // pull requests into 3.15
	manager int   // the release manager's own
	main    int   // into main
}

func newWinter(t *testing.T, count int) *winter {
	t.Helper()
	return newWinterOn(t, newDay(t, config.Preset()), count, true)
}

func newWinterOn(t *testing.T, d *day, count int, tracked bool) *winter {
	t.Helper()
	w := &winter{day: d}
	var err error
	w.issue, err = w.cpython.OpenIssue(ghtest.Issue{Title: "Release 3.15", Author: "hugovk"})
	w.must(err)
	own := "{}\n"
	if tracked {
		own = fmt.Sprintf("release: {issues: [{version: \"3.15\", issue: %d}]}\n", w.issue)
	}
	_, err = w.cpython.Push("main", ghtest.Commit{Message: "Settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(own)}})
	w.must(err)
	_, err = w.cpython.Push("3.15", ghtest.Commit{Message: "3.15", From: "main", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	w.must(err)
	open := func(i int, author, base string) int {
		head := fmt.Sprintf("%s:work-%d", author, i)
		files := map[string]ghtest.File{fmt.Sprintf("Lib/test/test_work_%d.py", i): ghtest.Text(head)}
		_, err := w.cpython.Push(head, ghtest.Commit{Message: "Work", From: base, Files: files})
		w.must(err)
		number, err := w.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("[3.15] Work %d", i), Author: author, Head: head, Base: base,
			Association: "MEMBER", Labels: []string{"skip issue"}})
		w.must(err)
		return number
	}
	for i := range count {
		w.theirs = append(w.theirs, open(i, "eric", "3.15"))
	}
	w.must(w.cpython.Collaborator("hugovk", "admin"))
	w.manager, w.main = open(count, "hugovk", "3.15"), open(count+1, "eric", "main")
	w.rest()
	w.run(w.clock().Add(2 * time.Hour)) // the limits have their whole room again
	return w
}

// says has the release manager give a command, and GitHub send it.
func (w *winter) says(command string) {
	w.Helper()
	_, err := w.cpython.Comment(w.issue, "hugovk", "@"+w.me()+" "+command)
	w.must(err)
}

// me is how people name the bot.
func (w *winter) me() string { return strings.TrimSuffix(w.github.BotLogin(), "[bot]") }

// shows counts the pull requests that show a state: with the release manager's own last.
func (w *winter) shows() string {
	w.Helper()
	counts := map[pull.StatusState]int{}
	for _, number := range w.theirs {
		counts[pull.StatusState(w.status(number).State)]++
	}
	return fmt.Sprintf("%d fail, %d succeed, %d neither; the release manager's: %q; into main: %q", counts[pull.StatusFailure],
		counts[pull.StatusSuccess], counts[""], w.status(w.manager).State, w.status(w.main).State)
}

func (w *winter) status(number int) ghtest.Status {
	w.Helper()
	pr, err := w.cpython.PR(number)
	w.must(err)
	return pr.Statuses[freezeContext]
}

// within runs a minute, and wants that state. It returns how long the writes took.
func (w *winter) within(command, want string) {
	w.Helper()
	w.says(command)
	w.flush()
	w.minute(command, want)
}

// minute runs a minute after something happened.
func (w *winter) minute(what, want string) {
	w.Helper()
	began := w.clock()
	w.run(began.Add(time.Minute))
	if got := w.shows(); got != want {
		w.Errorf("a minute after %q: %s, want %s", what, got, want)
	}
	last := began
	for _, s := range w.spent {
		if s.at.After(last) {
			last = s.at
		}
	}
	w.Logf("%s: %d pull requests within %s", what, len(w.theirs)+1, last.Sub(began))
	w.run(w.clock().Add(time.Hour))
}

// TestFreezeWithinAMinute: a freeze by command is on a hundred pull requests within a minute,
// and taken back within one, inside GitHub's limits. Those that never were into a frozen
// branch don't have the status.
func TestFreezeWithinAMinute(t *testing.T) {
	t.Parallel()
	const count = 100
	w := newWinter(t, count)
	if got, want := w.shows(), fmt.Sprintf("0 fail, 0 succeed, %d neither; the release manager's: \"\"; into main: \"\"", count); got != want {
		t.Fatalf("before: %s", got)
	}
	w.within("freeze 3.15", fmt.Sprintf("%d fail, 0 succeed, 0 neither; the release manager's: \"success\"; into main: \"\"", count))
	if status := w.status(w.theirs[0]); status.Description != "Frozen until thawed: ask hugovk" ||
		!strings.HasSuffix(status.TargetURL, fmt.Sprint("/issues/", w.issue)) {
		t.Errorf("the status is %+v", status)
	}
	w.within("thaw 3.15", fmt.Sprintf("0 fail, %d succeed, 0 neither; the release manager's: \"success\"; into main: \"\"", count))
	if len(w.refused) > 0 {
		t.Errorf("GitHub refused %d requests: %s", len(w.refused), w.refused[0])
	}
}

// TestFreezeWithoutWebhooks: all webhooks are lost, and the sweeps come to the same.
func TestFreezeWithoutWebhooks(t *testing.T) {
	t.Parallel()
	const count = 5
	w := newWinter(t, count)
	for _, step := range []struct{ command, want string }{
		{"freeze 3.15", "5 fail, 0 succeed, 0 neither; the release manager's: \"success\"; into main: \"\""},
		{"thaw 3.15", "0 fail, 5 succeed, 0 neither; the release manager's: \"success\"; into main: \"\""},
	} {
		w.says(step.command)
		w.flush()
		w.agenda.forget()
		w.run(w.clock().Add(time.Hour))
		w.must(w.reconciler.Sweep(t.Context()))
		w.run(w.clock().Add(30 * time.Minute))
		if got := w.shows(); got != step.want {
			t.Errorf("after the sweep that follows %q: %s, want %s", step.command, got, step.want)
		}
	}
}
