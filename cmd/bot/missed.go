package main

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/webhook/missed"
)

// missedKey is the queue's key for missed deliveries: a key has one run at a time, so
// only one replica looks for them. It can't be a repository's, which has a slash.
const missedKey = "missed-deliveries"

// startCause is the cause of the first search after a start.
const startCause = "start"

// missedRetry is the pause after GitHub or the database gave no answer. It doesn't grow:
// each search gets further.
const missedRetry = 20 * time.Second

// work runs one of the queue's keys.
func (b *bot) work(ctx context.Context, job queue.Job) error {
	if job.Key != missedKey {
		return b.reconciler.Run(ctx, job)
	}
	err := b.missed.Run(ctx, job.Cause == startCause)
	if err == nil || ctx.Err() != nil {
		return err
	}
	until := b.missed.Now().Add(missedRetry)
	if limited, is := errors.AsType[*gh.Limited](err); is {
		until = limited.Until
	}
	b.log.Warn().Err(err).Msg("looking for missed deliveries")
	return &queue.Later{Until: until, Why: "some may be missed", Rests: true}
}

// finder finds missed deliveries and requests them at the pace of other writes.
func (b *bot) finder(now func() time.Time) (*missed.Finder, error) {
	pace := rate.NewLimiter(rate.Every(time.Minute/80), 10)
	if b.WritesPerMinute == 0 {
		pace = rate.NewLimiter(rate.Inf, 0)
	}
	return missed.New(missed.Config{
		GitHub: b.github, Store: b.queue, Serves: b.reconciler.ServesInstallation, Sweep: b.reconciler.Sweep, Pace: pace,
		Metrics: b.registry, Log: b.log, Now: now,
	})
}

// findMissed enqueues a search for missed deliveries at the start and every five
// minutes. A dry run doesn't: another bot of the same App would get what it requests.
func (b *bot) findMissed(ctx context.Context) {
	if b.DryRun {
		return
	}
	for cause := startCause; ; cause = "timer" {
		hint := queue.Hint{Key: missedKey, Cause: cause, Aside: cause != startCause}
		if err := b.queue.Add(ctx, hint); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("requesting a search for missed deliveries")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(missed.Every):
		}
	}
}
