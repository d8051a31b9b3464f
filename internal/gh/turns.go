package gh

import (
	"context"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	patience = time.Second      // the longest wait inside a request for its turn to write
	lateness = 10 * time.Second // how long a turn is kept: a run that should come back may be late
)

// pacer has the limiters that a request must pass. Background work leaves half of each
// burst to people's events.
type pacer []*rate.Limiter

func perMinute(n float64, burst int) *rate.Limiter { return rate.NewLimiter(rate.Limit(n/60), burst) }

// newWrites keeps n content writes in any minute and five times as many in any
// hour: GitHub allows 80 and 500 ("Rate limits for the REST API", about secondary
// rate limits). A burst and what follows it within that time make the limit.
func newWrites(n int) pacer {
	minute, hour := max(n/5, 1), max(5*n*3/8, 1)
	return pacer{perMinute(max(float64(n-minute), 1), minute), perMinute(float64(5*n-hour)/60, hour)}
}

// become takes another pacer's limits; what was used still counts.
func (p pacer) become(other pacer, now time.Time) {
	for i, l := range p {
		l.SetLimitAt(now, other[i].Limit())
		l.SetBurstAt(now, other[i].Burst())
	}
}

// booking is a request's reservation.
type booking struct {
	made     time.Time
	delay    time.Duration
	interval time.Duration // between two such requests, at the slowest limiter
	all      []*rate.Reservation
}

func (p pacer) reserve(ctx context.Context, now time.Time, n int) booking {
	b := booking{made: now}
	for i, l := range p {
		some := min(n, l.Burst())
		r := l.ReserveN(now, some)
		b.all = append(b.all, r)
		delay := r.DelayFrom(now)
		if inBackground(ctx) {
			short := min(float64(l.Burst()/2), float64(l.Burst()-some)) - l.TokensAt(now)
			delay = max(delay, time.Duration(short/float64(l.Limit())*float64(time.Second)))
		}
		if i == 0 || delay > b.delay {
			b.delay, b.interval = delay, time.Duration(float64(some)/float64(l.Limit())*float64(time.Second))
		}
	}
	return b
}

func (b booking) cancel(now time.Time) {
	for _, r := range b.all {
		r.CancelAt(now)
	}
}

// place is a writer's place in the line.
type place struct {
	at         time.Time
	background bool
}

// line is where the writers of an installation wait for their turns. Limiters alone
// wouldn't do: a run that must wait for longer than a moment ends and comes back, and
// without a turn of its own all would come back at once, load everything again, and one
// of them would write.
type line struct {
	free pacer // none: unpaced
	now  func() time.Time
	wait func(context.Context, time.Duration) error

	mu     sync.Mutex
	places map[pull.Key]place // turns of those that had to leave without writing
}

// turn waits for the turn to write, if it comes within a moment. A writer that would
// wait longer gets a Limited with its own time to come back.
func (l *line) turn(ctx context.Context, writes int) error {
	if writes == 0 || l.free == nil {
		return nil
	}
	b, err := l.book(ctx, writes)
	if err != nil || b.delay == 0 {
		return err
	}
	if err := l.wait(ctx, b.delay); err != nil {
		b.cancel(l.now())
		return err
	}
	return nil
}

// book reserves n writes for the writer of ctx, or a place in the line. A writer that
// comes before its turn keeps it; one whose turn has come goes before those that come
// later. If a whole burst is left, those in the line don't come, so others may.
func (l *line) book(ctx context.Context, n int) (booking, error) {
	key, _ := ctx.Value(writer{}).(pull.Key)
	back := inBackground(ctx)
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.now()
	idle := l.free[0].TokensAt(now) >= float64(l.free[0].Burst())
	b := l.free.reserve(ctx, now, n)
	earliest := now.Add(b.delay)
	end := l.end(ctx, earliest, b.interval)
	turn, told := l.places[key]
	told = told && (back || !turn.background) // a person's event doesn't take a place in the background
	due := told && turn.at.Before(now.Add(patience))
	if b.delay <= patience && (due || idle || end.Equal(earliest)) {
		if !due { // else it stays, for the other writes of its plan
			delete(l.places, key)
		}
		return b, nil
	}
	b.cancel(now)
	switch {
	case due:
		turn.at = earliest
	case !told:
		turn.at = end
	}
	turn.background = back
	l.places[key] = turn
	return booking{}, &Limited{Answer: Answer{Message: "no more writes are allowed now"}, Until: turn.at, Spared: true}
}

// end returns the first time after all other turns, and not before earliest. It forgets
// turns that are over. People's events don't wait for background work.
func (l *line) end(ctx context.Context, earliest time.Time, interval time.Duration) time.Time {
	key, _ := ctx.Value(writer{}).(pull.Key)
	end := earliest
	for other, p := range l.places {
		if l.now().Sub(p.at) > lateness {
			delete(l.places, other)
		} else if next := p.at.Add(interval); other != key && (inBackground(ctx) || !p.background) && next.After(end) {
			end = next
		}
	}
	return end
}

// newPoints keeps any minute within this process's part of GitHub's 900 points.
func newPoints(processes int) pacer {
	return pacer{perMinute(750/float64(processes), max(150/processes, 1))}
}
