package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// world is what hints are about: each key has a truth, which Work must have seen
// at last.
type world struct {
	truth, seen, busy [20]atomic.Int64
	overlaps, runs    atomic.Int64
	fail              bool // some runs end in an error, Later or a panic
}

func worldKey(i int) string { return fmt.Sprintf("key %d", i) }

func (w *world) work(_ context.Context, job Job) error {
	var i int
	if _, err := fmt.Sscanf(job.Key, "key %d", &i); err != nil {
		return &GiveUp{Err: err}
	}
	w.runs.Add(1)
	if w.busy[i].Add(1) > 1 {
		w.overlaps.Add(1)
	}
	defer w.busy[i].Add(-1)
	truth := w.truth[i].Load()
	time.Sleep(time.Duration(rand.IntN(500)) * time.Microsecond) // the run takes its time, so that hints fall into all of its phases
	if w.fail {
		switch rand.IntN(10) {
		case 0:
			return errors.New("unlucky")
		case 1:
			return &Later{Until: time.Now().Add(time.Millisecond)}
		case 2:
			panic("unlucky")
		}
	}
	w.seen[i].Store(truth)
	return nil
}

// hint changes truths and says so, n times from each of 8 goroutines.
func (w *world) hint(t *testing.T, n int, queues ...*Queue) {
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range n {
				k := rand.IntN(len(w.truth))
				w.truth[k].Add(1)
				q := queues[(g+i)%len(queues)]
				var err error
				if i%3 == 0 {
					_, err = q.Receive(t.Context(), Delivery{ID: fmt.Sprintf("%d/%d", g, i), Hints: []Hint{{Key: worldKey(k)}}})
				} else {
					err = q.Add(t.Context(), Hint{Key: worldKey(k)})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func (w *world) check(t *testing.T) {
	t.Helper()
	for i := range w.truth {
		if truth, seen := w.truth[i].Load(), w.seen[i].Load(); truth != seen {
			t.Errorf("%s is stale: its last hint was %d, its last run saw %d", worldKey(i), truth, seen)
		}
	}
	if n := w.overlaps.Load(); n > 0 {
		t.Errorf("%d runs overlapped with another of their key", n)
	}
	if w.runs.Load() == 0 {
		t.Error("nothing ran")
	}
}

func TestNoHintIsLost(t *testing.T) {
	for _, fail := range []bool{false, true} {
		t.Run(fmt.Sprintf("fail=%t", fail), func(t *testing.T) {
			onBoth(t, func(t *testing.T, database string) {
				w := &world{fail: fail}
				q := begin(t, Config{Database: database, Work: w.work, RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond, MaxAttempts: 1000,
					Log: zerolog.Nop()})
				w.hint(t, 150, q)
				quiet(t, q)
				w.check(t)
			})
		})
	}
}

func TestReplicasShareTheWork(t *testing.T) {
	database := postgresSchema(t)
	w := &world{fail: true}
	var queues []*Queue
	var shares [3]atomic.Int64
	for i := range shares {
		queues = append(queues, begin(t, Config{
			Database: database, RetryMin: time.Millisecond, RetryMax: 5 * time.Millisecond, MaxAttempts: 1000, Log: zerolog.Nop(),
			Work: func(ctx context.Context, job Job) error {
				shares[i].Add(1)
				return w.work(ctx, job)
			},
		}))
	}
	w.hint(t, 150, queues...)
	quiet(t, queues[0])
	w.check(t)
	for i := range shares {
		if shares[i].Load() == 0 {
			t.Errorf("replica %d had no share: %d, %d, %d", i, shares[0].Load(), shares[1].Load(), shares[2].Load())
		}
	}
}

func TestReplicasOpenTogether(t *testing.T) {
	database := postgresSchema(t)
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			q, err := Open(t.Context(), Config{Database: database, Work: (&diary{}).work})
			if err != nil {
				t.Error(err)
				return
			}
			if err := q.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
}

// A replica hears of what another one stored, and when it is due.
func TestReplicasAreTold(t *testing.T) {
	database := postgresSchema(t)
	receiver := open(t, Config{Database: database, Work: (&diary{}).work})
	other := open(t, Config{Database: database, Work: (&diary{}).work})
	ctx, cancel := context.WithCancel(t.Context())
	due := make(chan time.Time)
	ended := make(chan error)
	go func() { ended <- other.db.listen(ctx, func(at time.Time) { due <- at }) }()
	<-due // it listens
	at := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	add(t, receiver, Hint{Key: "a", At: at})
	if got := <-due; !got.Equal(at) {
		t.Errorf("told of %s, want %s", got, at)
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("listening ended with %v", err)
	}
}
