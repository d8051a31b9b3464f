package reconcile_test

import (
	"errors"
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
)

// A sweep hands on what its limit of writes allows, the oldest first, and leaves the
// rest to the next, also of another process; until all is done, /readyz says so.
func TestSweepStopsBeforeItWritesTooMuch(t *testing.T) {
	s := newStage(t)
	for i := range 25 {
		s.open("title " + string(rune('a'+i)))
	}
	limited := func(c *reconcile.Config) { c.Settings.Sweep.MaxWrites = 12 }
	round := func(r *reconcile.Reconciler, from, to, left int) {
		t.Helper()
		recorded := &hints{Store: s.queue}
		r.Store = recorded
		s.steps(r, recorded)
		var want []string
		for n := from; n <= to; n++ {
			want = append(want, fmt.Sprint("python/cpython#", n))
			s.check(r.Run(t.Context(), s.job(n)))
		}
		if slices.Sort(want); !slices.Equal(recorded.keys, want) {
			t.Errorf("handed on %v, want %v", recorded.keys, want)
		}
		alerts := r.Alerts()
		if got := strings.Contains(fmt.Sprint(alerts), fmt.Sprintf("remaining %d pull requests", left)); got != (left > 0) || left == 0 &&
			len(alerts) > 0 {
			t.Errorf("alerts %q with %d left", alerts, left)
		}
		s.clock.Advance(time.Hour)
	}
	r := s.reconciler(limited)
	round(r, 1, 12, 13)
	if !strings.Contains(s.log.String(), "SWEEP STOPPED at sweep.max-writes") {
		t.Errorf("no loud line:\n%s", s.log.String())
	}
	round(r, 13, 24, 13) // the last one, and those that were touched since the first sweep
	if got := counter(t, s.registry, "concorde_sweep_stopped_total"); got != 2 {
		t.Errorf("stopped %v times, want 2", got)
	}
	round(s.reconciler(limited), 25, 25, 0)
}

// A rule that panics on one pull request costs that one alone.
func TestPanicCostsOnePullRequest(t *testing.T) {
	s := newStage(t)
	for _, title := range []string{"one", "two", "three"} {
		s.open(title)
	}
	sound := false
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) {
		c.Store = recorded
		rules := c.Rules
		c.Rules = func(settings config.Rules) []pull.Rule {
			return append(rules(settings), pull.Rule{Name: "odd", Needs: pull.Statuses, Want: func(r *pull.Request) pull.Want {
				if r.Key.Number == 2 && !sound {
					panic("out of range")
				}
				return pull.Want{}
			}})
		}
	})
	if _, keys := s.steps(r, recorded); !slices.Equal(keys, []string{"python/cpython#1", "python/cpython#3"}) {
		t.Errorf("handed on %v", keys)
	}
	const want = "deciding python/cpython#2: rule odd: panic: out of range"
	shown := reconcile.Alert{Kind: reconcile.KindPanic, Text: want +
		": nothing is written there until its next event. Report this bug, with the stack in the log"}
	if got := r.Alerts(); !slices.Equal(got, []reconcile.Alert{shown}) || !strings.Contains(s.log.String(), want) {
		t.Errorf("alerts %q, log:\n%s", got, s.log.String())
	}
	var giveUp *queue.GiveUp
	if err := r.Run(t.Context(), s.job(2)); !errors.As(err, &giveUp) || len(s.repo.Writes()) != 0 {
		t.Errorf("outcome %v, %d writes", err, len(s.repo.Writes()))
	}
	sound = true
	s.check(r.Run(t.Context(), s.job(2)))
	if got := r.Alerts(); len(got) != 0 || len(s.repo.Writes()) == 0 {
		t.Errorf("alerts %q", got)
	}
}

func TestSweepWaitsForALimitAndSurvivesBrokenState(t *testing.T) {
	s := newStage(t)
	s.open("first")
	s.check(s.queue.Put(t.Context(), "sweep/python/cpython", []byte("{broken")))
	fault := ghtest.SecondaryLimit(time.Minute)
	fault.Path, fault.Contains, fault.Times = "^/graphql$", "all:pullRequests", 1
	s.github.Fault(fault)
	start := s.clock.Now()
	_, keys := s.sweep()
	if waited := s.clock.Now().Sub(start); len(keys) != 1 || waited < time.Minute {
		t.Errorf("handed on %v after %s", keys, waited)
	}
}

// A sweep waits, without asking anything, while less than 40 % of the hour is
// left, however often it is woken, and goes on with the next hour.
func TestSweepWaitsForTheNextHour(t *testing.T) {
	s := newStageOn(t, ghtest.Config{RateLimit: 50})
	for i := range 45 {
		s.open(fmt.Sprint("title ", i))
	}
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	var later *queue.Later
	for step := 0; ; step++ {
		if err := r.Run(t.Context(), s.job(0)); !errors.As(err, &later) || step > 10 {
			t.Fatalf("step %d: outcome %v", step, err)
		}
		if strings.HasPrefix(later.Why, "the sweep waits") {
			break
		}
		s.clock.Advance(later.Until.Sub(s.clock.Now()))
	}
	looked := counter(t, s.registry, "concorde_sweep_checked_total")
	if wait := later.Until.Sub(s.clock.Now()); looked < 20 || looked > 30 || wait <= 0 || wait > time.Hour {
		t.Errorf("waits %s after %v looks", wait, looked)
	}
	s.asked()
	if err := r.Run(t.Context(), s.job(0)); !errors.As(err, &later) || s.asked() != 0 {
		t.Errorf("woken early: %v", err)
	}
	s.clock.Advance(later.Until.Sub(s.clock.Now()))
	if _, keys := s.steps(r, recorded); len(keys) != 45 {
		t.Errorf("handed on %d keys", len(keys))
	}
}
