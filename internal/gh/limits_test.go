package gh_test

import (
	"errors"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A limit without a time is kept a minute, then twice as long each time; and
// nothing is sent before.
func TestPauseDoubles(t *testing.T) {
	c := newClock()
	var sent atomic.Int32
	var well atomic.Bool
	app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if well.Load() {
			answer(w, 201, "{}")
			return
		}
		answer(w, 403, `{"message":"You have exceeded a secondary rate limit."}`)
	})
	try := func() error { return app.Apply(t.Context(), 1, somePull, someStatus) }
	for i, minutes := range []time.Duration{1, 2, 4, 8, 15, 15} {
		want := c.Now().Add(minutes * time.Minute)
		for range 3 {
			if got := as[*gh.Limited](t, try()).Until; !got.Equal(want) {
				t.Fatalf("limit %d: until %v, want %v", i, got, want)
			}
			c.advance(time.Second)
		}
		if got := sent.Load(); got != int32(i+1) {
			t.Fatalf("%d requests after limit %d", got, i)
		}
		c.advance(minutes * time.Minute)
	}
	well.Store(true)
	must(t, try())
	well.Store(false)
	if got, want := as[*gh.Limited](t, try()).Until, c.Now().Add(time.Minute); !got.Equal(want) {
		t.Errorf("after a success: until %v, want %v", got, want)
	}
}

// After a refused write the pause doubles, whatever is read meanwhile and however
// short a time GitHub names, until a write is taken.
func TestPauseAfterWrites(t *testing.T) {
	for name, after := range map[string]string{"no time named": "", "a second named": "1"} {
		c := newClock()
		var well atomic.Bool
		app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet:
				answer(w, 200, "{}")
			case well.Load():
				answer(w, 201, "{}")
			default:
				if after != "" {
					w.Header().Set("Retry-After", after)
				}
				answer(w, 403, `{"message":"You have exceeded a secondary rate limit."}`)
			}
		})
		refused := func(want time.Duration, when string) {
			t.Helper()
			if got := as[*gh.Limited](t, app.Apply(t.Context(), 1, somePull, someStatus)).Until.Sub(c.Now()); got != want {
				t.Errorf("%s, %s: paused for %v, want %v", name, when, got, want)
			}
			c.advance(want)
			must(t, get(t.Context(), app.App))
		}
		first := time.Minute
		if after != "" {
			first = time.Second
		}
		refused(first, "first")
		refused(2*time.Minute, "again")
		refused(4*time.Minute, "and again")
		well.Store(true)
		must(t, app.Apply(t.Context(), 1, somePull, someStatus))
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
			c := newClock()
			w := newWorld(t, func(sc *ghtest.Config, cfg *gh.Config) { sc.Now, cfg.Now = c.Now, c.Now })
			key := w.open(nil)
			w.load(snapshot.Query{Key: key})
			for what, do := range map[string]func() error{
				"GraphQL": func() error { _, err := w.app.Load(t.Context(), snapshot.Query{Key: key}); return err },
				"mutation": func() error {
					return w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: pull.Note{Key: "k", Body: "x"}})
				},
				"REST":  func() error { return w.app.Here(t.Context(), key) },
				"write": func() error { return w.app.Apply(t.Context(), 0, key, someStatus) },
			} {
				w.fault(refuse(named))
				until := as[*gh.Limited](t, do()).Until
				if wait := until.Sub(c.Now()); named > 0 && wait < named-time.Second || wait < time.Minute {
					t.Errorf("%s, %s, named %s: waits %s", name, what, named, wait)
				}
				c.advance(until.Sub(c.Now()))
				w.srv.ClearFaults()
			}
		}
	}
}

// Ten answers to ten requests that were under way are one offence.
func TestPauseOnce(t *testing.T) {
	c := newClock()
	var gate sync.WaitGroup
	gate.Add(10)
	app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		gate.Done()
		gate.Wait()
		answer(w, 429, `{"message":"Too many requests"}`)
	})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			var limited *gh.Limited
			if err := app.Apply(t.Context(), 1, somePull, someStatus); !errors.As(err, &limited) || !limited.Until.Equal(c.Now().Add(time.Minute)) {
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
			answer(w, 403, `{}`)
			return
		}
		answer(w, 201, `{}`)
	})
	as[*gh.Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))
	must(t, app.Apply(t.Context(), 2, somePull, someStatus))
	as[*gh.Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))
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
		answer(w, 201, "{}")
	})
	var all sync.WaitGroup
	for range total {
		all.Go(func() {
			if err := app.Apply(t.Context(), 1, somePull, someStatus); err != nil {
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
