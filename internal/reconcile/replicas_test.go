package reconcile_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// What one replica did on an account is known to the others: neither an error that
// another one has got over nor a pull request that alone is late turns them red.
func TestHealthOfReplicas(t *testing.T) {
	s := newStage(t)
	number := s.open("Change")
	first, second := s.reconciler(), s.reconciler()
	run := func(r *reconcile.Reconciler) error { return r.Run(t.Context(), s.job(number)) }
	late := []queue.Unserved{{Key: "python/cpython#7", Age: 11 * time.Minute}}
	health := func(r *reconcile.Reconciler, unserved []queue.Unserved, want reconcile.Health) {
		t.Helper()
		if diff := cmp.Diff(want, r.Health(t.Context(), unserved, 10*time.Minute)); diff != "" {
			t.Errorf("health (-want +have):\n%s", diff)
		}
	}
	fault := ghtest.BadGateway()
	fault.Path, fault.Times = "^/graphql$", -1
	s.check(s.github.Fault(fault))
	if err := run(first); err == nil {
		t.Fatal("a run ended well while GitHub answered 502")
	}
	s.github.ClearFaults()
	s.clock.Advance(time.Second)
	s.check(run(second))
	s.clock.Advance(5 * time.Minute)
	health(first, late, reconcile.Health{Notes: []string{"python/cpython#7 has waited for 11m while others on python were served: the log " +
		"says why"}})
	s.clock.Advance(6 * time.Minute)
	health(first, nil, reconcile.Health{})
	health(first, late, reconcile.Health{Alerts: []reconcile.Alert{{Kind: reconcile.KindSlow,
		Text: "nothing was done on python for 11m: no run has ended since then. See the log for what they're doing"}}})
}
