package reconcile_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/triage/conflict"
)

// withConflicts has the rule on conflicts alone, at most every half hour.
func withConflicts(c *reconcile.Config) {
	c.Settings.Conflicts = config.Conflicts{Mode: config.On, Label: conflicting, Every: 30}
	c.Rules = func(s config.Rules) []pull.Rule {
		if rule := conflict.Rule(s.Conflicts); rule.Want != nil {
			return []pull.Rule{rule}
		}
		return nil
	}
}

// agenda is a store that keeps hints until their time.
type agenda struct {
	reconcile.Store
	hints []queue.Hint
}

func (a *agenda) Add(_ context.Context, added ...queue.Hint) error {
	for _, h := range added {
		if !slices.ContainsFunc(a.hints, func(o queue.Hint) bool { return o.Key == h.Key && o.At.Equal(h.At) }) {
			a.hints = append(a.hints, h)
		}
	}
	return nil
}

// fitting is a stage with the rule on conflicts, where no sweep helps.
type fitting struct {
	*stage
	*reconcile.Reconciler
	agenda *agenda
	pushes int
}

func newFitting(t *testing.T, change ...func(*reconcile.Config)) *fitting {
	t.Helper()
	s := newStage(t)
	f := &fitting{stage: s, agenda: &agenda{Store: s.queue}}
	f.Reconciler = s.reconciler(append([]func(*reconcile.Config){withConflicts, func(c *reconcile.Config) { c.Store = f.agenda }},
		change...)...)
	for _, note := range []string{"sweep", "dry-sweep"} {
		s.check(s.queue.Put(t.Context(), note+"/python/cpython", []byte(`{"recent":"2100-01-01T00:00:00Z","full":"2100-01-01T00:00:00Z"}`)))
	}
	return f
}

// request opens a pull request that writes to a file.
func (f *fitting) request(name, file string) int {
	f.Helper()
	_, err := f.repo.Push("eric:"+name, ghtest.Commit{Message: name, From: "main", Files: map[string]ghtest.File{file: ghtest.Text(name)}})
	f.check(err)
	number, err := f.repo.OpenPR(ghtest.PR{Title: name, Author: "eric", Head: "eric:" + name})
	f.check(err)
	return number
}

// push writes to a file on main, and lets the event of that come.
func (f *fitting) push(file, text string) {
	f.Helper()
	f.pushes++
	_, err := f.repo.Push("main", ghtest.Commit{Message: "push", Files: map[string]ghtest.File{file: ghtest.Text(text)}})
	f.check(err)
	f.hint("python/cpython", fmt.Sprint("push-", f.pushes))
	f.work()
}

func (f *fitting) hint(key, cause string) {
	f.Helper()
	f.check(f.agenda.Add(f.Context(), queue.Hint{Key: key, Cause: cause}))
}

// work runs what is due.
func (f *fitting) work() {
	f.Helper()
	for range 10_000 {
		i := slices.IndexFunc(f.agenda.hints, func(h queue.Hint) bool { return !h.At.After(f.clock.Now()) })
		if i < 0 {
			return
		}
		h := f.agenda.hints[i]
		f.agenda.hints = slices.Delete(f.agenda.hints, i, i+1)
		f.check(f.Run(f.Context(), queue.Job{Hint: h, Attempt: 1, Wanted: f.clock.Now()}))
	}
	f.Fatal("there is no end to it")
}

// pass lets time go by, and does what becomes due.
func (f *fitting) pass(d time.Duration) {
	f.Helper()
	for end := f.clock.Now().Add(d); f.clock.Now().Before(end); {
		f.clock.Advance(min(time.Minute, end.Sub(f.clock.Now())))
		f.work()
	}
}

func (f *fitting) labelled(number int, want bool, when string) {
	f.Helper()
	state, err := f.repo.PR(number)
	f.check(err)
	if got := slices.Contains(state.Labels, conflicting); got != want {
		f.Errorf("%s: #%d has labels %q", when, number, state.Labels)
	}
}

// lists counts the pages of open pull requests that were asked for since the last
// call, and the requests in all.
func (f *fitting) lists() (pages, all int) {
	f.Helper()
	for _, x := range f.seen() {
		if strings.Contains(x, "mergeable labels") {
			pages++
		}
		all++
	}
	return pages, all
}
