package queue

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestErrorsAreRetriedThenGivenUp(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, MaxAttempts: 3, Work: func(_ context.Context, job Job) error {
			if d.note(job) == 4 {
				return nil
			}
			panic("broken")
		}})
		add(t, q, Hint{Key: "a", Installation: 3, Cause: "x"})
		eventually(t, "given up", func() bool { s, err := q.Stats(t.Context()); return err == nil && s.GivenUp == 1 })
		var attempts []int
		for _, job := range d.all() {
			attempts = append(attempts, job.Attempt)
			if job.Wanted != d.all()[0].Wanted || job.Cause != "x" || job.Installation != 3 {
				t.Errorf("a retry forgot its hint: %+v", job)
			}
		}
		if diff := cmp.Diff([]int{1, 2, 3}, attempts); diff != "" {
			t.Error(diff)
		}
		var reason string
		if err := q.db.query(t.Context(), func(r row) error { return r.Scan(&reason) }, `SELECT reason FROM keys WHERE key = $1`,
			"a"); err != nil {
			t.Fatal(err)
		}
		if want := "giving up after 3 attempts: working a: panic: broken"; reason != want {
			t.Errorf("reason %q, want %q", reason, want)
		}

		add(t, q, Hint{Key: "a"})
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 4 || jobs[3].Attempt != 1 {
			t.Errorf("the next hint did not start fresh: %+v", jobs)
		}
		if s, err := q.Stats(t.Context()); err != nil || s.GivenUp != 0 {
			t.Errorf("stats %+v, %v", s, err)
		}
	})
}

func TestHintWakesAKeyInBackoff(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, RetryMin: time.Hour, RetryMax: time.Hour, Work: func(_ context.Context, job Job) error {
			if d.note(job) == 1 {
				return errors.New("broken")
			}
			return nil
		}})
		add(t, q, Hint{Key: "a"})
		eventually(t, "backoff", func() bool { s, err := q.Stats(t.Context()); return err == nil && s.Delayed == 1 })
		if s, err := q.Stats(t.Context()); err != nil || s.Overdue != 0 {
			t.Errorf("a key in backoff is not due: %+v, %v", s, err)
		}
		add(t, q, Hint{Key: "a"})
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 2 || jobs[1].Attempt != 2 {
			t.Errorf("runs %+v", jobs)
		}
	})
}

func TestLaterDoesNotCount(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, MaxAttempts: 2, Work: func(_ context.Context, job Job) error {
			if d.note(job) < 5 {
				return fmt.Errorf("asking: %w", &Later{Until: time.Now().Add(10 * time.Millisecond), Why: "limited"})
			}
			return nil
		}})
		add(t, q, Hint{Key: "a"})
		quiet(t, q)
		for i, job := range d.all() {
			if job.Attempt != 1 || job.Wanted != d.all()[0].Wanted {
				t.Errorf("run %d: %+v", i, job)
			}
		}
		if n := len(d.all()); n != 5 {
			t.Errorf("%d runs, want 5", n)
		}
	})
}

func TestGiveUpIsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, Work: func(_ context.Context, job Job) error {
			d.note(job)
			return &GiveUp{Err: errors.New("gone \xff\x00")}
		}})
		add(t, q, Hint{Key: "a"})
		eventually(t, "given up", func() bool { s, err := q.Stats(t.Context()); return err == nil && s.GivenUp == 1 })
		quiet(t, q)
		if n := len(d.all()); n != 1 {
			t.Errorf("%d runs, want 1", n)
		}
	})
}

func TestTimeoutIsAnError(t *testing.T) {
	onBoth(t, func(t *testing.T, database string) {
		var d diary
		q := begin(t, Config{Database: database, JobTimeout: 20 * time.Millisecond, Work: func(ctx context.Context, job Job) error {
			if d.note(job) > 1 {
				return nil
			}
			<-ctx.Done()
			return ctx.Err()
		}})
		add(t, q, Hint{Key: "a"})
		quiet(t, q)
		if jobs := d.all(); len(jobs) != 2 || jobs[1].Attempt != 2 {
			t.Errorf("runs %+v", jobs)
		}
	})
}

func TestBackoffIsCapped(t *testing.T) {
	q := &Queue{cfg: Config{RetryMin: 2 * time.Second, RetryMax: 10 * time.Minute}}
	for attempt := 1; attempt < 100; attempt++ {
		longest := 10 * time.Minute
		if attempt < 10 {
			longest = 2 * time.Second << (attempt - 1)
		}
		if got := q.backoff(attempt); got > longest || got < longest*3/4 {
			t.Errorf("attempt %d waits %s, want three quarters to all of %s", attempt, got, longest)
		}
	}
}
