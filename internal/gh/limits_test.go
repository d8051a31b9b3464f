package gh

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestNamedTime(t *testing.T) {
	now := newClock().Now()
	unix := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).Unix(), 10) }
	date := func(d time.Duration) string { return now.Add(d).Format(http.TimeFormat) }
	for _, test := range []struct {
		name   string
		header map[string]string
		want   time.Duration // 0: none
	}{
		{"nothing", nil, 0},
		{"Retry-After", map[string]string{"Retry-After": "90", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, 90 * time.Second},
		{"Retry-After as a date", map[string]string{"Retry-After": date(time.Minute)}, time.Minute},
		{"reset", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(20 * time.Minute)}, 20 * time.Minute},
		{"reset while some are left", map[string]string{"X-RateLimit-Remaining": "9", "X-RateLimit-Reset": unix(20 * time.Minute)}, 0},
		{"a clock ahead of theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1"}, time.Second},
		{"a clock an hour ahead of theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(-40 * time.Minute), "Date": date(-time.Hour)}, 20 * time.Minute},
		{"a clock an hour behind theirs", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(80 * time.Minute), "Date": date(time.Hour)}, 20 * time.Minute},
		{"Retry-After as a date, a clock ahead", map[string]string{"Retry-After": date(-59 * time.Minute), "Date": date(-time.Hour)}, time.Minute},
		{"Retry-After, a clock ahead", map[string]string{"Retry-After": "90", "Date": date(-time.Hour)}, 90 * time.Second},
		{"a Date that is none", map[string]string{"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": unix(20 * time.Minute), "Date": "today"}, 20 * time.Minute},
		{"Retry-After 0", map[string]string{"Retry-After": "0"}, time.Second},
		{"years", map[string]string{"Retry-After": "99999999999"}, 2 * time.Hour},
		{"negative", map[string]string{"Retry-After": "-5"}, 0},
		{"words", map[string]string{"Retry-After": "soon", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "later"}, 0},
	} {
		h := http.Header{}
		for k, v := range test.header {
			h.Set(k, v)
		}
		got := named(h, now)
		if test.want == 0 && !got.IsZero() || test.want != 0 && !got.Equal(now.Add(test.want)) {
			t.Errorf("%s: %v, want %v after %v", test.name, got, test.want, now)
		}
	}
}

// A limit without a time is kept a minute, then twice as long each time; and
// nothing is sent before.
func TestPauseDoubles(t *testing.T) {
	c := newClock()
	var sent atomic.Int32
	var well atomic.Bool
	app, _ := plain(t, Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
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
			if got := as[*Limited](t, try()).Until; !got.Equal(want) {
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
	if got, want := as[*Limited](t, try()).Until, c.Now().Add(time.Minute); !got.Equal(want) {
		t.Errorf("after a success: until %v, want %v", got, want)
	}
}

// After a refused write the pause doubles, whatever is read meanwhile and however
// short a time GitHub names, until a write is taken.
func TestPauseAfterWrites(t *testing.T) {
	for name, after := range map[string]string{"no time named": "", "a second named": "1"} {
		c := newClock()
		var well atomic.Bool
		app, _ := plain(t, Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == http.MethodGet:
				answer(w, 200, "[]")
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
			if got := as[*Limited](t, app.Apply(t.Context(), 1, somePull, someStatus)).Until.Sub(c.Now()); got != want {
				t.Errorf("%s, %s: paused for %v, want %v", name, when, got, want)
			}
			c.advance(want)
			_, err := app.PullRequests(t.Context(), Listing{Repository: somePull.Repository(), Installation: 1})
			must(t, err)
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
			w := newWorld(t, func(sc *ghtest.Config, cfg *Config) { sc.Now, cfg.Now = c.Now, c.Now })
			key := w.open(nil)
			w.load(Query{Key: key})
			for what, do := range map[string]func() error{
				"GraphQL": func() error { _, err := w.app.Load(t.Context(), Query{Key: key}); return err },
				"mutation": func() error {
					return w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: pull.Note{Key: "k", Body: "x"}})
				},
				"REST": func() error {
					_, err := w.app.PullRequests(t.Context(), Listing{Repository: key.Repository()})
					return err
				},
				"write": func() error { return w.app.Apply(t.Context(), 0, key, someStatus) },
			} {
				w.fault(refuse(named))
				until := as[*Limited](t, do()).Until
				if wait := until.Sub(c.Now()); named > 0 && wait < named-time.Second || wait < time.Minute {
					t.Errorf("%s, %s, named %s: waits %s", name, what, named, wait)
				}
				c.advance(until.Sub(c.Now()))
				w.srv.ClearFaults()
			}
		}
	}
}

// A commit has a message as well, and may be about limits.
func TestMessageOfACommit(t *testing.T) {
	for body, want := range map[string]bool{
		`{"message":"You have exceeded a secondary rate limit. Please wait.","documentation_url":"https://docs.github.com"}`: true,
		`{"message":"You have exceeded a secondary rate limit."}`:                                                            true,
		`{"message":"secondary rate limit","sha":"ab"}`:                                                                      false,
		`{"message":"Fix it"}`:                        false,
		`{"data":{"message":"secondary rate limit"}}`: false,
	} {
		if got := (exchange{resp: &http.Response{StatusCode: 200}, body: []byte(body)}).limited(); got != want {
			t.Errorf("%s: %v", body, got)
		}
	}
}

// Ten answers to ten requests that were under way are one offence.
func TestPauseOnce(t *testing.T) {
	c := newClock()
	var gate sync.WaitGroup
	gate.Add(10)
	app, _ := plain(t, Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		gate.Done()
		gate.Wait()
		answer(w, 429, `{"message":"Too many requests"}`)
	})
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			var limited *Limited
			if err := app.Apply(t.Context(), 1, somePull, someStatus); !errors.As(err, &limited) || !limited.Until.Equal(c.Now().Add(time.Minute)) {
				t.Errorf("%v", err)
			}
		})
	}
	all.Wait()
}

func TestLimitIsOfOneInstallation(t *testing.T) {
	var first atomic.Bool
	app, _ := plain(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		if first.CompareAndSwap(false, true) {
			w.Header().Set("Retry-After", "60")
			answer(w, 403, `{}`)
			return
		}
		answer(w, 201, `{}`)
	})
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))
	must(t, app.Apply(t.Context(), 2, somePull, someStatus))
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))
}

func TestRequestsAtOnce(t *testing.T) {
	const limit, total = 4, 200
	var now, most, served atomic.Int32
	var full sync.WaitGroup // the first ones wait for each other, so that the limit is reached
	full.Add(limit)
	app, _ := plain(t, Config{MaxConcurrent: limit}, func(w http.ResponseWriter, r *http.Request) {
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
