package queue

import (
	"context"
	"slices"
	"sync"
	"time"
)

// scanEvery finds due keys that nothing announced: their replica died, or the
// announcement was lost.
const scanEvery = 5 * time.Second

// alarm wakes claimLoop at the earliest time set.
type alarm struct {
	now  func() time.Time
	mu   sync.Mutex
	at   time.Time
	ring chan struct{} // holds one
}

// set also wakes a loop whose time came while it slept: the clock was set forward.
func (a *alarm) set(at time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	earlier := a.at.IsZero() || at.Before(a.at)
	if !earlier && a.now().Before(a.at) {
		return
	}
	if earlier {
		a.at = at
	}
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
		q.alarm.clear() // later times are seen below
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

// awaitAlarm returns at the earliest time set.
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

// claimAll begins a run of each due key for which its party has a free worker, and returns
// when the next key is due. Runs that end set the alarm. It takes much less than a lease,
// which can't be renewed meanwhile.
func (q *Queue) claimAll(ctx context.Context) (next time.Time, err error) {
	ctx, cancel := context.WithTimeout(ctx, q.cfg.lease/4)
	defer cancel()
	q.claiming.Lock()
	defer q.claiming.Unlock()
	now := q.cfg.Now()
	next = now.Add(scanEvery)
	shares := q.shares()
	for _, kind := range []struct{ waiting, claim string }{{waitingDue, claimDue}, {waitingAgain, claimAgain}} {
		if shares.free() == 0 {
			break
		}
		parties, later, err := q.waiting(ctx, kind.waiting, now)
		if err != nil {
			return next, err
		}
		if !later.IsZero() && later.Before(next) {
			next = later
		}
		if err := q.claimSome(ctx, kind.claim, claims{now: now, parties: parties, shares: shares}); err != nil {
			return next, err
		}
	}
	return next, nil
}

// claims are runs to begin.
type claims struct {
	now     time.Time
	parties []string // the longest waiting first
	shares  *shares
	runs    []run
	jobs    []Job
	of      []string // the party of each run
}

// claimSome begins the runs. If the database stores a claim but its answer is lost, tend
// takes it back.
func (q *Queue) claimSome(ctx context.Context, statement string, c claims) error {
	if !slices.ContainsFunc(c.parties, func(party string) bool { return c.shares.room(party) > 0 }) {
		return nil
	}
	read := func(r row) error {
		var one run
		var job Job
		var updated, wanted int64
		err := r.Scan(&one.key, &one.number, &job.Installation, &updated, &job.Cause, &job.Attempt, &wanted)
		job.Key, job.UpdatedAt, job.Wanted = one.key, fromMicros(updated), fromMicros(wanted)
		c.runs, c.jobs = append(c.runs, one), append(c.jobs, job)
		return err
	}
	err := q.db.write(ctx, func(t tx) error {
		for _, party := range c.parties {
			before, room := len(c.runs), c.shares.room(party)
			if room == 0 {
				continue
			}
			if err := t.query(ctx, read, statement, micros(c.now), int64(room), q.id, party); err != nil {
				return err
			}
			c.shares.add(party, len(c.runs)-before)
			for range len(c.runs) - before {
				c.of = append(c.of, party)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i, r := range c.runs {
		ctx := q.enter(r, c.of[i])
		q.runs.Go(func() {
			defer q.leave(r)
			q.work(ctx, r, c.jobs[i])
		})
	}
	return nil
}

// held is a run in progress.
type held struct {
	party  string
	cancel context.CancelCauseFunc
}

// enter records a run and returns its context.
func (q *Queue) enter(r run, party string) context.Context {
	ctx, cancel := context.WithCancelCause(q.working)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running[r] = held{party, cancel}
	return ctx
}

// leave forgets a run, and wakes claimLoop: the key may have to run again, and another one
// may be waiting for the worker.
func (q *Queue) leave(r run) {
	q.mu.Lock()
	q.running[r].cancel(nil)
	delete(q.running, r)
	q.mu.Unlock()
	q.alarm.set(q.cfg.Now())
}
