package gh

import (
	"context"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	patience = time.Second      // the longest wait inside a request for its turn to write
	lateness = 10 * time.Second // a turn is kept for so long: who is told to come back does not come to the second
)

type writer struct{}

// writing tells the guard to whom the writes of a context belong.
func writing(ctx context.Context, key pull.Key) context.Context {
	return context.WithValue(ctx, writer{}, key)
}

// turn waits a moment for the turn to write. Who would wait longer gets a time
// to come back, each another one: else all would come back at once, load
// everything again, and one of them would write.
func (g *guard) turn(r *http.Request) error {
	query := r.URL.String() == g.graphql && r.Context().Value(mutation{}) == nil
	if g.writes == nil || r.Method == http.MethodGet || query {
		return nil
	}
	key, _ := r.Context().Value(writer{}).(pull.Key)
	booking, err := g.book(key)
	if err != nil {
		return err
	}
	wait := booking.DelayFrom(g.now())
	if wait == 0 {
		return nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		booking.CancelAt(g.now())
		return r.Context().Err()
	}
}

// book gives key the next write, or a place in the line. Who is in the line
// keeps the turn it has when it comes too early, and goes before those that
// come anew when its turn has come. A whole burst left means that those in the
// line do not come, so that others may.
func (g *guard) book(key pull.Key) (*rate.Reservation, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	left := g.writes.TokensAt(now) >= float64(g.writes.Burst())
	booking := g.writes.ReserveN(now, 1)
	earliest := now.Add(booking.DelayFrom(now))
	end := g.endOfLine(key, earliest)
	turn, told := g.line[key]
	due := told && turn.Before(now.Add(patience))
	if earliest.Sub(now) <= patience && (due || left || end.Equal(earliest)) {
		if !due { // else it stays for the other writes of its plan
			delete(g.line, key)
		}
		return booking, nil
	}
	booking.CancelAt(now)
	switch {
	case due:
		turn = earliest
	case !told:
		turn = end
	}
	g.line[key] = turn
	return nil, &Limited{Answer: Answer{Message: "the writes of this minute are used up"}, Until: turn}
}

// endOfLine is the first time after the turns of all but key, and not before
// earliest. It forgets the turns that are over.
func (g *guard) endOfLine(key pull.Key, earliest time.Time) time.Time {
	interval := time.Duration(float64(time.Second) / float64(g.writes.Limit()))
	end := earliest
	for other, at := range g.line {
		if g.now().Sub(at) > lateness {
			delete(g.line, other)
		} else if next := at.Add(interval); other != key && next.After(end) {
			end = next
		}
	}
	return end
}
