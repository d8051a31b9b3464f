package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/suite"
)

// TestFreezeOnThreeReplicas has three processes share a PostgreSQL database, or one use
// SQLite. Deliveries come doubled and in odd order, and while a freeze and a thaw are under
// way a process is killed. Each pull request gets each status once, and none stays red.
func TestFreezeOnThreeReplicas(t *testing.T) {
	t.Parallel()
	count := suite.Sizes[int]{Normal: 6, Long: 40, Full: 100}.Size()
	databases(t, func(t *testing.T, database string) {
		t.Parallel()
		f := &fleet{TB: t}
		f.github, f.cpython = newGitHub(t, ghtest.Config{RateLimit: 1 << 30})
		issue, numbers := frozenRepository(t, f.cpython, count)
		replicas := 1
		if strings.HasPrefix(database, "postgres") {
			replicas = 3
		}
		f.config = settingsFile(t, "preset: cpython\nsweep: {pull-requests-per-minute: 400}\n") // a sweep follows each start
		f.launch(t, database, replicas)
		f.awaits(5*time.Minute, "the first sweep", func() bool {
			return slices.ContainsFunc(f.bots, func(bot *process) bool { return logged(bot, "sweep done") != "" })
		})
		f.awaits(5*time.Minute, "the queue to be worked after the first sweep", f.rests)
		bot := "@" + f.github.BotLogin()[:len(f.github.BotLogin())-len("[bot]")]
		for _, step := range []struct{ command, want string }{{"freeze", "failure"}, {"thaw", "success"}} {
			f.github.Pause()
			_, err := f.cpython.Comment(issue, "hugovk", bot+" "+step.command+" 3.15")
			trial.OK(t, err)
			f.shuffle()
			f.github.Resume()
			show := func(least int) func() bool {
				return func() bool {
					shown := 0
					for _, number := range numbers[1:] {
						if s := statusesOf(t, f.cpython, number); len(s) > 0 && s[len(s)-1].State == step.want {
							shown++
						}
					}
					return shown >= least
				}
			}
			f.awaits(5*time.Minute, "the first statuses after "+step.command, show(1))
			f.restart(f.random.IntN(len(f.bots)))
			f.awaits(5*time.Minute, "all statuses after "+step.command, show(count-1))
			f.awaits(10*time.Minute, "the queue to be worked", f.rests) // what was expensive rests
		}
		for i, number := range numbers {
			var got []string
			for _, s := range statusesOf(t, f.cpython, number) {
				got = append(got, s.State+": "+s.Description)
			}
			want := []string{"failure: Frozen until thawed: ask hugovk", "success: 3.15 isn't frozen"}
			if i == 0 {
				want[0] = "success: Frozen, but hugovk may merge"
			}
			if !slices.Equal(got, want) {
				t.Errorf("#%d got %q, want %q", number, got, want)
			}
		}
	})
}

// awaits is within, and shows what the replicas do if it's in vain: now, since afterwards
// they don't run any more.
func (f *fleet) awaits(limit time.Duration, what string, condition func() bool) {
	f.Helper()
	if becomes(limit, condition) {
		return
	}
	for _, bot := range f.bots {
		log := strings.Split(bot.log.String(), "\n")
		f.Logf("%s\n%s", bot.get("/readyz"), strings.Join(log[max(0, len(log)-100):], "\n"))
	}
	f.Fatalf("waited %s in vain for %s", limit, what)
}

// rests reports whether the replicas have nothing to do.
func (f *fleet) rests() bool { return f.bots[0].idle() }

// statusesOf are the statuses of the freeze on a pull request's head, oldest first.
func statusesOf(t testing.TB, cpython *ghtest.Repo, number int) []ghtest.Status {
	t.Helper()
	pr, err := cpython.PR(number)
	trial.OK(t, err)
	return slices.DeleteFunc(cpython.Statuses(pr.HeadSHA), func(s ghtest.Status) bool { return s.Context != freezeContext })
}

// frozenRepository has a branch 3.15 with a tracking issue, and open pull requests into it,
// the release manager's first.
func frozenRepository(t testing.TB, cpython *ghtest.Repo, count int) (issue int, numbers []int) {
	t.Helper()
	issue, err := cpython.OpenIssue(ghtest.Issue{Title: "Release 3.15", Author: "hugovk"})
	trial.OK(t, err)
	own := fmt.Sprintf("release: {issues: [{version: \"3.15\", issue: %d}]}\n", issue)
	_, err = cpython.Push("main", ghtest.Commit{Message: "Settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(own)}})
	trial.OK(t, err)
	_, err = cpython.Push("3.15", ghtest.Commit{Message: "3.15", From: "main", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	trial.OK(t, err)
	for i := range count {
		author := cmp.Or(map[int]string{0: "hugovk"}[i], "eric")
		head := fmt.Sprintf("%s:work-%d", author, i)
		_, err := cpython.Push(head, ghtest.Commit{Message: "Work", From: "3.15",
			Files: map[string]ghtest.File{fmt.Sprint("Lib/", i): ghtest.Text(head)}})
		trial.OK(t, err)
		number, err := cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("[3.15] Work %d", i), Author: author, Head: head, Base: "3.15",
			Association: "MEMBER", Labels: []string{"skip issue", "skip news"}})
		trial.OK(t, err)
		numbers = append(numbers, number)
	}
	return issue, numbers
}
