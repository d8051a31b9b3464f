package queue

import (
	"context"
	"sync"
	"time"
)

const (
	dispatchBatch = 200
	// scanEvery finds keys that a replica stored but did not live to dispatch.
	scanEvery = 5 * time.Second
	// fetchCooldown is River's: it asks for jobs, and tells others of them, not
	// more often. The dispatcher keeps to it, or River would not tell at all.
	fetchCooldown = 5 * time.Millisecond
)

// alarm wakes the dispatcher at the earliest time set.
type alarm struct {
	mu   sync.Mutex
	at   time.Time
	ring chan struct{} // holds one
}

func (a *alarm) set(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.at.IsZero() && !at.Before(a.at) {
		return
	}
	a.at = at
	select {
	case a.ring <- struct{}{}:
	default:
	}
}

func (a *alarm) clear() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = time.Time{}
}

func (a *alarm) get() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.at
}

// dispatchLoop hands keys to River as they fall due.
func (q *Queue) dispatchLoop(ctx context.Context) {
	for ctx.Err() == nil {
		q.alarm.clear() // what is set from here on is seen below
		next, err := q.dispatch(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			q.cfg.Log.Error().Err(q.explain(err)).Msg("dispatching keys")
			next = q.cfg.Now().Add(time.Second)
			q.alarm.clear()
		}
		q.alarm.set(next)
		q.awaitAlarm(ctx)
	}
}

// awaitAlarm returns when the earliest time set has come.
func (q *Queue) awaitAlarm(ctx context.Context) {
	if !pause(ctx, fetchCooldown+time.Millisecond) {
		return
	}
	for {
		wait := q.alarm.get().Sub(q.cfg.Now())
		if wait <= 0 {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
			return
		case <-q.alarm.ring:
			timer.Stop()
		}
	}
}

// dispatch hands over all keys that are due and says when to come again.
func (q *Queue) dispatch(ctx context.Context) (next time.Time, err error) {
	now := q.cfg.Now()
	for _, statement := range []string{dispatchDue, dispatchAgain} {
		for n := dispatchBatch; n == dispatchBatch; {
			if n, err = q.dispatchSome(ctx, statement, now); err != nil {
				return next, err
			}
		}
	}
	next = now.Add(scanEvery)
	err = q.db.query(ctx, func(r row) error {
		var due int64
		if err := r.Scan(&due); err != nil {
			return err
		}
		if at := fromMicros(due); due > 0 && at.Before(next) {
			next = at
		}
		return nil
	}, nextDue)
	return next, err
}

func (q *Queue) dispatchSome(ctx context.Context, statement string, now time.Time) (n int, err error) {
	err = q.db.write(ctx, func(t tx) error {
		var runs []run
		err := t.query(ctx, func(r row) error {
			var one run
			if err := r.Scan(&one.Key, &one.Run); err != nil {
				return err
			}
			runs = append(runs, one)
			return nil
		}, statement, micros(now), int64(dispatchBatch))
		if n = len(runs); err != nil || n == 0 {
			return err
		}
		return t.enqueue(ctx, runs)
	})
	return n, err
}
