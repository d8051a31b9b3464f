package gh_test

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What is left is read from GitHub's answers, by GitHub's clock: of the scarcer
// resource, and all of it once its hour is over.
func TestLeft(t *testing.T) {
	c := trial.NewClock()
	var header http.Header
	app, _ := plain(t, gh.Config{Now: c.Now}, func(w http.ResponseWriter, r *http.Request) {
		for name, values := range header {
			w.Header()[name] = values
		}
		trial.Answer(w, 201, "{}")
	})
	repository := ghtrial.SomePull.Repository()
	if share, _ := app.Left(repository, 1); share != 1 {
		t.Errorf("before the first answer: %v", share)
	}
	for i, test := range []struct {
		resource, limit, left string
		reset, ahead          time.Duration // ahead: our clock before GitHub's
		want                  float64
		full                  time.Duration
	}{
		{"core", "5000", "4000", 30 * time.Minute, 0, 0.8, 30 * time.Minute},
		{"graphql", "5000", "1000", 40 * time.Minute, 0, 0.2, 40 * time.Minute},
		{"graphql", "5000", "1500", 40 * time.Minute, 0, 0.2, 40 * time.Minute}, // overtaken
		{"core", "5000", "500", 30 * time.Minute, 0, 0.1, 30 * time.Minute},
		{"search", "30", "0", time.Minute, 0, 0.1, 30 * time.Minute},
		{"core", "0", "0", time.Minute, 0, 0.1, 30 * time.Minute},
		{"core", "many", "0", time.Minute, 0, 0.1, 30 * time.Minute},
		{"core", "5000", "250", -time.Hour, 2 * time.Hour, 0.05, time.Hour},       // another hour
		{"core", "5000", "0", 1000 * time.Hour, 0, 0, 2 * time.Hour},              // a slip
		{"core", "5000", "2500", 50 * time.Minute, 0, 0.2, 40 * time.Minute},      // another hour
		{"graphql", "12500", "12500", 45 * time.Minute, 0, 0.5, 50 * time.Minute}, // another hour
	} {
		header = http.Header{
			"X-Ratelimit-Resource": {test.resource}, "X-Ratelimit-Limit": {test.limit}, "X-Ratelimit-Remaining": {test.left},
			"X-Ratelimit-Reset": {strconv.FormatInt(c.Now().Add(test.reset).Unix(), 10)}, "Date": {c.Now().Add(-test.ahead).Format(http.TimeFormat)},
		}
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
		if share, full := app.Left(repository, 1); share != test.want || full.Sub(c.Now()) != test.full {
			t.Errorf("step %d: %v until %v, want %v until %v", i, share, full.Sub(c.Now()), test.want, test.full)
		}
	}
	if share, _ := app.Left(repository, 2); share != 1 {
		t.Errorf("of another installation: %v", share)
	}
	c.Advance(50 * time.Minute)
	if share, _ := app.Left(repository, 1); share != 1 {
		t.Errorf("an hour later: %v", share)
	}
}

// The last part of an hour is for people's events: what nobody waits for waits
// until the next.
func TestReserve(t *testing.T) {
	c := trial.NewClock()
	w := newWorld(t, func(sc *ghtest.Config, cfg *gh.Config) { sc.Now, cfg.Now, sc.RateLimit = c.Now, c.Now, 20 })
	q := snapshot.Query{Key: w.Open(nil), Needs: pull.Files}
	nobody := 0
	for ; ; nobody++ {
		_, err := w.app.Load(gh.Background(t.Context()), q)
		if err == nil {
			continue
		}
		if wait := trial.As[*gh.Limited](t, err).Until.Sub(c.Now()); wait <= 0 || wait > time.Hour {
			t.Errorf("waits %s", wait)
		}
		break
	}
	people := 0
	for ; ; people++ {
		if _, err := w.app.Load(t.Context(), q); err != nil {
			trial.As[*gh.Limited](t, err)
			break
		}
	}
	if nobody != 18 || people != 2 { // below 15 % are 2 of 20
		t.Errorf("%d in the background and then %d for people, want 18 and 2", nobody, people)
	}
	c.Advance(time.Hour + time.Second)
	_, err := w.app.Load(gh.Background(t.Context()), q)
	trial.OK(t, err)
}

// Where there is no room for what no person waits for, it is told so before
// anything is loaded, and each key has a turn of its own.
func TestRoom(t *testing.T) {
	c := trial.NewClock()
	app, _ := plain(t, gh.Config{Now: c.Now, Wait: sleepBy(c), WritesPerMinute: 80},
		func(w http.ResponseWriter, r *http.Request) { trial.Answer(w, 201, "{}") })
	key := func(n int) pull.Key { return pull.Key{Owner: "python", Repo: "cpython", Number: n} }
	trial.OK(t, app.Room(t.Context(), 1, key(1))) // nothing is known
	for range 14 {
		trial.OK(t, app.Apply(t.Context(), 1, key(1), ghtrial.SomeBranch))
	}
	first := trial.As[*gh.Limited](t, app.Room(t.Context(), 1, key(2))).Until
	second := trial.As[*gh.Limited](t, app.Room(t.Context(), 1, key(3))).Until
	if !first.After(c.Now()) || second.Sub(first) < 5*time.Minute/65 {
		t.Errorf("turns after %s and %s", first.Sub(c.Now()), second.Sub(c.Now()))
	}
	trial.OK(t, app.Apply(t.Context(), 1, key(4), ghtrial.SomeBranch)) // a person's event does not wait for them
	c.Advance(second.Sub(c.Now()) + time.Second)
	trial.OK(t, app.Room(t.Context(), 1, key(2)))
	trial.OK(t, app.Room(t.Context(), 1, key(2))) // it only asks
}

// To ask for room takes none, on a clock that goes on while the guard is at it.
func TestRoomTakesNone(t *testing.T) {
	c := trial.NewClock()
	ticking := func() time.Time { c.Advance(time.Microsecond); return c.Now() }
	app, _ := plain(t, gh.Config{Now: ticking, Wait: sleepBy(c), WritesPerMinute: 80},
		func(w http.ResponseWriter, r *http.Request) { trial.Answer(w, 201, "{}") })
	trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
	for n := range 100 {
		trial.OK(t, app.Room(t.Context(), 1, pull.Key{Owner: "python", Repo: "cpython", Number: n + 1}))
	}
	before := c.Now()
	for range 15 {
		trial.OK(t, app.Apply(t.Context(), 1, ghtrial.SomePull, ghtrial.SomeStatus))
	}
	if waited := c.Now().Sub(before); waited > 100*time.Millisecond {
		t.Errorf("people's writes wait %s", waited)
	}
}

// A bill has each request, the points of queries, and five for each write; what
// GitHub says is as before (304) is free.
func TestBill(t *testing.T) {
	w := newWorld(t)
	q := snapshot.Query{Key: w.Open(map[string]ghtest.File{"a": ghtest.Text("a\n")}), Needs: pull.Files}
	w.load(q) // authentication is not of the key
	for _, test := range []struct {
		what string
		want int
		do   func(context.Context) error
	}{
		{"a query of one point", 2, func(ctx context.Context) error { _, err := w.app.Load(ctx, q); return err }},
		{"two comments in a request", 11, func(ctx context.Context) error {
			notes := []pull.Action{pull.AddNote{Note: pull.Note{Key: "a", Body: "x"}}, pull.AddNote{Note: pull.Note{Key: "b", Body: "x"}}}
			return errors.Join(w.app.ApplyAll(ctx, 0, q.Key, notes)...)
		}},
		{"a status", 6, func(ctx context.Context) error {
			return w.app.Apply(ctx, 0, q.Key, pull.SetStatus{SHA: w.PR(q.Key).HeadSHA, Status: ghtrial.SomeStatus.Status})
		}},
		{"a list", 2, func(ctx context.Context) error {
			_, err := w.app.Numbers(ctx, snapshot.List{Key: q.Key.Repository()})
			return err
		}},
		{"a GET", 1, func(ctx context.Context) error { return w.app.Here(ctx, q.Key) }},
		{"the same GET", 0, func(ctx context.Context) error { return w.app.Here(ctx, q.Key) }},
	} {
		var bill gh.Bill
		trial.OK(t, test.do(gh.Billed(t.Context(), &bill)))
		if got := bill.Total(); got != test.want {
			t.Errorf("%s: %d, want %d", test.what, got, test.want)
		}
	}
}

func sleepBy(c *trial.Clock) func(context.Context, time.Duration) error {
	return func(_ context.Context, d time.Duration) error {
		c.Advance(d)
		return nil
	}
}
