package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A team that nobody can read is said once, aloud, until it can be read; a rule
// that asks for no team says nothing of it.
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
		if strings.Count(log, "NOBODY KNOWS THE CORE DEVELOPERS") != loud || strings.Count(log, "are known again") != again {
			t.Errorf("want %d and %d lines in:\n%s", loud, again, log)
		}
		if got := len(r.Troubles()); got != loud-again {
			t.Errorf("troubles %q", r.Troubles())
		}
	}
	count(1, 0)
	count(1, 0)
	s.check(s.github.Team("python", "core", "dana"))
	s.advance(24 * time.Hour)
	count(1, 1)
	count(1, 1)

	r = s.reconciler(asks(pull.Statuses))
	s.check(s.github.DeleteTeam("python", "core"))
	s.check(r.Run(t.Context(), s.job(number)))
	if all := r.Troubles(); len(all) != 0 {
		t.Errorf("troubles %q", all)
	}
}
