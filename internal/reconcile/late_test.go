package reconcile_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A clock that was set back does not make the bot ask GitHub each second until
// it is where it was.
func TestAClockSetBackDelaysNothing(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	job := s.job(number)
	job.UpdatedAt, job.Wanted = s.clock.Now().Add(time.Hour), s.clock.Now().Add(time.Hour)
	s.check(r.Run(t.Context(), job))
}

// A key may have waited for minutes since its first hint when the newest one comes: an
// answer from before that one isn't used.
func TestAnOldAnswerIsNotUsedAfterALongWait(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	job := s.job(number)
	s.clock.Advance(10 * time.Minute)
	s.github.SetWeather(ghtest.Weather{Stale: 2 * time.Second})
	s.check(s.repo.EditTitle(number, "second"))
	job.UpdatedAt = s.clock.Now()
	s.wantLater(r.Run(t.Context(), job))
	s.clock.Advance(2 * time.Second)
	s.check(r.Run(t.Context(), job))
	if got := s.status(number, "bedevere/news"); got != "second" {
		t.Errorf("status %q", got)
	}
}

// What a process saw before it ended isn't known to the next one, which therefore waits
// until GitHub's copies all have it.
func TestAfterARestartOlderHintsWait(t *testing.T) {
	s := newStage(t)
	job := s.job(s.open("first"))
	s.clock.Advance(time.Second)
	r := s.reconciler()
	s.wantLater(r.Run(t.Context(), job))
	s.seen()
	if s.wantLater(r.Run(t.Context(), job)); len(s.seen()) > 0 {
		t.Error("waiting asked GitHub")
	}
	s.clock.Advance(4 * time.Second)
	s.check(r.Run(t.Context(), job))
}

// What a run enqueues may be run by another process, which doesn't know how new the state
// was that this one saw: the other waits until GitHub's copies all have it.
func TestReplicasWaitWithWhatOthersEnqueue(t *testing.T) {
	s := newStage(t)
	number, recorded := s.open("first"), &hints{Store: s.queue}
	for _, processes := range []int{1, 2} {
		r := s.reconciler(func(c *reconcile.Config) {
			c.Store = recorded
			c.GitHub.Share(processes)
			c.Rules = func(config.Rules) []pull.Rule {
				return []pull.Rule{{Name: "enqueues", Want: func(*pull.Request) pull.Want {
					return pull.Want{Enqueue: []pull.Key{{Owner: "python", Repo: "cpython", Number: 7}}}
				}}}
			}
		})
		s.check(r.Run(t.Context(), s.job(number)))
	}
	want := []time.Time{{}, s.clock.Now().Add(4 * time.Second)}
	if !slices.EqualFunc(recorded.at, want, time.Time.Equal) {
		t.Errorf("enqueued for %v, want %v", recorded.at, want)
	}
}

func (s *stage) wantLater(err error) {
	s.Helper()
	var later *queue.Later
	if !errors.As(err, &later) || later.Until.Sub(s.clock.Now()) < time.Second {
		s.Errorf("outcome %v, want a wait of a second at least", err)
	}
}

// Looking again does not depend on what GitHub thinks of today's writes.
func TestWhatIsRefusedIsLookedAtAgain(t *testing.T) {
	s := newStage(t)
	number, recorded := s.open("first"), &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) {
		c.Store = recorded
		c.Rules = func(rules config.Rules) []pull.Rule {
			rule := titled(rules)[0]
			want := rule.Want
			rule.Want = func(r *pull.Request) pull.Want {
				w := want(r)
				w.Again, w.Enqueue = r.Now.Add(time.Hour), []pull.Key{{Owner: "python", Repo: "cpython", Number: 7}}
				return w
			}
			return []pull.Rule{rule}
		}
	})
	s.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: "/statuses/", Status: 422, Body: `{"message":"Validation Failed"}`})
	var giveUp *queue.GiveUp
	if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &giveUp) {
		t.Errorf("outcome %v", err)
	}
	if want := []string{"python/cpython#7", "python/cpython#1"}; !slices.Equal(recorded.keys, want) {
		t.Errorf("hints %v, want %v", recorded.keys, want)
	}
}

// What a dry run found missing is still missing.
func TestSweepAfterADryRun(t *testing.T) {
	s := newStage(t)
	s.open("first")
	s.clock.Advance(time.Hour)
	s.sweep(func(c *reconcile.Config) { c.DryRun = true })
	s.clock.Advance(time.Minute)
	if _, keys := s.sweep(); len(keys) != 1 {
		t.Errorf("handed on %v, want the pull request", keys)
	}
}

// A pull request that takes too long to load is left to its own key, too.
func TestSweepPassesOverWhatTakesTooLong(t *testing.T) {
	s := newStage(t)
	for _, title := range []string{"one", "two", "three"} {
		s.open(title)
	}
	s.check(s.github.Fault(ghtest.Fault{Path: "^/graphql$", Contains: `"number":2`, Hang: true, Times: -1}))
	recorded := &hints{Store: s.queue}
	r := s.reconciler(func(c *reconcile.Config) { c.Store = recorded })
	reconcile.SetLookTime(r, time.Second)
	for done := false; !done; {
		err := r.Run(t.Context(), s.job(0))
		var later *queue.Later
		var slow *gh.Temporary
		switch {
		case errors.As(err, &later), errors.As(err, &slow):
		default:
			s.check(err)
			done = true
		}
	}
	if slices.Sort(recorded.keys); len(recorded.keys) != 3 {
		t.Errorf("handed on %v, want all three", recorded.keys)
	}
}

// The App may have been installed again since the event, or the repository moved.
func TestAnInstallationThatIsGoneIsLookedUp(t *testing.T) {
	s := newStage(t)
	number, r := s.open("first"), s.reconciler()
	job := s.job(number)
	job.Installation = 1 << 40
	if err := r.Run(t.Context(), job); err == nil {
		t.Fatal("there is no such installation")
	}
	job.Attempt = 2
	s.check(r.Run(t.Context(), job))
	if got := s.status(number, "bedevere/news"); got != "first" {
		t.Errorf("status %q", got)
	}
}
