package reconcile_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// later is how long a run is put off, and whether GitHub was asked for anything.
func (s *stage) later(r *reconcile.Reconciler, job queue.Job) (wait time.Duration, asked bool) {
	s.Helper()
	s.asked()
	err := r.Run(s.Context(), job)
	var later *queue.Later
	if !errors.As(err, &later) {
		s.check(err)
		return 0, s.asked() > 0
	}
	asked = s.asked() > 0
	if later.Rests == asked { // what it doesn't even ask for it puts off by choice, so /readyz doesn't count it as late
		s.Errorf("%s: asked %v, rests %v: %v", job.Key, asked, later.Rests, err)
	}
	return later.Until.Sub(s.clock.Now()), asked
}

// A pull request that costs a lot settles longer and longer, up to a quarter of an
// hour, whatever wakes it; others are looked at as ever.
func TestExpensiveKeysWait(t *testing.T) {
	s := newStage(t)
	busy, other := s.open("busy"), s.open("other")
	r := s.reconciler()
	runs, longest := 0, time.Duration(0)
	for start := s.clock.Now(); s.clock.Now().Sub(start) < time.Hour; s.clock.Advance(time.Second) { // an event a second
		s.check(s.repo.EditTitle(busy, fmt.Sprint("busy ", s.clock.Now().Unix())))
		wait, asked := s.later(r, s.job(busy))
		if asked {
			runs++
		}
		if asked != (wait == 0) {
			t.Fatalf("waits %s, and asked %v", wait, asked)
		}
		longest = max(longest, wait)
	}
	if runs < 60 || runs > 150 { // at some 8 a run, a title's status among them: 300 and 600
		t.Errorf("%d runs in an hour of an event a second", runs)
	}
	if wait, asked := s.later(r, s.job(other)); wait != 0 || !asked {
		t.Errorf("another pull request waits %s", wait)
	}
	if longest > 15*time.Minute {
		t.Errorf("waits %s", longest)
	}
	s.clock.Advance(15 * time.Minute)
	if wait, asked := s.later(r, s.job(busy)); wait != 0 || !asked {
		t.Errorf("after a quarter of an hour it waits %s more", wait)
	}
}

// What no person waits for comes one after the other, each at a time of its own,
// and none of it while the rest of an hour is kept for people.
func TestWhatNobodyWaitsForTakesTurns(t *testing.T) {
	s := newStageOn(t, ghtest.Config{RateLimit: 100})
	for i := range 30 {
		s.open(fmt.Sprint("title ", i))
	}
	r := s.reconciler(func(c *reconcile.Config) { c.Settings.Sweep.PullRequestsPerMinute = 60 })
	job := func(number int, cause string) queue.Job {
		j := s.job(number)
		j.Cause = cause
		return j
	}
	var waits []time.Duration
	for number := 1; number <= 13; number++ {
		wait, _ := s.later(r, job(number, "sweep"))
		waits = append(waits, wait)
	}
	for i, wait := range waits { // a burst of ten
		if want := time.Duration(max(0, i-9)) * time.Second; (wait - want).Abs() > 10*time.Millisecond {
			t.Errorf("#%d waits %s, want %s", i+1, wait, want)
		}
	}
	if wait, _ := s.later(r, job(12, "again")); (wait - 2*time.Second).Abs() > 10*time.Millisecond {
		t.Errorf("#12, woken, waits %s", wait)
	}
	if wait, asked := s.later(r, job(13, "delivery-1")); wait != 0 || !asked {
		t.Errorf("#13 waits %s for what nobody waits for", wait)
	}
	for range 75 { // people's events, down to the reserve
		s.check(s.repo.EditTitle(14, fmt.Sprint("title ", s.clock.Now().UnixNano())))
		s.clock.Advance(30 * time.Second)
		s.later(r, job(14, "delivery-2"))
		if share, _ := r.GitHub.Left(pull.Key{Owner: "python", Repo: "cpython"}, 0); share < 0.15 {
			break
		}
	}
	if wait, asked := s.later(r, job(15, "sweep")); wait <= 0 || asked {
		t.Errorf("#15 waits %s, and asked %v", wait, asked)
	}
	if wait, asked := s.later(r, job(15, "delivery-3")); wait != 0 || !asked {
		t.Errorf("a person's event on #15 waits %s", wait)
	}
}
