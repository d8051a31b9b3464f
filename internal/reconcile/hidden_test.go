package reconcile_test

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A comment of the bot that GitHub leaves out of its answers, with an error at its
// place (jasperapp/jasper#187), is not posted again.
func TestHiddenNotesAreNotPostedAgain(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{Name: "says", Needs: pull.Notes, Want: func(r *pull.Request) pull.Want {
				return pull.Want{Notes: []pull.Note{{Key: "help", Body: "This is " + r.Title}, {Key: r.Title, Body: "new"}}}
			}}}
		}
	})
	look := func(want int) {
		t.Helper()
		s.check(r.Run(t.Context(), s.job(number)))
		if n := s.comments(number); n != want {
			t.Errorf("%d comments, want %d", n, want)
		}
		s.clock.Advance(time.Hour)
	}
	look(2)
	s.check(s.github.Hole(ghtest.Hole{Path: `repository.issueOrPullRequest.comments.nodes.0`, Type: "FORBIDDEN", Message: "no"}))
	look(2)
	s.check(s.repo.EditTitle(number, "second"))
	look(3) // what was never posted is
	s.github.ClearFaults()
	look(3)
	look(3)
}
