package gh_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A limit without a time is kept a minute, then twice as long each time; and
// nothing is sent before.
func TestPauseDoubles(t *testing.T) {
	c := trial.NewClock()
	var sent atomic.Int32
	var well atomic.Bool
	app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if well.Load() {
			trial.Answer(w, 201, "{}")
			return
		}
		trial.Answer(w, 403, `{"message":"You have exceeded a secondary rate limit."}`)
	})
	try := func() error { return app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus) }
	for i, minutes := range []time.Duration{1, 2, 4, 8, 15, 15} {
		want := c.Now().Add(minutes * time.Minute)
		for range 3 {
			if got := trial.As[*gh.Limited](t, try()).Until; !got.Equal(want) {
				t.Fatalf("limit %d: until %v, want %v", i, got, want)
			}
			c.Advance(time.Second)
		}
		if got := sent.Load(); got != int32(i+1) {
			t.Fatalf("%d requests after limit %d", got, i)
		}
		c.Advance(minutes * time.Minute)
	}
	well.Store(true)
	trial.OK(t, try())
	well.Store(false)
	if got, want := trial.As[*gh.Limited](t, try()).Until, c.Now().Add(time.Minute); !got.Equal(want) {
		t.Errorf("after a success: until %v, want %v", got, want)
	}
}

// After a refused write the pause doubles, whatever is read meanwhile and however
// short a time GitHub names, until a write is taken.
func TestPauseAfterWrites(t *testing.T) {
	for name, after := range map[string]string{"no time named": "", "a second named": "1"} {
		c := trial.NewClock()
		var well atomic.Bool
		app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet:
				trial.Answer(w, 200, "{}")
			case well.Load():
				trial.Answer(w, 201, "{}")
			default:
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				trial.Answer(w, 403, `{"message":"You have exceeded a secondary rate limit."}`)
			}
		})
		refused := func(want time.Duration, when string) {
			t.Helper()
			if got := trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus)).Until.Sub(c.Now()); got != want {
				t.Errorf("%s, %s: paused for %v, want %v", name, when, got, want)
			}
			c.Advance(want)
			trial.OK(t, get(t.Context(), app.App))
		}
		first := time.Minute
		if after != "" {
			first = time.Second
		}
		refused(first, "first")
		refused(2*time.Minute, "again")
		refused(4*time.Minute, "and again")
		well.Store(true)
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
		well.Store(false)
		refused(first, "after a write")
	}
}

// GitHub answers a secondary limit with 403, 429 or 200, with and without
// Retry-After ("Rate limits for the GraphQL API"), reads as well as writes.
func TestEverySecondaryLimit(t *testing.T) {
	for name, refuse := range map[string]func(time.Duration) ghtest.Fault{
		"403": ghtest.SecondaryLimit, "429": ghtest.TooManyRequests, "200": ghtest.SecondaryLimitOK,
	} {
		for _, named := range []time.Duration{0, 90 * time.Second} {
			c := trial.NewClock()
			w := newWorld(t, func(sc *ghtest.Config, cfg *gh.Config) { sc.Now, cfg.Now = c.Now, c.Now })
			key := w.Open(nil)
			w.load(snapshot.Query{Key: key})
			for what, do := range map[string]func() error{
				"GraphQL": func() error { _, err := w.app.Load(t.Context(), snapshot.Query{Key: key}); return err },
				"mutation": func() error {
					return w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: pull.Note{Key: "k", Body: "x"}})
				},
				"REST":  func() error { return w.app.Here(t.Context(), key) },
				"write": func() error { return w.app.Apply(t.Context(), 0, key, ghtrial.SomeStatus) },
			} {
				w.Fault(refuse(named))
				until := trial.As[*gh.Limited](t, do()).Until
				if wait := until.Sub(c.Now()); named > 0 && wait < named-time.Second || wait < time.Minute {
					t.Errorf("%s, %s, named %s: waits %s", name, what, named, wait)
				}
				c.Advance(until.Sub(c.Now()))
				w.Srv.ClearFaults()
			}
		}
	}
}

// Ten answers to ten requests that were under way are one offence.
func TestPauseOnce(t *testing.T) {
	c := trial.NewClock()
	var gate sync.WaitGroup
	gate.Add(10)
	app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		gate.Done()
		gate.Wait()
		trial.Answer(w, 429, `{"message":"Too many requests"}`)
	})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			var limited *gh.Limited
			err := app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus)
			if !errors.As(err, &limited) || !limited.Until.Equal(c.Now().Add(time.Minute)) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
}

func TestLimitIsOfOneInstallation(t *testing.T) {
	var first atomic.Bool
	app, _ := plain(t, gh.Config{}, func(w http.ResponseWriter, r *http.Request) {
		if first.CompareAndSwap(false, true) {
			w.Header().Set("Retry-After", "60")
			trial.Answer(w, 403, `{}`)
			return
		}
		trial.Answer(w, 201, `{}`)
	})
	trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
	trial.OK(t, app.Apply(t.Context(), 2, ghtrial.SomePull, ghtrial.SomeStatus))
	trial.As[*gh.Limited](t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
}

func TestRequestsAtOnce(t *testing.T) {
	const limit, total = 4, 200
	var now, most, served atomic.Int32
	var full sync.WaitGroup // the first ones wait for each other, so that the limit is reached
	full.Add(limit)
	app, _ := plain(t, gh.Config{MaxConcurrent: limit}, func(w http.ResponseWriter, r *http.Request) {
		n := now.Add(1)
		for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
		}
		if served.Add(1) <= limit {
			full.Done()
		}
		full.Wait()
		now.Add(-1)
		trial.Answer(w, 201, "{}")
	})
	var all sync.WaitGroup
	for range total {
		all.Go(func() {
			if err := app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if got := most.Load(); got != limit {
		t.Errorf("%d requests at once, want %d", got, limit)
	}
	if served.Load() != total {
		t.Errorf("%d requests served", served.Load())
	}
}
