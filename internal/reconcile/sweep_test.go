package reconcile_test

import (
	"context"
	"errors"
	"net/http"
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

// hints are what was added to the store of a sweep.
type hints struct {
	reconcile.Store
	keys []string
	at   []time.Time
}

func (h *hints) Add(ctx context.Context, added ...queue.Hint) error {
	for _, hint := range added {
		h.keys, h.at = append(h.keys, hint.Key), append(h.at, hint.At)
	}
	return h.Store.Add(ctx, added...)
}

// sweep runs the repository's key until its sweep is done, moving the clock
// along with the pace. It gives the number of steps and the keys handed on.
func (s *stage) sweep(changes ...func(*reconcile.Config)) (steps int, keys []string) {
	s.Helper()
	recorded := &hints{Store: s.queue}
	r := s.reconciler(append(changes, func(c *reconcile.Config) { c.Store = recorded })...)
	return s.steps(r, recorded)
}

func (s *stage) steps(r *reconcile.Reconciler, recorded *hints) (steps int, keys []string) {
	s.Helper()
	for steps = 1; ; steps++ {
		err := r.Run(s.Context(), s.job(0))
		var later *queue.Later
		if !errors.As(err, &later) {
			s.check(err)
			slices.Sort(recorded.keys)
			return steps, recorded.keys
		}
		if steps > 100 {
			s.Fatal("the sweep does not end")
		}
		s.clock.Advance(later.Until.Sub(s.clock.Now()))
	}
}

func TestSweepFindsWhatWebhooksDidNotBring(t *testing.T) {
	s := newStage(t)
	var numbers []int
	for _, title := range []string{"one", "two", "three"} {
		numbers = append(numbers, s.open(title))
	}
	r := s.reconciler()
	s.check(r.Run(t.Context(), s.job(numbers[1]))) // this one is in order
	_, keys := s.sweep()
	if want := []string{"python/cpython#1", "python/cpython#3"}; !slices.Equal(keys, want) {
		t.Errorf("handed on %v, want %v", keys, want)
	}
	if got := counter(t, s.registry, "concorde_sweep_fixed_total"); got != 2 {
		t.Errorf("mended %v writes, want 2", got)
	}
	if writes := s.repo.Writes(); len(writes) != 1 {
		t.Errorf("the sweep wrote by itself: %+v", writes)
	}
}

func TestSweepTakesManyPullRequestsInPacedSteps(t *testing.T) {
	s := newStage(t)
	for i := range 25 {
		s.open("title " + string(rune('a'+i)))
	}
	start := s.clock.Now()
	steps, keys := s.sweep(func(c *reconcile.Config) { c.Settings.Sweep.PullRequestsPerMinute = 10 })
	if steps != 4 || len(keys) != 25 {
		t.Errorf("%d steps handed on %d keys, want 4 and 25", steps, len(keys))
	}
	if took := s.clock.Now().Sub(start); took != 2*time.Minute {
		t.Errorf("took %s at 10 pull requests a minute, want 2m for two full batches of 10", took)
	}
}

func TestSweepGoesOnAfterARestart(t *testing.T) {
	s := newStage(t)
	for i := range 25 {
		s.open("title " + string(rune('a'+i)))
	}
	r := s.reconciler()
	for range 2 { // the list, and the first batch
		var later *queue.Later
		if err := r.Run(t.Context(), s.job(0)); !errors.As(err, &later) {
			t.Fatalf("outcome %v", err)
		}
		s.clock.Advance(later.Until.Sub(s.clock.Now()))
	}
	steps, keys := s.sweep() // a new one, on the same database
	if steps != 2 || len(keys) != 25 {
		t.Errorf("%d more steps handed on %d keys, want 2 and 25", steps, len(keys))
	}
}

func TestSweepSchedule(t *testing.T) {
	s := newStage(t)
	first := s.open("first")
	s.clock.Advance(20 * time.Minute)
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	looks := func(want float64, when string) {
		t.Helper()
		before := counter(t, s.registry, "concorde_sweep_checked_total")
		s.steps(r, recorded)
		if got := counter(t, s.registry, "concorde_sweep_checked_total") - before; got != want {
			t.Errorf("%s: looked at %v pull requests, want %v", when, got, want)
		}
	}
	looks(1, "the first time: all")
	looks(0, "soon after: nothing")
	s.clock.Advance(30 * time.Minute)
	second := s.open("second")
	looks(0, "not yet")
	s.clock.Advance(30 * time.Minute)
	looks(1, "hourly: what was updated since")
	s.clock.Advance(time.Minute)
	r = s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	s.check(s.repo.EditTitle(first, "first, edited"))
	looks(1, "after a start: what was updated since")
	s.clock.Advance(15 * time.Hour) // past three in the night
	looks(2, "nightly: all open ones")
	s.check(s.repo.Close(second, "eric"))
	s.clock.Advance(24 * time.Hour)
	looks(2, "nightly: those that were closed since")
	s.clock.Advance(24 * time.Hour)
	looks(2, "nightly: those that were closed this week")
	s.clock.Advance(7 * 24 * time.Hour)
	looks(1, "later: open ones alone")
	s.clock.Advance(time.Minute)
	s.check(s.repo.EditTitle(second, "second, edited"))
	s.clock.Advance(30 * 24 * time.Hour)
	looks(2, "after a month without a sweep: what was touched meanwhile")
}

func TestSweepAsksInEveryRepositoryThatItActsIn(t *testing.T) {
	s := newStage(t)
	_, err := s.github.Repo("python/peps", ghtest.RepoOptions{})
	s.check(err)
	_, err = s.github.Repo("other/cpython", ghtest.RepoOptions{})
	s.check(err)
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	s.check(r.Sweep(t.Context()))
	slices.Sort(recorded.keys)
	if want := []string{"python/cpython", "python/peps"}; !slices.Equal(recorded.keys, want) {
		t.Errorf("asked for %v, want %v", recorded.keys, want)
	}
	s.github.Fault(ghtest.Fault{Method: http.MethodGet, Path: "^/app/installations$", Status: 502})
	if err := r.Sweep(t.Context()); err == nil || !strings.Contains(err.Error(), "listing the repositories to sweep") {
		t.Errorf("got %v", err)
	}
}

// One that GitHub never shows must not keep the sweep from the others.
func TestSweepLeavesTheOddOneToTheQueue(t *testing.T) {
	s := newStage(t)
	for _, title := range []string{"one", "two", "three"} {
		s.open(title)
	}
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: `"number":2,`, Times: -1, Status: http.StatusBadGateway}))
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	var later *queue.Later
	for range 2 { // the list, and the first batch up to the odd one
		err := r.Run(t.Context(), s.job(0))
		if errors.As(err, &later) {
			s.clock.Advance(later.Until.Sub(s.clock.Now()))
		} else if err == nil || !strings.Contains(err.Error(), "502") {
			t.Fatalf("outcome %v", err)
		}
	}
	if _, keys := s.steps(r, recorded); len(keys) != 3 {
		t.Errorf("handed on %v, want all three: two to mend, and the one to ask for again", keys)
	}
}

// Issues that were touched are looked at as well, an hour's and, by a full sweep,
// a week's, in whatever state they are.
func TestSweepLooksAtIssues(t *testing.T) {
	s := newStage(t)
	issue := func(title string) int {
		t.Helper()
		number, err := s.repo.OpenIssue(ghtest.Issue{Title: title, Author: "eric"})
		s.check(err)
		return number
	}
	sorted := func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{Name: "sorted", Issues: true, Needs: pull.Events, Owns: []string{"type-bug"}, Want: func(r *pull.Request) pull.Want {
				if !r.Issue {
					return pull.Want{}
				}
				return pull.Want{Labels: []pull.Label{{Name: "type-bug", On: true, Hold: pull.Suggested}}}
			}}}
		}
	}
	looks := func(want int, keys ...string) {
		t.Helper()
		s.asked()
		_, got := s.sweep(sorted)
		if looked := counter(t, s.registry, "concorde_sweep_checked_total"); int(looked) != want || !slices.Equal(got, keys) {
			t.Errorf("looked at %v and handed on %v, want %d and %v", looked, got, want, keys)
		}
		if n := s.asked(); n > 5+want { // the repository; open ones, touched ones, issues; labels for backports
			t.Errorf("%d requests for %d looks", n, want)
		}
	}
	issue("long ago")
	s.clock.Advance(30 * 24 * time.Hour)
	bug, done := issue("a bug"), issue("another")
	s.check(s.repo.Close(done, "eric"))
	s.open("first")
	s.clock.Advance(2 * 24 * time.Hour)
	looks(3, "python/cpython#2", "python/cpython#3")
	s.check(s.reconciler(sorted).Run(t.Context(), s.job(bug)))
	s.clock.Advance(time.Hour)
	looks(1) // the one that the bot labelled
	s.clock.Advance(time.Hour)
	_, err := s.repo.Comment(done, "eric", "again")
	s.check(err)
	looks(1, "python/cpython#3")
	s.clock.Advance(time.Hour)
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "all:issues", Status: http.StatusBadGateway, Times: 3}))
	if err := s.reconciler(sorted).Run(t.Context(), s.job(0)); err == nil ||
		!strings.Contains(err.Error(), "listing the issues of python/cpython") {
		t.Errorf("outcome %v", err)
	}
	looks(1, "python/cpython#3") // twice, since it was touched right before the last sweep
	s.clock.Advance(time.Hour)
	looks(0)
}
