package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A team that nobody can read is said once, aloud, until it can be read, however many
// repositories its organization has; a rule that asks for no team says nothing of it.
func TestTroubles(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	asks := func(needs pull.Facts) func(*reconcile.Config) {
		return func(c *reconcile.Config) {
			c.Settings.Roles.CoreTeam = "python/core"
			c.Rules = func(config.Rules) []pull.Rule {
				return []pull.Rule{{Name: "asks", Needs: needs, Want: func(*pull.Request) pull.Want { return pull.Want{} }}}
			}
		}
	}
	r := s.reconciler(asks(pull.Team))
	count := func(loud, again int) {
		t.Helper()
		s.check(r.Run(t.Context(), s.job(number)))
		log := s.log.String()
		if strings.Count(log, "cannot read the core team") != loud || strings.Count(log, "can be read again") != again {
			t.Errorf("want %d and %d lines in:\n%s", loud, again, log)
		}
		if got := len(r.Alerts()); got != loud-again {
			t.Errorf("alerts %q", r.Alerts())
		}
	}
	count(1, 0)
	count(1, 0)

	peps, err := s.github.Repo("python/peps", ghtest.RepoOptions{}) // whose team is the same
	s.check(err)
	_, err = peps.Push("eric:second", ghtest.Commit{Message: "second", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	s.check(err)
	other, err := peps.OpenPR(ghtest.PR{Title: "second", Author: "eric", Head: "eric:second"})
	s.check(err)
	job := s.job(other)
	job.Key = pull.Key{Owner: "python", Repo: "peps", Number: other}.String()
	s.check(r.Run(t.Context(), job))
	count(1, 0)

	s.check(s.github.Team("python", "core", "dana"))
	s.clock.Advance(24 * time.Hour)
	count(1, 1)
	count(1, 1)

	r = s.reconciler(asks(pull.Statuses))
	s.check(s.github.DeleteTeam("python", "core"))
	s.check(r.Run(t.Context(), s.job(number)))
	if all := r.Alerts(); len(all) != 0 {
		t.Errorf("alerts %q", all)
	}
}
