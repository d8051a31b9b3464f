package queue

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBatches: what's left and what's done of a batch comes from the table, whoever
// asks. Work that a person waits for, other keys and far times don't count; what rests,
// fails or runs does.
func TestBatches(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		start := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
		var clock atomic.Int64
		now := func() time.Time { return start.Add(time.Duration(clock.Load())) }
		held := make(chan struct{})
		q := open(t, Config{Database: database, RetryMin: time.Hour, RetryMax: time.Hour, Now: now, Work: batchWork(held, now)})
		expect := func(what string, want ...Batch) {
			t.Helper()
			if got, err := q.Batches(t.Context(), "sweep", "again"); err != nil || !cmp.Equal(want, got) {
				t.Errorf("%s: %v\n%s", what, err, cmp.Diff(want, got))
			}
		}
		expect("nothing")
		add(t, q, Hint{Key: "a#99", Cause: "sweep"}) // of an earlier batch
		if err := q.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		quiet(t, q)
		clock.Store(int64(time.Hour))
		var hints []Hint
		for i := range 20 {
			hints = append(hints, Hint{Key: fmt.Sprint("a#", i), Cause: "sweep", Aside: true})
		}
		hints = append(hints, Hint{Key: "a", Cause: "sweep"}, Hint{Key: "b#1", Cause: "delivery"},
			Hint{Key: "a#50", Cause: "again", At: start.Add(90 * time.Minute)},
			Hint{Key: "a#51", Cause: "again", At: start.Add(9000 * time.Hour)},
			Hint{Key: "a#52", Cause: "conflicts", At: start.Add(90 * time.Minute)})
		add(t, q, hints...)
		eventually(t, "all but three are done", func() bool {
			s, err := q.Stats(t.Context())
			return err == nil && s.Waiting == 0 && s.Running == 1 && s.Delayed == 2
		})
		expect("an hour later", Batch{Prefix: "a#", Since: start.Add(time.Hour), Left: 3, Done: 17})
		add(t, q, Hint{Key: "a#3", Cause: "delivery"}) // a person comes, and it's done for them
		eventually(t, "it's done", func() bool { s, err := q.Stats(t.Context()); return err == nil && s.Waiting == 0 && s.Delayed == 1 })
		expect("after a person came", Batch{Prefix: "a#", Since: start.Add(time.Hour), Left: 2, Done: 17})
		stopClaims(q)
		clock.Store(int64(2 * time.Hour))
		expect("once a time has come", Batch{Prefix: "a#", Since: start.Add(time.Hour), Left: 3, Done: 17})
		close(held)
		other, err := OpenReader(t.Context(), database, now)
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		eventually(t, "the held one is done, for everybody", func() bool {
			got, err := other.Batches(t.Context(), "sweep", "again")
			return err == nil && cmp.Equal([]Batch{{Prefix: "a#", Since: start.Add(time.Hour), Left: 2, Done: 18}}, got)
		})
	})
}

// batchWork holds a#1, fails a#2, lets a#3 rest, and gives up a#4.
func batchWork(held chan struct{}, now func() time.Time) func(context.Context, Job) error {
	return func(_ context.Context, job Job) error {
		switch {
		case job.Key == "a#1":
			<-held
		case job.Key == "a#2":
			return errors.New("502")
		case job.Key == "a#3" && job.Cause == "sweep":
			return &Later{Until: now().Add(time.Hour), Rests: true}
		case job.Key == "a#4":
			return &GiveUp{errors.New("gone")}
		}
		return nil
	}
}

// TestNotesOfPending: notes of keys that neither wait nor run are history.
func TestNotesOfPending(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		q := open(t, Config{Database: database, Work: (&diary{}).work})
		for _, name := range []string{"sweep/a_b", "sweep/a%b", "sweep/idle", "other/a_b"} {
			if err := q.Put(t.Context(), name, []byte(name)); err != nil {
				t.Fatal(err)
			}
		}
		add(t, q, Hint{Key: "a_b"}, Hint{Key: "a%b"}, Hint{Key: "axb"}, Hint{Key: "idle", At: time.Date(2090, 1, 1, 0, 0, 0, 0, time.UTC)})
		want := map[string][]byte{"a_b": []byte("sweep/a_b"), "a%b": []byte("sweep/a%b")}
		if got, err := q.NotesOfPending(t.Context(), "sweep/"); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%v\n%s", err, cmp.Diff(want, got))
		}
	})
}
