package gh

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
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
	for range 4 { // a burst of a fifth, and 16 a minute
		must(t, try(1))
	}
	for range 2 { // who comes too early has the turn it had
		for number := range 3 {
			want := c.Now().Add(time.Duration(number+1) * time.Minute / 16)
			if got := as[*Limited](t, try(number)).Until; got.Sub(want).Abs() > time.Millisecond {
				t.Errorf("refusal of %d: until %v, want %v", number, got, want)
			}
		}
	}
	_, err := app.Load(t.Context(), Query{Key: somePull, Installation: 1})
	as[*Gone](t, err)
	if n := sent.Load(); n != 5 {
		t.Errorf("%d requests, want 4 writes and a read", n)
	}
	line := []int{0, 1, 2}
	for step := range 16 { // the minute after
		c.advance(time.Minute / 16)
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
	for range 4 {
		must(t, app.Apply(t.Context(), 1, somePull, pull.CancelMerge{}))
	}
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, pull.CancelMerge{}))
	if n := sent.Load(); n != 5 {
		t.Errorf("%d requests, want a look and four mutations", n)
	}
}

func TestPaceWaitsAMoment(t *testing.T) {
	t.Parallel()
	c := newClock()
	app, _ := plain(t, Config{Now: c.Now, WritesPerMinute: 80}, func(w http.ResponseWriter, r *http.Request) { answer(w, 201, "{}") })
	for range 17 { // 16 at once, and one after 15/16 of a second
		must(t, app.Apply(t.Context(), 1, somePull, someStatus))
	}
	as[*Limited](t, app.Apply(t.Context(), 1, somePull, someStatus))

	c.advance(time.Minute / 64) // for the one that waits again
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := app.Apply(ctx, 1, somePull, someStatus); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// crowd is many that want to write. Each fifth comes back on time, the others
// up to four seconds late, and each tenth does not come back. Each seventh has
// several writes for one request.
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
		writes := 1
		if number%7 == 0 {
			writes = 8
		}
		b, err := c.g.book(writing(t.Context(), pull.Key{Owner: "o", Repo: "r", Number: number + 1}), writes)
		switch {
		case err == nil:
			for range writes {
				c.written = append(c.written, c.Now().Add(b.delay))
			}
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

// However they come, some woken early and some late or never, some with many
// writes at once: the limit holds, all write within their time, and hardly one is
// refused twice.
func TestLine(t *testing.T) {
	const old, perMinute = 200, 80
	c := &crowd{clock: newClock(), when: map[int]time.Time{}}
	c.g = newGuard(Config{Now: c.Now, WritesPerMinute: perMinute, MaxConcurrent: 1}, nil, "", newBudget())
	c.g.writes = c.g.writes[:1] // the hour is another matter
	start, early, total := c.Now(), 0, old
	for number := range old {
		c.when[number] = start
	}
	for second := 1; len(c.when) > 0 && second < 900; second++ {
		c.second(t)
		sleeper := max(old-second, old/2)
		if _, waits := c.when[sleeper]; waits && second%3 == 0 { // an event wakes it, the last one again and again
			c.when[sleeper] = c.Now()
			early++
		}
		if second%4 == 0 && second < 120 { // comes later
			c.when[total] = c.Now()
			total++
		}
	}
	for i := perMinute; i < len(c.written); i++ {
		if gap := c.written[i].Sub(c.written[i-perMinute]); gap < time.Minute-patience {
			t.Errorf("%d writes within %v", perMinute+1, gap)
		}
	}
	if took, most := c.Now().Sub(start), time.Duration(len(c.written)+total/10)*time.Minute/64+lateness; took > most || len(c.when) > 0 {
		t.Errorf("took %v, more than %v", took, most)
	}
	if most := total + early + total/5; c.refused > most {
		t.Errorf("%d were refused %d times, more than %d", total, c.refused, most)
	}
	t.Logf("%d writes in %v; %d woken early, %d refusals", len(c.written), c.Now().Sub(start), early, c.refused)
}

// A batch counts as many writes as it holds, and has at most a tenth of a minute's:
// the second request of 25 comments waits for the line, and goes when its turn has
// come.
func TestBatchesArePaced(t *testing.T) {
	c := newClock()
	var held []int
	app, _ := plain(t, Config{Now: c.Now, WritesPerMinute: 80}, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if n := strings.Count(string(body), "addComment("); n > 0 {
			held = append(held, n)
		}
		answer(w, 200, `{"data":{"repository":{"issueOrPullRequest":{"id":"PR_1","labels":{"nodes":[]}}}}}`)
	})
	var comments []pull.Action
	for i := range 25 {
		comments = append(comments, pull.AddNote{Note: pull.Note{Key: fmt.Sprint("n", i), Body: "x"}})
	}
	for step := 0; len(comments) > 0 && step < 20; step++ {
		faults := app.ApplyAll(t.Context(), 1, somePull, comments)
		done := slices.IndexFunc(faults, func(err error) bool { return err != nil })
		if done < 0 {
			break
		}
		comments = comments[done:]
		c.advance(as[*Limited](t, faults[done]).Until.Sub(c.Now()))
	}
	if want := []int{8, 8, 8, 1}; !slices.Equal(held, want) {
		t.Errorf("requests of %v comments, want %v", held, want)
	}
	if took := c.Now().Sub(newClock().Now()); took < 8*time.Minute/64 || took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// Any hour has at most five times the writes of a minute. What waits in the
// background takes what people's events leave, and these find half of a burst.
func TestPaceOfAnHour(t *testing.T) {
	c := newClock()
	g := newGuard(Config{Now: c.Now, WritesPerMinute: 80, MaxConcurrent: 1}, nil, "", newBudget())
	write := func(ctx context.Context, number, n int) bool {
		_, err := g.book(writing(ctx, pull.Key{Owner: "o", Repo: "r", Number: number}), n)
		return err == nil
	}
	hour := func(ctx context.Context, number int) (writes int) {
		for end := c.Now().Add(time.Hour); c.Now().Before(end); c.advance(time.Second) {
			for write(ctx, number, 1) {
				writes++
			}
		}
		return writes
	}
	if n := hour(t.Context(), 1); n < 390 || n > 401 { // the last waits a second
		t.Errorf("%d writes in an hour, want 400", n)
	}
	c.advance(2 * time.Hour)
	if n := hour(Background(t.Context()), 2); n < 315 || n > 326 {
		t.Errorf("%d writes in the background, want 325: half of a burst of 150, and what comes after it", n)
	}
	people := 0
	for ; write(t.Context(), 3, 8); people += 8 {
		c.advance(7500 * time.Millisecond) // 64 a minute
	}
	if people < 70 {
		t.Errorf("people's events find room for %d writes, want half of 150", people)
	}
	for range 60 { // nearly as many as come after it: nothing is left for the background
		c.advance(time.Minute)
		if write(Background(t.Context()), 4, 1) || !write(t.Context(), 5, 4) {
			t.Fatal("the background writes before people do")
		}
	}
}
