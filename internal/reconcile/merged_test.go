package reconcile_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/backport/pick"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// withBackports has the bot's own rules and picks, in a directory of the test.
func (s *stage) withBackports(c *reconcile.Config) {
	s.Helper()
	engine, err := git.NewEngine(git.EngineConfig{Dir: filepath.Join(s.TempDir(), "picks"), Log: zerolog.New(&s.log)})
	s.check(err)
	c.Picker = &pick.Picker{GitHub: c.GitHub, Loads: c.Loads, Engine: engine, Now: s.clock.Now}
	c.Rules = func(settings config.Rules) []pull.Rule {
		b := backports(settings)
		return slices.DeleteFunc([]pull.Rule{backport.Rule(b), backport.PullRule(b)}, func(r pull.Rule) bool { return r.Want == nil })
	}
}

// rest runs keys, and those that they poke, until nothing is left.
func (s *stage) rest(r *reconcile.Reconciler, recorded *hints) {
	s.Helper()
	for range 20 {
		keys := recorded.keys
		recorded.keys = nil
		for _, key := range keys {
			s.check(r.Run(s.Context(), queue.Job{Hint: queue.Hint{Key: key, Cause: "test"}, Attempt: 1, Wanted: s.clock.Now()}))
		}
		if len(keys) == 0 {
			return
		}
	}
	s.Fatal("there is no end to it")
}

func (s *stage) merged(title string, labels ...string) int {
	s.Helper()
	number := s.open(title)
	s.check(s.repo.Label(number, "dana", labels...))
	_, err := s.repo.Merge(number, "dana")
	s.check(err)
	return number
}

func (s *stage) titles(base string) []string {
	var all []string
	for _, p := range s.repo.PRs() {
		if p.Base == base {
			all = append(all, p.Title)
		}
	}
	return all
}

// What was merged while the bot was down is backported all the same: after an
// hour, a night, or a month.
func TestBackportsFollowFromTheSweep(t *testing.T) {
	for name, down := range map[string]time.Duration{"an hour": time.Hour, "a night": 20 * time.Hour, "a month": 30 * 24 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			s.branches("3.14")
			s.check(s.repo.SetLabel(ghtest.Label{Name: asks + "3.14"}))
			s.sweep(s.withBackports)
			s.clock.Advance(time.Minute)
			number := s.merged("Fix it", "type-bug", asks+"3.14")
			s.clock.Advance(down)
			recorded := &hints{Store: s.queue}
			r := s.reconciler(s.withBackports, func(c *reconcile.Config) { c.Store = recorded })
			if _, keys := s.steps(r, recorded); !slices.Equal(keys, []string{fmt.Sprintf("python/cpython#%d", number)}) {
				t.Errorf("the sweep handed on %v", keys)
			}
			s.rest(r, recorded)
			want := []string{fmt.Sprintf("[3.14] Fix it (GH-%d)", number)}
			if diff := cmp.Diff(want, s.titles("3.14")); diff != "" {
				t.Fatalf("backports (-want +got):\n%s\n%s", diff, s.log.String())
			}
			state, err := s.repo.PR(number)
			s.check(err)
			if slices.Contains(state.Labels, asks+"3.14") || len(state.Comments) != 1 {
				t.Errorf("labels %v, %d comments", state.Labels, len(state.Comments))
			}
			if _, keys := s.steps(r, recorded); len(keys) != 0 {
				t.Errorf("once more: %v", keys)
			}
		})
	}
}

// What was merged long ago and still asks is found by its label.
func TestFullSweepFindsOldLabels(t *testing.T) {
	s := newStage(t)
	s.branches("3.14")
	s.check(s.repo.SetLabel(ghtest.Label{Name: "Needs backport to 3.14"}))
	old := s.merged("Fix it", asks+"3.14")
	s.merged("Done with")
	s.clock.Advance(30 * 24 * time.Hour)
	s.asked()
	_, keys := s.sweep(s.withBackports)
	if !slices.Equal(keys, []string{fmt.Sprintf("python/cpython#%d", old)}) {
		t.Errorf("handed on %v", keys)
	}
	// The repository; open ones, touched ones, issues, one label; two for the look, and the core team, whose word merges.
	if n := s.asked(); n != 8 {
		t.Errorf("%d requests, want 8", n)
	}
	s.clock.Advance(time.Hour)
	s.sweep(s.withBackports)
	if n := s.asked(); n != 3 {
		t.Errorf("%d requests of an hourly sweep with nothing to look at, want 3", n)
	}
}

// Without backports, what was merged lately is still looked at: its stage goes.
func TestSweepWithoutBackportsLooksAtMergedOnes(t *testing.T) {
	s := newStage(t)
	s.open("first")
	s.merged("second")
	off := func(c *reconcile.Config) { c.Settings.Backport.Mode = config.Off }
	for range 2 {
		s.sweep(off)
		if looked := counter(t, s.registry, "concorde_sweep_checked_total"); looked != 2 {
			t.Errorf("looked at %v pull requests, want 2", looked)
		}
		s.clock.Advance(24 * time.Hour)
	}
}
