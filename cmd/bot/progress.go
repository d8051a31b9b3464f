package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/concorde-bot/concorde/internal/reconcile"
)

var (
	doneDesc = prometheus.NewDesc("concorde_background_done", "Pull requests that background work on a repository is done with.",
		[]string{"repository", "stage"}, nil)
	totalDesc = prometheus.NewDesc("concorde_background_total", "Pull requests of background work on a repository, done or not.",
		[]string{"repository", "stage"}, nil)
	endsDesc = prometheus.NewDesc("concorde_background_ends_timestamp_seconds", "When background work on a repository is expected to end.",
		[]string{"repository", "stage"}, nil)
)

// inProgress is background work of any replica, from the database.
func (b *bot) inProgress(ctx context.Context) ([]reconcile.Progress, error) {
	return reconcile.InProgress(ctx, b.queue, b.reconciler.Settings.Sweep, b.reconciler.Now())
}

// progress is that for /metrics, none of a receiver. Concurrent requests share one answer.
func (b *bot) progress() []reconcile.Progress {
	if b.Role == roleReceive {
		return nil
	}
	got, _, _ := b.asking.Do("progress", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), statsTime)
		defer cancel()
		all, err := b.inProgress(ctx)
		if err != nil {
			b.log.Error().Err(err).Msg("looking at background work")
		}
		return all, nil
	})
	all, _ := got.([]reconcile.Progress)
	return all
}

const (
	// reportEvery is how often the log shows background work, from all replicas together.
	reportEvery  = 10 * time.Minute
	reportedNote = "background work logged" // when
)

// report logs background work, at the start and every ten minutes. Two replicas may do so
// at the same time; that does no harm.
func (b *bot) report(ctx context.Context) {
	for {
		if err := b.reportOnce(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("looking at background work")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reportEvery):
		}
	}
}

func (b *bot) reportOnce(ctx context.Context) error {
	all, err := b.inProgress(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	text, err := b.queue.Get(ctx, reportedNote)
	if err != nil {
		return err
	}
	now := b.reconciler.Now()
	last, err := time.Parse(time.RFC3339, string(text))
	if err == nil && now.Sub(last) < reportEvery/2 { // another replica did
		return nil
	}
	for _, p := range all {
		b.log.Info().Str("repository", p.Repository.String()).Str("stage", string(p.Stage)).Int("done", p.Done).Int("total", p.Total).
			Time("expected_end", p.Ends).Msg("background work")
	}
	return b.queue.Put(ctx, reportedNote, []byte(now.UTC().Format(time.RFC3339)))
}
