package reconcile_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// points to one pull request from all others, and shows what pointed to it.
func points(to *pull.Key, seen *[]int) func(*reconcile.Config) {
	return func(c *reconcile.Config) {
		c.Rules = func(config.Rules) []pull.Rule {
			return []pull.Rule{{Name: "points", Want: func(r *pull.Request) pull.Want {
				if r.Key == *to {
					*seen = r.Pointers
				}
				return pull.Want{Points: []pull.Key{*to}}
			}}}
		}
	}
}

// However many pull requests point to another at once, that one finds them all,
// each once, though their hints become one run. One that points there again and again
// leaves the room in the audit log to others.
func TestPointers(t *testing.T) {
	s := newStage(t)
	first, second, third := s.open("first"), s.open("second"), s.open("third")
	to := pull.Key{Owner: "python", Repo: "cpython", Number: first}
	var seen []int
	r := s.reconciler(points(&to, &seen))
	s.check(r.Run(t.Context(), s.job(first)))
	if len(seen) > 0 {
		t.Errorf("before any points there: %v", seen)
	}
	for _, number := range []int{second, third, second} {
		s.check(r.Run(t.Context(), s.job(number)))
	}
	s.check(r.Run(t.Context(), s.job(first)))
	if diff := cmp.Diff([]int{second, third}, seen); diff != "" {
		t.Errorf("what points there (-want +got):\n%s", diff)
	}
	entries, err := s.queue.AuditLog(t.Context(), to.String(), 10)
	s.check(err)
	if len(entries) != 2 {
		t.Errorf("the audit log has %d entries: %s", len(entries), entries)
	}
}
