package main

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/queue"
)

// agenda is the queue by a clock that a test moves: it settles keys and puts off
// what comes later as the real one does, which keeps its notes and trails.
type agenda struct {
	*queue.Queue // never started
	now          func() time.Time

	mu   sync.Mutex
	keys map[string]*appointment
}

// appointment is a row of the table of keys.
type appointment struct {
	hint                    queue.Hint
	wanted, due, again, end time.Time // end: of its last run
	againCause              string
	failed                  int // attempts
}

const settle = 250 * time.Millisecond

func newAgenda(t *testing.T, database string, now func() time.Time) *agenda {
	t.Helper()
	kept, err := queue.Open(t.Context(), queue.Config{Database: database, Now: now,
		Work: func(context.Context, queue.Job) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := kept.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &agenda{Queue: kept, now: now, keys: map[string]*appointment{}}
}

// forget loses all keys, as if their webhooks had never come.
func (a *agenda) forget() {
	a.mu.Lock()
	defer a.mu.Unlock()
	clear(a.keys)
}

// Receive implements webhook.Store.
func (a *agenda) Receive(ctx context.Context, d queue.Delivery) (fresh bool, err error) {
	return true, a.Add(ctx, d.Hints...)
}

// Add implements reconcile.Store.
func (a *agenda) Add(_ context.Context, hints ...queue.Hint) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, h := range hints {
		k := a.keys[h.Key]
		if k == nil {
			k = &appointment{hint: queue.Hint{Key: h.Key}}
			a.keys[h.Key] = k
		}
		k.hint.Installation = cmp.Or(h.Installation, k.hint.Installation)
		if h.UpdatedAt.After(k.hint.UpdatedAt) {
			k.hint.UpdatedAt = h.UpdatedAt
		}
		if !h.At.IsZero() {
			if k.again.IsZero() || h.At.Before(k.again) {
				k.again, k.againCause = h.At, h.Cause
			}
			continue
		}
		k.hint.Cause = h.Cause
		if k.wanted.IsZero() {
			k.wanted = a.now()
		}
		if due := a.now().Add(settle); k.due.IsZero() || due.Before(k.due) {
			k.due = due
		}
	}
	return nil
}

// at is when the key may run, zero for not at all.
func (k *appointment) at() time.Time {
	at := k.due
	if at.IsZero() || !k.again.IsZero() && k.again.Before(at) {
		at = k.again
	}
	if !at.IsZero() && at.Before(k.end) {
		return k.end
	}
	return at
}

// next is the key that runs next, and when; "" for none.
func (a *agenda) next() (key string, at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for name, k := range a.keys {
		when := k.at()
		if !when.IsZero() && (key == "" || when.Before(at) || when.Equal(at) && name < key) {
			key, at = name, when
		}
	}
	return key, at
}

// begin takes what a run serves.
func (a *agenda) begin(key string) queue.Job {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.keys[key]
	job := queue.Job{Hint: k.hint, Attempt: 1 + k.failed, Wanted: k.wanted}
	if k.due.IsZero() {
		job.Cause, job.Wanted = k.againCause, k.again
	}
	if !k.again.After(a.now()) {
		k.again = time.Time{}
	}
	k.due, k.wanted = time.Time{}, time.Time{}
	return job
}

// finish ends a run at a time, with its outcome. An error that is none of the
// queue's outcomes is given back.
func (a *agenda) finish(job queue.Job, end time.Time, outcome error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.keys[job.Key]
	k.end = end
	var later *queue.Later
	if !errors.As(outcome, &later) {
		k.failed = 0
		return outcome
	}
	k.putOff(job, later.Until)
	return nil
}

// retry has a run that failed come again, later each time.
func (a *agenda) retry(job queue.Job, end time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.keys[job.Key]
	k.failed = job.Attempt
	k.putOff(job, end.Add(min(time.Second<<job.Attempt, 10*time.Minute)))
}

func (k *appointment) putOff(job queue.Job, until time.Time) {
	k.hint.Cause, k.wanted = job.Cause, job.Wanted
	if k.due.IsZero() || until.Before(k.due) {
		k.due = until
	}
}

// waiting are the keys that wait for their time.
func (a *agenda) waiting() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(a.keys)), func(key string) bool { return a.keys[key].due.IsZero() })
}
