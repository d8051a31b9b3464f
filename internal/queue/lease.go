package queue

import (
	"context"
	"errors"
	"time"
)

// errLeaseLost ends the context of runs that other replicas may soon take over.
var errLeaseLost = errors.New("this replica has not reached the database for too long")

// tendLoop tells other replicas that this one lives, and takes back lost runs. When
// this one can't tell for most of its lease, it stops its own runs before others
// begin them again.
func (q *Queue) tendLoop(ctx context.Context) {
	seen := time.Now()
	for pause(ctx, q.cfg.lease/8) {
		once, cancel := context.WithTimeout(ctx, q.cfg.lease/4)
		err := q.tend(once)
		cancel()
		if err == nil {
			seen = time.Now()
			continue
		}
		if ctx.Err() == nil {
			q.cfg.Log.Warn().Err(q.explain(err)).Msg("telling other replicas that this one lives")
		}
		if time.Since(seen) > q.cfg.lease/2 {
			q.cancelRunning()
		}
	}
}

func (q *Queue) tend(ctx context.Context) error {
	if err := q.db.beat(ctx, q.id); err != nil {
		return err
	}
	return q.takeBackLost(ctx)
}

// takeBackLost ends runs that this replica owns but doesn't know: their claim was
// stored, but the answer was lost on the way.
func (q *Queue) takeBackLost(ctx context.Context) error {
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
	var lost [][]any
	q.mu.Lock()
	for _, r := range own {
		if _, known := q.running[r]; !known {
			lost = append(lost, []any{r.key, r.number})
		}
	}
	q.mu.Unlock()
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
	for _, cancel := range q.running {
		cancel(errLeaseLost)
	}
}

// listenLoop hears of keys that other replicas stored.
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
