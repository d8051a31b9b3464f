package gh

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Writes are paced; who would wait long goes, with a time of its own to come
// back. Reads are not paced.
func TestPace(t *testing.T) {
	c := newClock()
	var sent atomic.Int32
	app, _ := plain(t, Config{Now: c.Now, WritesPerMinute: 20}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		if r.URL.Path == "/api/graphql" {
			answer(w, 200, `{"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"no"}]}`)
			return
		}
		answer(w, 201, "{}")
	})
	try := func(number int) error {
		return app.Apply(t.Context(), 1, pull.Key{Owner: "python", Repo: "cpython", Number: number}, someStatus)
	}
	must(t, try(1))
	must(t, try(1)) // a burst of an eighth: 2, and 18 a minute
	for range 2 {   // who comes too early has the turn it had
		for number := range 3 {
			want := c.Now().Add(time.Duration(number+1) * time.Minute / 18)
			if got := as[*Limited](t, try(number)).Until; got.Sub(want).Abs() > time.Millisecond {
				t.Errorf("refusal of %d: until %v, want %v", number, got, want)
			}
		}
	}
	_, err := app.Load(t.Context(), Query{Key: somePull, Installation: 1})
	as[*Gone](t, err)
	if n := sent.Load(); n != 3 {
		t.Errorf("%d requests, want 2 writes and a read", n)
	}
	line := []int{0, 1, 2}
	for step := range 18 { // the minute after
		c.advance(time.Minute / 18)
		line = append(line, 100+step)
		as[*Limited](t, try(100+step)) // comes anew, and does not go before
		must(t, try(line[step]))
	}
}

// A mutation is a write, and the look before it is none.
func TestPaceOfMutations(t *testing.T) {
	c := newClock()
	var sent atomic.Int32
	app, _ := plain(t, Config{Now: c.Now, WritesPerMinute: 20}, func(w http.ResponseWriter, r *http.Request) {
		sent.Add(1)
		answer(w, 200, `{"data":{"repository":{"issueOrPullRequest":{"id":"PR_1"}}}}`)
	})
	for range 2 {
		must(t, app.Apply(t.Context(), 1, somePull, pull.CancelMerge{}))
	}
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, pull.CancelMerge{}))
	if n := sent.Load(); n != 3 {
		t.Errorf("%d requests, want a look and two mutations", n)
	}
}

func TestPaceWaitsAMoment(t *testing.T) {
	t.Parallel()
	c := newClock()
	app, _ := plain(t, Config{Now: c.Now, WritesPerMinute: 80}, func(w http.ResponseWriter, r *http.Request) { answer(w, 201, "{}") })
	for range 11 { // 10 at once, and one after 6/7 of a second
		must(t, app.Apply(t.Context(), 1, somePull, someStatus))
	}
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))

	c.advance(time.Minute / 70) // for the one that waits again
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Apply(ctx, 1, somePull, someStatus); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// crowd is many that want to write. Each fifth comes back on time, the others
// up to four seconds late, and each tenth does not come back.
type crowd struct {
	*clock
	g       *guard
	when    map[int]time.Time // by number: when it comes
	written []time.Time
	refused int
}

// second lets all come that come now.
func (c *crowd) second(t *testing.T) {
	for _, number := range slices.Sorted(maps.Keys(c.when)) {
		if c.when[number].After(c.Now()) {
			continue
		}
		booking, err := c.g.book(pull.Key{Owner: "o", Repo: "r", Number: number + 1})
		switch {
		case err == nil:
			c.written = append(c.written, c.Now().Add(booking.DelayFrom(c.Now())))
			delete(c.when, number)
		case number%10 == 9:
			delete(c.when, number)
		default:
			c.refused++
			c.when[number] = as[*Limited](t, err).Until.Add(time.Duration(number%5) * time.Second)
		}
	}
	c.advance(time.Second)
}

// However they come, some woken early and some late or never: the limit holds,
// all write within their time, and hardly one is refused twice.
func TestLine(t *testing.T) {
	const old, perMinute = 300, 80
	c := &crowd{clock: newClock(), when: map[int]time.Time{}}
	c.g = newGuard(Config{Now: c.Now, WritesPerMinute: perMinute, MaxConcurrent: 1}, nil, "")
	start, early, total := c.Now(), 0, old
	for number := range old {
		c.when[number] = start
	}
	for second := 1; len(c.when) > 0 && second < 600; second++ {
		c.second(t)
		sleeper := max(old-second, old/2)
		if _, waits := c.when[sleeper]; waits && second%3 == 0 { // an event wakes it, the last one again and again
			c.when[sleeper] = c.Now()
			early++
		}
		if second%4 == 0 && second < 120 { // comes anew
			c.when[total] = c.Now()
			total++
		}
	}
	for i := perMinute; i < len(c.written); i++ {
		if gap := c.written[i].Sub(c.written[i-perMinute]); gap < time.Minute-patience {
			t.Errorf("%d writes within %v", perMinute+1, gap)
		}
	}
	if took, most := c.Now().Sub(start), time.Duration(total)*time.Minute/70+lateness; took > most || len(c.when) > 0 {
		t.Errorf("took %v, more than %v", took, most)
	}
	if most := total + early + total/10; c.refused > most {
		t.Errorf("%d were refused %d times, more than %d", total, c.refused, most)
	}
	t.Logf("%d writes in %v; %d woken early, %d refusals", len(c.written), c.Now().Sub(start), early, c.refused)
}
