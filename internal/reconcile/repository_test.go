package reconcile_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

const (
	asks  = "needs backport to "
	fixes = "bug and security fixes"
)

func backports(s config.Rules) backport.Config {
	return backport.Config{Settings: s.Backport, ABI: s.ABI, Calendar: lifecycle.Builtin, ServerURL: "https://github.com"}
}

// withLabels lets the reconciler look after the labels of branches.
func withLabels(c *reconcile.Config) {
	c.Labels = func(s config.Rules, r pull.Repository, now time.Time) []pull.LabelEdit {
		b := backports(s)
		return b.Labels(r, now)
	}
}

func (s *stage) branches(names ...string) {
	s.Helper()
	for _, name := range names {
		_, err := s.repo.Push(name)
		s.check(err)
	}
}

// event is a run of the repository's key for a delivery.
func (s *stage) event(r *reconcile.Reconciler, delivery string) error {
	s.Helper()
	job := s.job(0)
	job.Cause = delivery
	return r.Run(s.Context(), job)
}

// asked are the requests since the last call, but for those of authentication.
func (s *stage) asked() int {
	n := 0
	for _, r := range s.github.Requests() {
		if !strings.HasPrefix(r.Path, "/app") && !strings.HasSuffix(r.Path, "/installation") {
			n++
		}
	}
	s.github.ResetRequests()
	return n
}

// actions is what concorde_actions_total says.
func actions(t *testing.T, registry *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			if family.GetName() == "concorde_actions_total" {
				all[m.GetLabel()[0].GetValue()+" "+m.GetLabel()[1].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	return all
}

func TestBranchDay(t *testing.T) {
	s := newStage(t)
	s.branches("3.14", "3.13", "3.14-docs")
	for _, l := range []ghtest.Label{
		{Name: "Needs Backport to 3.13", Color: "c2e0c6", Description: fixes}, {Name: asks + "3.9", Color: "c2e0c6", Description: fixes},
		{Name: asks + "3.12", Color: "e99695", Description: "ask Thomas"}, {Name: asks + "9.9", Color: "c2e0c6"},
	} {
		s.check(s.repo.SetLabel(l))
	}
	r := s.reconciler(withLabels)
	s.steps(r, &hints{Store: s.queue})
	want := []ghtest.Label{
		{Name: asks + "3.12", Color: "e99695", Description: "ask Thomas"},
		{Name: "Needs Backport to 3.13", Color: "e99695", Description: "only security fixes"},
		{Name: asks + "3.14", Color: "c2e0c6", Description: fixes},
		{Name: asks + "3.9", Color: "ededed", Description: "end of life, takes no more changes"},
		{Name: asks + "9.9", Color: "c2e0c6"},
	}
	if diff := cmp.Diff(want, s.repo.Labels()); diff != "" {
		t.Errorf("when a sweep begins (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]float64{"create-label done": 1, "edit-label done": 2}, actions(t, s.registry)); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
	for _, line := range []string{`"action":"create label \"needs backport to 3.14\" c2e0c6 \"bug and security fixes\"","message":"applied"`,
		`edit label \"needs backport to 3.9\" ededed`} {
		if strings.Count(s.log.String(), line) != 1 {
			t.Errorf("the log should have once %s:\n%s", line, s.log.String())
		}
	}

	// A branch is cut: the event is enough, and starts no sweep.
	s.open("first")
	s.clock.Advance(5 * time.Minute)
	s.branches("3.15")
	s.asked()
	s.check(s.event(r, "delivery-1"))
	if labels := s.repo.Labels(); len(labels) != 6 || labels[3] != (ghtest.Label{Name: asks + "3.15", Color: "c2e0c6", Description: fixes}) {
		t.Errorf("labels %+v", labels)
	}
	if looked := counter(t, s.registry, "concorde_sweep_checked_total"); looked != 0 {
		t.Errorf("a sweep looked at %v pull requests", looked)
	}
	if n := s.asked(); n != 2 {
		t.Errorf("%d requests, want one look and one write", n)
	}
	for _, c := range []struct {
		cause string
		want  int
	}{{"delivery-1", 1}, {"delivery-2", 1}, {"sweep", 0}} { // a redelivery, and another event; the sweep is not due
		s.check(s.event(r, c.cause))
		if n := s.asked(); n != c.want {
			t.Errorf("%s: %d requests, want %d", c.cause, n, c.want)
		}
	}
}

// An event in the middle of a sweep neither waits for it nor disturbs it.
func TestBranchDayDuringASweep(t *testing.T) {
	s := newStage(t)
	for i := range 25 {
		s.open("title " + string(rune('a'+i)))
	}
	recorded := &hints{Store: s.queue}
	r := s.reconciler(withLabels, func(c *reconcile.Config) { c.Store = recorded; c.Settings.Sweep.PullRequestsPerMinute = 10 })
	var later *queue.Later
	for range 2 { // the list, and the first batch
		if err := r.Run(t.Context(), s.job(0)); !errors.As(err, &later) {
			t.Fatalf("outcome %v", err)
		}
	}
	s.branches("3.14")
	for range 2 {
		if err := s.event(r, "delivery-1"); !errors.As(err, &later) || !later.Until.After(s.clock.Now()) {
			t.Fatalf("outcome %v, want the pace of the sweep", err)
		}
	}
	if labels := s.repo.Labels(); len(labels) != 1 {
		t.Errorf("labels %+v", labels)
	}
	s.clock.Advance(later.Until.Sub(s.clock.Now()))
	if _, keys := s.steps(r, recorded); len(keys) != 25 {
		t.Errorf("the sweep handed on %d keys, want 25", len(keys))
	}
}

func TestBranchDayInADryRun(t *testing.T) {
	s := newStage(t)
	s.branches("3.14")
	s.sweep(withLabels, func(c *reconcile.Config) { c.DryRun = true })
	if writes := s.repo.Writes(); len(writes) != 0 || !strings.Contains(s.log.String(), `"message":"would apply"`) {
		t.Errorf("wrote %+v; log:\n%s", writes, s.log.String())
	}
	if diff := cmp.Diff(map[string]float64{"create-label planned": 1}, actions(t, s.registry)); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}

// The repository's own file counts, even before any pull request was looked at.
func TestBranchDayByTheRepositorysSettings(t *testing.T) {
	s := newStage(t)
	s.branches("3.14")
	r := s.reconciler(withLabels)
	settings := func(text string) {
		t.Helper()
		_, err := s.repo.Push("main", ghtest.Commit{Message: "settings", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(text)}})
		s.check(err)
	}
	settings("backport: {mode: off}\n")
	s.steps(r, &hints{Store: s.queue})
	settings("backport: {mode: loud}\n") // the last good one stays in force
	s.check(s.event(r, "delivery-1"))
	if labels := s.repo.Labels(); len(labels) != 0 {
		t.Errorf("labels %+v", labels)
	}
	settings("backport: {label: 'backport:'}\n")
	s.check(s.event(r, "delivery-2"))
	if labels := s.repo.Labels(); len(labels) != 1 || labels[0].Name != "backport: 3.14" {
		t.Errorf("labels %+v", labels)
	}
}

func TestBranchDayInTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		fault ghtest.Fault
		stops bool // the run ends, and comes again
	}{
		"refused":     {ghtest.Fault{Status: 422, Body: `{"message":"Validation Failed"}`}, false},
		"not allowed": {ghtest.Fault{Status: 403, Body: `{"message":"Resource not accessible by integration"}`}, false},
		"gone":        {ghtest.Fault{Status: 404, Body: `{"message":"Not Found"}`}, false},
		"limited":     {ghtest.SecondaryLimit(time.Minute), true},
		"down":        {ghtest.BadGateway(), true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.branches("3.14", "3.15")
			s.open("first")
			c.fault.Method, c.fault.Path, c.fault.Times = http.MethodPost, "/labels$", 1
			s.check(s.github.Fault(c.fault))
			recorded := &hints{Store: s.queue}
			r := s.reconciler(withLabels, func(c *reconcile.Config) { c.Store = recorded })
			err := s.event(r, "delivery-1")
			var later *queue.Later
			if stopped := err != nil && (!errors.As(err, &later) || later.Until.After(s.clock.Now())); stopped != c.stops {
				t.Errorf("outcome %v", err)
			}
			s.clock.Advance(2 * time.Minute)
			if _, keys := s.steps(r, recorded); len(keys) != 1 {
				t.Errorf("the sweep handed on %v", keys)
			}
			s.check(s.event(r, "delivery-2"))
			if labels := s.repo.Labels(); len(labels) != 2 {
				t.Errorf("labels %+v", labels)
			}
		})
	}
}

// A redelivery has the ID of the first delivery, and is looked at like any other.
func TestRepositoryIsLookedAtOnRedelivery(t *testing.T) {
	s := newStage(t)
	r := s.reconciler(withLabels)
	s.steps(r, &hints{Store: s.queue})
	s.check(s.event(r, "delivery-1"))
	s.branches("3.15")
	s.check(s.event(r, "delivery-1"))
	if labels := s.repo.Labels(); len(labels) != 1 || labels[0].Name != asks+"3.15" {
		t.Errorf("labels %+v", labels)
	}
}
