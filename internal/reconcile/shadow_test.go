package reconcile_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
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

// moded is the rule on titles, in the mode that the settings have for news.
func moded(rules config.Rules) []pull.Rule {
	all := titled(rules)
	if rules.Modes.News == config.InShadow {
		all[0].Shadow = &pull.Shadow{Bots: rules.Shadow.Bots}
	}
	return all
}

// hinted keeps the hints that a reconciler adds.
type hinted struct {
	*queue.Queue
	hints []queue.Hint
}

func (h *hinted) Add(ctx context.Context, hints ...queue.Hint) error {
	h.hints = append(h.hints, hints...)
	return h.Queue.Add(ctx, hints...)
}

// shadowed is a reconciler with the rule in shadow; calling it again is a restart.
func (s *stage) shadowed() (*reconcile.Reconciler, *hinted) {
	s.Helper()
	store := &hinted{Queue: s.queue}
	return s.reconciler(func(c *reconcile.Config) {
		c.Settings.Modes.News, c.Rules, c.Store = config.InShadow, moded, store
	}), store
}

// outcomes are the predictions about a pull request: THING OUTCOME.
func (s *stage) outcomes(number int) (all []string) {
	s.Helper()
	stored, err := s.queue.Predictions(s.Context(), s.job(number).Key)
	s.check(err)
	for _, p := range stored {
		var record struct{ Outcome string }
		s.check(json.Unmarshal(p.Value, &record))
		if thing, _, _ := strings.Cut(p.Thing, " on "); thing != "" {
			all = append(all, thing+" "+record.Outcome)
		}
	}
	slices.Sort(all)
	return all
}

func (s *stage) expectOutcomes(number int, want ...string) {
	s.Helper()
	if got := s.outcomes(number); !slices.Equal(got, want) {
		s.Errorf("predictions %q, want %q", got, want)
	}
}

func (s *stage) oldBot(number int, state string) {
	s.Helper()
	pr, err := s.repo.PR(number)
	s.check(err)
	s.check(s.repo.SetStatus(pr.HeadSHA, "old[bot]", ghtest.Status{Context: "bedevere/news", State: state}))
}

// TestShadowSurvivesRestarts: a prediction made before a restart is settled after it, at
// the end of the window, for which the key is enqueued.
func TestShadowSurvivesRestarts(t *testing.T) {
	s := newStage(t)
	missing, same := s.open("first"), s.open("second")
	r, store := s.shadowed()
	for _, number := range []int{missing, same} {
		s.check(r.Run(t.Context(), s.job(number)))
		s.expectOutcomes(number, "status bedevere/news ")
	}
	end := s.clock.Now().Add(time.Hour)
	if len(store.hints) != 2 || !store.hints[0].At.Equal(end) {
		t.Errorf("hints %+v, want one for each at %s", store.hints, end)
	}
	s.oldBot(same, "success")
	s.clock.Advance(30 * time.Minute)
	r, store = s.shadowed()
	s.check(r.Run(t.Context(), s.job(missing)))
	s.expectOutcomes(missing, "status bedevere/news ")
	if len(store.hints) != 1 || !store.hints[0].At.Equal(end) {
		t.Errorf("hints %+v, want one at %s", store.hints, end)
	}
	s.clock.Advance(31 * time.Minute)
	r, store = s.shadowed()
	for _, number := range []int{missing, same, missing} {
		s.check(r.Run(t.Context(), s.job(number)))
	}
	s.expectOutcomes(missing, "status bedevere/news missing")
	s.expectOutcomes(same, "status bedevere/news same")
	if len(store.hints) > 0 {
		t.Errorf("it runs again although all is settled: %+v", store.hints)
	}
	if writes := s.repo.Writes(); len(writes) > 0 {
		t.Errorf("writes: %+v", writes)
	}
	for outcome, want := range map[string]float64{"missing": 1, "same": 1} {
		if got := s.counted("concorde_shadow_predictions_total", "titled", outcome); got != want {
			t.Errorf("%v predictions are counted as %s, want %v", got, outcome, want)
		}
	}
}

// counted is a metric's value with some labels, whatever their names.
func (s *stage) counted(name string, labels ...string) float64 {
	s.Helper()
	families, err := s.registry.Gather()
	s.check(err)
	for _, family := range families {
		for _, m := range family.Metric {
			values := map[string]bool{}
			for _, label := range m.Label {
				values[label.GetValue()] = true
			}
			all := family.GetName() == name
			for _, label := range labels {
				all = all && values[label]
			}
			if all {
				return m.GetCounter().GetValue()
			}
		}
	}
	return 0
}

// TestShadowCostsNoRequests: a run in shadow makes the requests of a run that acts, without
// its writes, and a run at the end of the window makes no more than one that finds nothing
// to do.
func TestShadowCostsNoRequests(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	runs := func(r *reconcile.Reconciler) (requests [3]int) {
		for i := range requests {
			s.check(r.Run(t.Context(), s.job(number)))
			requests[i] = len(s.seen())
			s.clock.Advance(61 * time.Minute)
		}
		return requests
	}
	r, _ := s.shadowed()
	shadow := runs(r)
	if writes := s.repo.Writes(); len(writes) > 0 {
		t.Fatalf("writes: %+v", writes)
	}
	acting := runs(s.reconciler())
	if writes := s.repo.Writes(); len(writes) != 1 {
		t.Fatalf("writes: %+v", writes)
	}
	t.Logf("requests of three runs: %d in shadow, %d acting", shadow, acting)
	if shadow[0] != acting[0]-1 || shadow[1] > acting[1] || shadow[2] > acting[2] {
		t.Errorf("three runs make %d requests in shadow, and %d when they act, one of them a write", shadow, acting)
	}
}

// TestShadowSwitchedOn: once a repository switches a rule on, its open predictions are
// withdrawn, and it acts; in shadow again, it begins with a baseline.
func TestShadowSwitchedOn(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r, store := s.shadowed()
	s.check(r.Run(t.Context(), s.job(number)))
	s.expectOutcomes(number, "status bedevere/news ")
	mode := func(mode string) {
		t.Helper()
		_, err := s.repo.Push("main", ghtest.Commit{Message: mode, Files: map[string]ghtest.File{
			config.RepositoryFile: ghtest.Text(fmt.Sprintf("modes: {news: %q}\n", mode))}})
		s.check(err)
		s.clock.Advance(10 * time.Minute)
		store.hints = nil
		s.check(r.Run(t.Context(), s.job(number)))
	}
	mode("on")
	s.expectOutcomes(number)
	if got := s.status(number, "bedevere/news"); got != "first" || len(store.hints) > 0 {
		t.Errorf("status %q, hints %+v", got, store.hints)
	}
	s.check(s.repo.EditTitle(number, "renamed"))
	s.clock.Advance(2 * time.Hour)
	mode("shadow")
	s.expectOutcomes(number, "status bedevere/news earlier")
	if got := s.status(number, "bedevere/news"); got != "first" {
		t.Errorf("in shadow again, it wrote %q", got)
	}
}

// TestShadowInSweeps: what rules in shadow would write isn't work for a sweep.
func TestShadowInSweeps(t *testing.T) {
	s := newStage(t)
	s.open("first")
	r, store := s.shadowed()
	job := queue.Job{Hint: queue.Hint{Key: "python/cpython", Cause: "sweep"}, Attempt: 1, Wanted: s.clock.Now()}
	for range 3 {
		if err := r.Run(t.Context(), job); err == nil {
			break
		}
		s.clock.Advance(time.Minute)
	}
	if !strings.Contains(s.log.String(), `"to_fix":0`) || len(store.hints) > 0 {
		t.Errorf("hints %+v, log:\n%s", store.hints, s.log.String())
	}
}

// TestShadowOfAnotherProgram: a record that can't be read is ignored, not an error.
func TestShadowOfAnotherProgram(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	s.check(s.queue.Predict(t.Context(), queue.Prediction{Key: s.job(number).Key, Thing: "label x", At: s.clock.Now(), Value: []byte("{")}))
	r, _ := s.shadowed()
	s.check(r.Run(t.Context(), s.job(number)))
	if !strings.Contains(s.log.String(), "ignoring a prediction") {
		t.Errorf("the log doesn't tell:\n%s", s.log.String())
	}
}

// TestShadowPanic: a rule on trial that panics doesn't stop the rules that act.
func TestShadowPanic(t *testing.T) {
	s := newStage(t)
	number := s.open("first")
	r := s.reconciler(func(c *reconcile.Config) {
		c.Rules = func(rules config.Rules) []pull.Rule {
			return append(titled(rules), pull.Rule{Name: "broken", Shadow: &pull.Shadow{}, Want: func(*pull.Request) pull.Want { panic("spam") }})
		}
	})
	var giveUp *queue.GiveUp
	var panicked *pull.Panic
	if err := r.Run(t.Context(), s.job(number)); !errors.As(err, &giveUp) || !errors.As(err, &panicked) {
		t.Errorf("outcome %v", err)
	}
	if got := s.status(number, "bedevere/news"); got != "first" {
		t.Errorf("the rule that acts set %q", got)
	}
	if alerts := r.Alerts(); len(alerts) != 1 || alerts[0].Kind != reconcile.KindPanic {
		t.Errorf("alerts %+v", alerts)
	}
}
