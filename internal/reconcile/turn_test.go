package reconcile_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/backport/pick"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// A pick that gets no turn ends its run, comes again, and asks GitHub nothing until
// there is one.
func TestPickWithoutATurnHoldsNoWorker(t *testing.T) {
	s := newStage(t)
	s.branches("3.14")
	s.check(s.repo.SetLabel(ghtest.Label{Name: asks + "3.14"}))
	first, second := s.merged("First", "type-bug", asks+"3.14"), s.merged("Second", "type-bug", asks+"3.14")
	r := s.reconciler(s.withBackports, func(c *reconcile.Config) {
		engine, err := git.NewEngine(git.EngineConfig{Dir: filepath.Join(t.TempDir(), "picks"), Jobs: 1, Log: zerolog.New(&s.log)})
		s.check(err)
		c.Picker = &pick.Picker{GitHub: c.GitHub, Loads: c.Loads, Engine: engine, Now: s.clock.Now}
	})
	run := func(number int) error {
		return r.Run(t.Context(), queue.Job{Hint: queue.Hint{Key: fmt.Sprintf("python/cpython#%d", number), Cause: "test"}, Attempt: 1,
			Wanted: s.clock.Now()})
	}
	fetching, goOn, ended := make(chan struct{}), make(chan struct{}), make(chan error)
	s.check(s.github.Fault(ghtest.Fault{Path: `\.git/`, Before: func() { close(fetching); <-goOn }}))
	go func() { ended <- run(first) }()
	<-fetching
	for i, want := range []time.Duration{1, 2, 4, 8, 16, 16} {
		s.asked()
		later, is := errors.AsType[*queue.Later](run(second))
		if !is || later.Until.Sub(s.clock.Now()) != want*time.Second {
			t.Fatalf("the second pick's run %d ended with %v, want later, in %d s", i+1, later, want)
		}
		if n := s.asked(); i > 0 && n > 0 {
			t.Errorf("run %d made %d requests", i+1, n)
		}
	}
	close(goOn)
	s.check(<-ended)
	s.check(run(second))
	titles := s.titles("3.14")
	slices.Sort(titles)
	if want := []string{fmt.Sprintf("[3.14] First (GH-%d)", first), fmt.Sprintf("[3.14] Second (GH-%d)", second)}; !slices.Equal(titles,
		want) {
		t.Errorf("backports %q, want %q", titles, want)
	}
}
