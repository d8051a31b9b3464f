package queue

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"
)

// run is the right to run a key once.
type run struct {
	key    string
	number int64
}

// work runs a key once and stores the outcome. If that can't be stored, the next start or
// another replica takes the run back.
func (q *Queue) work(ctx context.Context, r run, job Job) {
	v := verdict{gaveUp: true, err: errCrashed}
	if job.Attempt <= q.cfg.MaxAttempts {
		err := q.attempt(ctx, job)
		v = q.judge(job, err, ctx.Err() != nil)
	}
	err := q.insist(q.finishing, "ending a run", func(ctx context.Context) error { return q.finish(ctx, r, v) })
	if err == nil {
		q.logVerdict(job, v)
	}
}

// attempt calls Work with its timeout, and turns a panic into an error.
func (q *Queue) attempt(ctx context.Context, job Job) (err error) {
	ctx, cancel := context.WithTimeout(ctx, q.cfg.JobTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			q.cfg.Log.Error().Str("key", job.Key).Bytes("stack", debug.Stack()).Msg("panic")
			err = fmt.Errorf("working %s: panic: %v", job.Key, p)
		}
	}()
	return q.cfg.Work(ctx, job)
}

// finish stores the outcome, unless another replica has taken over the run.
func (q *Queue) finish(ctx context.Context, r run, v verdict) error {
	now := q.cfg.Now()
	var gaveUp, rests int64
	var reason string
	if v.gaveUp {
		gaveUp = micros(now)
	}
	if v.rests {
		rests = 1
	}
	if v.err != nil {
		reason = text(v.err.Error())
	}
	return q.change(ctx, finishRun, r.key, r.number, micros(v.next), int64(v.attempt), gaveUp, reason, micros(now), rests)
}

// insist repeats f until it works or ctx ends, since the database may recover.
func (q *Queue) insist(ctx context.Context, what string, f func(context.Context) error) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		once, cancel := context.WithTimeout(ctx, commitWithin)
		err := f(once)
		cancel()
		if err == nil {
			return nil
		}
		q.cfg.Log.Warn().Err(q.explain(err)).Msg(what)
		if !pause(ctx, wait) {
			return errors.Join(err, ctx.Err())
		}
	}
}
