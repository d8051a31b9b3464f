package gh

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// crowd is many that want to write. Each fifth comes back on time, the others
// up to four seconds late, and each tenth does not come back. Each seventh has
// several writes for one request.
type crowd struct {
	*trial.Clock
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
		b, err := c.g.writes.book(Writing(t.Context(), pull.Key{Owner: "o", Repo: "r", Number: number + 1}), writes)
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
			c.when[number] = trial.As[*Limited](t, err).Until.Add(time.Duration(number%5) * time.Second)
		}
	}
	c.Advance(time.Second)
}

// However they come, some woken early and some late or never, some with many
// writes at once: the limit holds, all write within their time, and hardly one is
// refused twice.
func TestLine(t *testing.T) {
	const old, perMinute = 200, 80
	c := &crowd{Clock: trial.NewClock(), when: map[int]time.Time{}}
	c.g = newGuard(Config{Now: c.Now, WritesPerMinute: perMinute, MaxConcurrent: 1}, nil, "", newBudget())
	c.g.writes.free = c.g.writes.free[:1] // the hour is another matter
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

// Any hour has at most five times the writes of a minute. What waits in the
// background takes what people's events leave, and these find half of a burst.
func TestPaceOfAnHour(t *testing.T) {
	c := trial.NewClock()
	g := newGuard(Config{Now: c.Now, WritesPerMinute: 80, MaxConcurrent: 1}, nil, "", newBudget())
	write := func(ctx context.Context, number, n int) bool {
		_, err := g.writes.book(Writing(ctx, pull.Key{Owner: "o", Repo: "r", Number: number}), n)
		return err == nil
	}
	hour := func(ctx context.Context, number int) (writes int) {
		for end := c.Now().Add(time.Hour); c.Now().Before(end); c.Advance(time.Second) {
			for write(ctx, number, 1) {
				writes++
			}
		}
		return writes
	}
	if n := hour(t.Context(), 1); n < 390 || n > 401 { // the last waits a second
		t.Errorf("%d writes in an hour, want 400", n)
	}
	c.Advance(2 * time.Hour)
	if n := hour(Background(t.Context()), 2); n < 315 || n > 326 {
		t.Errorf("%d writes in the background, want 325: half of a burst of 150, and what comes after it", n)
	}
	people := 0
	for ; write(t.Context(), 3, 8); people += 8 {
		c.Advance(7500 * time.Millisecond) // 64 a minute
	}
	if people < 70 {
		t.Errorf("people's events find room for %d writes, want half of 150", people)
	}
	for range 60 { // nearly as many as come after it: nothing is left for the background
		c.Advance(time.Minute)
		if write(Background(t.Context()), 4, 1) || !write(t.Context(), 5, 4) {
			t.Fatal("the background writes before people do")
		}
	}
}

// Processes that share GitHub's limits stay within them together, however many there are
// by and by.
func TestSharedPace(t *testing.T) {
	c := trial.NewClock()
	var all []*guard
	for range 4 {
		all = append(all, newGuard(Config{Now: c.Now, WritesPerMinute: 80, MaxConcurrent: 1}, nil, "", newBudget()))
	}
	hour := func(living int) (writes int, points float64) {
		for _, g := range all[:living] {
			g.share(living)
		}
		for end := c.Now().Add(time.Hour); c.Now().Before(end); c.Advance(time.Second) {
			for i, g := range all[:living] {
				for n := 0; n < 10; n++ {
					ctx := Writing(t.Context(), pull.Key{Owner: "o", Repo: "r", Number: 1 + i})
					if b, err := g.writes.book(ctx, 1); err != nil {
						break
					} else if b.delay > 0 {
						b.cancel(c.Now())
						break
					}
					writes++
				}
				points += g.points[0].TokensAt(c.Now())
				g.points[0].ReserveN(c.Now(), int(g.points[0].TokensAt(c.Now())))
			}
		}
		c.Advance(2 * time.Hour) // all is there again
		return writes, points / 60
	}
	for _, living := range []int{1, 4, 2, 1} {
		writes, points := hour(living)
		if writes > 400 || writes < 300 {
			t.Errorf("%d processes made %d writes within an hour", living, writes)
		}
		if points > 900 || points < 600 {
			t.Errorf("%d processes used %.0f points a minute", living, points)
		}
	}
}
