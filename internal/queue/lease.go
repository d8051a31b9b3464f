package queue

import (
	"context"
	"errors"
	"time"
)

// errLeaseLost ends the context of runs that other replicas may soon take over.
var errLeaseLost = errors.New("other replicas may run this key, since this one hasn't reached the database for too long")

// tendLoop shows other replicas that this one is alive, and takes back lost runs. If it
// can't do so for most of the lease, it stops its own runs before others begin them again.
func (q *Queue) tendLoop(ctx context.Context) {
	seen := time.Now()
	for pause(ctx, q.cfg.lease/8) {
		begun := time.Now() // the database may have stored it then, however late it answers
		short, cancel := context.WithTimeout(ctx, q.cfg.lease/4)
		err := q.tend(short)
		cancel()
		if err == nil {
			seen = begun
			continue
		}
		if ctx.Err() == nil {
			q.cfg.Log.Warn().Err(q.explain(err)).Msg("reporting to other replicas that this one is alive")
		}
		if time.Since(seen) > q.cfg.lease/2 {
			q.cancelRunning()
		}
	}
}

func (q *Queue) tend(ctx context.Context) error {
	alive, err := q.db.beat(ctx, q.self)
	if err != nil {
		return err
	}
	if q.alive.Swap(int64(alive)) != int64(alive) && q.cfg.Replicas != nil {
		q.cfg.Replicas(alive)
	}
	q.claiming.Lock()
	defer q.claiming.Unlock()
	var own []run
	read := func(row row) error {
		var r run
		err := row.Scan(&r.key, &r.number)
		own = append(own, r)
		return err
	}
	if err := q.db.query(ctx, read, ownRuns, q.id); err != nil {
		return err
	}
	return q.takeBack(ctx, q.compare(own))
}

// compare ends runs that others took over while this replica stood still. It returns runs
// that the replica owns without knowing: the database stored the claim, but its answer
// was lost.
func (q *Queue) compare(own []run) (lost [][]any) {
	q.mu.Lock()
	defer q.mu.Unlock()
	owned := map[run]bool{}
	for _, r := range own {
		owned[r] = true
		if _, known := q.running[r]; !known {
			lost = append(lost, []any{r.key, r.number})
		}
	}
	for r, run := range q.running {
		if !owned[r] { // or its run has just ended
			run.cancel(errLeaseLost)
		}
	}
	return lost
}

func (q *Queue) takeBack(ctx context.Context, lost [][]any) error {
	if len(lost) == 0 {
		return nil
	}
	defer q.alarm.set(q.cfg.Now())
	return q.db.write(ctx, func(t tx) error {
		_, err := t.each(ctx, backToWaiting+` AND key = $1 AND run = $2`, lost)
		return err
	})
}

func (q *Queue) cancelRunning() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, run := range q.running {
		run.cancel(errLeaseLost)
	}
}

// listenLoop hears about keys that other replicas stored.
func (q *Queue) listenLoop(ctx context.Context) {
	for {
		err := q.db.listen(ctx, q.alarm.set)
		if ctx.Err() != nil {
			return
		}
		q.cfg.Log.Warn().Err(q.explain(err)).Msg("listening to other replicas")
		if !pause(ctx, time.Second) {
			return
		}
	}
}
