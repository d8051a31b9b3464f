package reconcile_test

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A head came when an event first named it, or a snapshot first had it, however
// much happens afterwards; without the database, when the bot looks again.
func TestWhenAHeadCame(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	key := s.job(number).Key
	var came time.Time
	look := func(store reconcile.Store) time.Time {
		t.Helper()
		r := s.reconciler(func(c *reconcile.Config) {
			c.Store = store
			c.Rules = func(config.Rules) []pull.Rule {
				return []pull.Rule{{Name: "looks", Needs: pull.Events, Want: func(r *pull.Request) pull.Want {
					came = r.HeadCame()
					return pull.Want{}
				}}}
			}
		})
		_, _, err := r.Plan(t.Context(), pull.Key{Owner: "python", Repo: "cpython", Number: number}, 0)
		s.check(err)
		return came
	}
	expect := func(what string, got, want time.Time) {
		t.Helper()
		if !got.Equal(want) {
			t.Errorf("%s: the head came at %v, want %v", what, got, want)
		}
	}
	opened := s.clock.Now()
	expect("opened", look(s.queue), opened)
	s.clock.Advance(time.Hour)
	s.check(s.repo.Label(number, "carol", "docs"))
	expect("labelled", look(s.queue), opened)
	expect("without a store", look(nil), opened.Add(time.Hour))

	_, err := s.repo.Push("eric:first", ghtest.Commit{Files: map[string]ghtest.File{"second": ghtest.Text("2")}})
	s.check(err)
	state, err := s.repo.PR(number)
	s.check(err)
	s.check(s.queue.Add(t.Context(), queue.Hint{Key: key, UpdatedAt: s.clock.Now(), Version: state.HeadSHA}))
	pushed := s.clock.Now()
	s.clock.Advance(time.Hour)
	s.check(s.repo.Label(number, "carol", "stdlib"))
	expect("pushed, and labelled before the first look", look(s.queue), pushed)
}
