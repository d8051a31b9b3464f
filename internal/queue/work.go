package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/riverqueue/river"
	"github.com/rs/zerolog"
)

// riverConfig makes River carry runs and nothing more: attempts, timeouts and
// what is to be done when a process dies are decided here, by the table of keys.
func (q *Queue) riverConfig() *river.Config {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{q: q})
	return &river.Config{
		Queues:                      map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: q.cfg.Workers}},
		Workers:                     workers,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           time.Second,
		JobTimeout:                  -1,
		CompletedJobRetentionPeriod: time.Minute,
		CancelledJobRetentionPeriod: time.Minute,
		DiscardedJobRetentionPeriod: time.Hour,
		Logger:                      q.riverLog(),
	}
}

func (q *Queue) riverLog() *slog.Logger {
	level := max(zerolog.WarnLevel, q.cfg.Log.GetLevel())
	return slog.New(zerolog.NewSlogHandler(q.cfg.Log.Level(level)))
}

type worker struct {
	river.WorkerDefaults[run]
	q *Queue
}

// Work implements River's Worker.
func (w *worker) Work(ctx context.Context, job *river.Job[run]) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w.q.enter(job.ID, cancel)
	defer w.q.leave(job.ID)
	return w.q.work(ctx, job.Args)
}

// errAgain is for the stop of a queue whose database is in trouble: the run stays
// with River and is begun again by another replica or the next start.
var errAgain = river.JobSnooze(0)

// work runs a key once, if r is still its current run.
func (q *Queue) work(ctx context.Context, r run) error {
	var job Job
	var current bool
	err := q.insist(ctx, "beginning a run", func(ctx context.Context) (err error) {
		job, current, err = q.claim(ctx, r)
		return err
	})
	if err != nil {
		return errAgain
	}
	if !current {
		return nil
	}
	v := verdict{gaveUp: true, err: errCrashed}
	if job.Attempt <= q.cfg.MaxAttempts {
		err := q.attempt(ctx, job)
		v = q.judge(job, err, ctx.Err() != nil)
	}
	err = q.insist(q.finishing, "ending a run", func(ctx context.Context) error { return q.finish(ctx, r, v) })
	if err != nil {
		return errAgain
	}
	q.logVerdict(job, v)
	return nil
}

// attempt calls Work with its timeout; a panic is an error like others.
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

// claim begins a run. current is false if the run was taken from this worker.
func (q *Queue) claim(ctx context.Context, r run) (job Job, current bool, err error) {
	job.Key = r.Key
	err = q.db.write(ctx, func(t tx) error {
		return t.query(ctx, func(row row) error {
			var updated, wanted int64
			current = true
			err := row.Scan(&job.Installation, &updated, &job.Cause, &job.Attempt, &wanted)
			job.UpdatedAt, job.Wanted = fromMicros(updated), fromMicros(wanted)
			return err
		}, claimRun, r.Key, r.Run, micros(q.cfg.Now()))
	})
	return job, current, err
}

// finish stores what becomes of the key. A run that was taken from this worker in
// the meantime has no say any more.
func (q *Queue) finish(ctx context.Context, r run, v verdict) error {
	now := q.cfg.Now()
	var gaveUp, rests, due int64
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
	err := q.db.write(ctx, func(t tx) error {
		return t.query(ctx, func(row row) error { return row.Scan(&due) },
			finishRun, r.Key, r.Run, micros(v.next), int64(v.attempt), gaveUp, reason, micros(now), rests)
	})
	if err == nil && due > 0 {
		q.alarm.set(fromMicros(due))
	}
	return err
}

// insist repeats f while the database is in trouble, until ctx ends.
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
