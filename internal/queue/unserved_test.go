package queue

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestUnserved: a hint is late from the moment it came until a run serves it, however
// far its key was put off, and whatever the runs in between ended in. What waits by
// choice, or for a time that was asked for, isn't late before.
func TestUnserved(t *testing.T) {
	start := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		end  func(now time.Time) error // of a run at 12:00
		want []time.Duration           // its age at 12:00, 12:30 and 13:30; -1: not late
	}{
		"served":                   {func(time.Time) error { return nil }, []time.Duration{-1, -1, -1}},
		"given up":                 {func(time.Time) error { return &GiveUp{errors.New("gone")} }, []time.Duration{-1, -1, -1}},
		"failed, tried in an hour": {func(time.Time) error { return errors.New("502") }, []time.Duration{0, 30 * time.Minute, 90 * time.Minute}},
		"limited for an hour": {func(now time.Time) error { return &Later{Until: now.Add(time.Hour)} },
			[]time.Duration{0, 30 * time.Minute, 90 * time.Minute}},
		"rests for an hour": {func(now time.Time) error { return &Later{Until: now.Add(time.Hour), Rests: true} },
			[]time.Duration{-1, -1, 30 * time.Minute}},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, database string) {
				var clock atomic.Int64
				now := func() time.Time { return start.Add(time.Duration(clock.Load())) }
				q := begin(t, Config{Database: database, RetryMin: time.Hour, RetryMax: time.Hour, Now: now, Work: func(context.Context, Job) error {
					return c.end(now())
				}})
				add(t, q, Hint{Key: "a", Installation: 7})
				eventually(t, "the run", func() bool { s, err := q.Stats(t.Context()); return err == nil && s.Waiting+s.Running == 0 })
				stopClaims(q) // no second run
				for i, after := range []time.Duration{0, 30 * time.Minute, 90 * time.Minute} {
					clock.Store(int64(after))
					s, err := q.Stats(t.Context())
					if err != nil {
						t.Fatal(err)
					}
					var want []Unserved
					if age := c.want[i]; age >= 0 {
						want = []Unserved{{Installation: 7, Key: "a", Since: now().Add(-age), Age: age}}
					}
					if diff := cmp.Diff(want, s.Unserved); diff != "" {
						t.Errorf("after %s:\n%s", after, diff)
					}
				}
			})
		})
	}
}

// stopClaims ends the claims: keys stay as they are.
func stopClaims(q *Queue) {
	q.stopClaims()
	q.claims.Wait()
}

// TestUnservedSinceTheFirstHint: hints that come later don't make it younger; a look
// at a future time is late from that time on, and each installation has its oldest.
func TestUnservedSinceTheFirstHint(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
		start := now
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }, Now: func() time.Time { return now }})
		add(t, q, Hint{Key: "a", Installation: 1}, Hint{Key: "later", Installation: 2, At: start.Add(time.Hour)})
		now = start.Add(10 * time.Minute)
		add(t, q, Hint{Key: "a", Installation: 1}, Hint{Key: "b", Installation: 1})
		for _, c := range []struct {
			at   time.Duration
			want []Unserved
		}{
			{20 * time.Minute, []Unserved{{1, "a", start, 20 * time.Minute}}},
			{2 * time.Hour, []Unserved{{1, "a", start, 2 * time.Hour}, {2, "later", start.Add(time.Hour), time.Hour}}},
		} {
			now = start.Add(c.at)
			s, err := q.Stats(t.Context())
			if diff := cmp.Diff(c.want, s.Unserved); diff != "" || err != nil || s.Oldest() != c.at {
				t.Errorf("after %s: oldest %s, %v\n%s", c.at, s.Oldest(), err, diff)
			}
		}
	})
}

// TestUnservedAreBounded: whoever installs the App may be anyone.
func TestUnservedAreBounded(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: func(context.Context, Job) error { return nil }})
		var hints []Hint
		for i := range 150 {
			hints = append(hints, Hint{Key: fmt.Sprint("key", i), Installation: int64(i)})
		}
		add(t, q, hints...)
		s, err := q.Stats(t.Context())
		if err != nil || len(s.Unserved) != 100 || !cmp.Equal(Stats{Waiting: 150}, s, cmpopts.IgnoreFields(s, "Unserved", "Overdue")) {
			t.Errorf("%d unserved, %v: %+v", len(s.Unserved), err, s)
		}
	})
}
