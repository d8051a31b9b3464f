package queue

import (
	"context"
	"sync"
	"time"
)

// scanEvery finds keys that fell due although nothing announced them: their replica
// died, or the announcement was lost.
const scanEvery = 5 * time.Second

// alarm wakes the claims at the earliest time set.
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

// claimLoop begins runs as keys fall due and workers come free.
func (q *Queue) claimLoop(ctx context.Context) {
	for ctx.Err() == nil {
		q.alarm.clear() // what is set from here on is seen below
		next, err := q.claimAll(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			q.cfg.Log.Error().Err(q.explain(err)).Msg("claiming keys")
			next = q.cfg.Now().Add(time.Second)
			q.alarm.clear()
		}
		q.alarm.set(next)
		q.awaitAlarm(ctx)
	}
}

// awaitAlarm returns when the earliest time set has come.
func (q *Queue) awaitAlarm(ctx context.Context) {
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

// claimAll begins a run of each key that is due, up to the number of free workers, and
// says when to come again. A worker that comes free sets the alarm.
func (q *Queue) claimAll(ctx context.Context) (next time.Time, err error) {
	now := q.cfg.Now()
	next = now.Add(scanEvery)
	free := q.cfg.Workers - q.busy()
	if free > 0 {
		n, err := q.claimSome(ctx, now, free)
		if err != nil {
			return next, err
		}
		free -= n
	}
	if free == 0 {
		return next, nil
	}
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

// claimSome begins up to most runs. What the database stored but didn't get to tell
// is taken back by tend.
func (q *Queue) claimSome(ctx context.Context, now time.Time, most int) (n int, err error) {
	q.claiming.Lock()
	defer q.claiming.Unlock()
	type claim struct {
		run
		job Job
	}
	var claims []claim
	err = q.db.write(ctx, func(t tx) error {
		claims = nil
		read := func(r row) error {
			var c claim
			var updated, wanted int64
			err := r.Scan(&c.key, &c.number, &c.job.Installation, &updated, &c.job.Cause, &c.job.Attempt, &wanted)
			c.job.Key, c.job.UpdatedAt, c.job.Wanted = c.key, fromMicros(updated), fromMicros(wanted)
			claims = append(claims, c)
			return err
		}
		for _, statement := range []string{claimDue, claimAgain} {
			if most > len(claims) {
				if err := t.query(ctx, read, statement, micros(now), int64(most-len(claims)), q.id); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	for _, c := range claims {
		ctx := q.enter(c.run)
		q.runs.Go(func() {
			defer q.leave(c.run)
			q.work(ctx, c.run, c.job)
		})
	}
	return len(claims), nil
}

// busy is how many runs are under way.
func (q *Queue) busy() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.running)
}

// enter notes a run and gives it its context.
func (q *Queue) enter(r run) context.Context {
	ctx, cancel := context.WithCancelCause(q.working)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[r] = cancel
	return ctx
}

// leave forgets a run. If no worker was free, there may be work for this one.
func (q *Queue) leave(r run) {
	q.mu.Lock()
	q.running[r](nil)
	crowded := len(q.running) >= q.cfg.Workers
	delete(q.running, r)
	q.mu.Unlock()
	if crowded {
		q.alarm.set(q.cfg.Now())
	}
}
