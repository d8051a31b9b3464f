package queue

import (
	"context"
	"slices"
	"testing"
	"time"
)

// A hint that nobody waits for leaves a key its cause, while it waits, runs or is
// put off; alone it is the cause, until another hint comes.
func TestHintsAside(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		var q *Queue
		aside := Hint{Key: "a", Cause: "sweep", Aside: true}
		q = open(t, Config{Database: database, Work: func(ctx context.Context, job Job) error {
			switch d.note(job) {
			case 1:
				if err := q.Add(ctx, aside); err != nil {
					return err
				}
				return &Later{Until: time.Now().Add(50 * time.Millisecond), Why: "a limit"}
			case 3:
				return &Later{Until: time.Now().Add(time.Hour), Why: "a turn"}
			}
			return nil
		}})
		add(t, q, Hint{Key: "a", Cause: "delivery-1"}, aside)
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		add(t, q, aside)
		eventually(t, "a third run", func() bool { return len(d.all()) == 3 })
		add(t, q, Hint{Key: "a", Cause: "delivery-2"})
		quiet(t, q)
		var causes []string
		for _, job := range d.all() {
			causes = append(causes, job.Cause)
		}
		if want := []string{"delivery-1", "delivery-1", "sweep", "delivery-2"}; !slices.Equal(causes, want) {
			t.Errorf("causes %q, want %q", causes, want)
		}
	})
}
