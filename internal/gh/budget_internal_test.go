package gh

import (
	"context"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Any minute has at most 900 points; work in the background leaves some for people.
func TestPointsOfAMinute(t *testing.T) {
	c := trial.NewClock()
	g := newGuard(Config{Now: c.Now, Wait: sleepBy(c), WritesPerMinute: 80, MaxConcurrent: 1}, nil, "", newBudget())
	minute := func(ctx context.Context, each int) (points int) {
		for end := c.Now().Add(time.Minute); c.Now().Before(end); points += each {
			trial.OK(t, g.point(ctx, each))
		}
		return points
	}
	if n := minute(t.Context(), 5); n < 890 || n > 905 {
		t.Errorf("%d points, want 900", n)
	}
	c.Advance(time.Minute)
	if n := minute(Background(t.Context()), 1); n < 820 || n > 826 {
		t.Errorf("%d points in the background, want 825", n)
	}
	before := c.Now()
	for range 15 {
		trial.OK(t, g.point(t.Context(), 5))
	}
	if c.Now() != before {
		t.Error("people's events wait")
	}
}

func sleepBy(c *trial.Clock) func(context.Context, time.Duration) error {
	return func(_ context.Context, d time.Duration) error {
		c.Advance(d)
		return nil
	}
}
