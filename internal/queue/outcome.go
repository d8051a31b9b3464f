package queue

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// Later is returned by Work for a key that should run again at Until. It doesn't count
// as an attempt. A hint in the meantime wakes the key, so Work must be cheap if it's
// still too early.
type Later struct {
	Until time.Time
	Why   string
	// Rests means that the key waits by the caller's choice, so its hints aren't late
	// before Until (Stats.Unserved).
	Rests bool
}

func (l *Later) Error() string {
	return fmt.Sprintf("later, at %s: %s", l.Until.UTC().Format(time.RFC3339), l.Why)
}

// GiveUp is returned by Work if no retry can help. The error is logged and stored with
// the key; the next hint starts over.
type GiveUp struct{ Err error }

func (g *GiveUp) Error() string { return "giving up: " + g.Err.Error() }

// Unwrap returns the reason.
func (g *GiveUp) Unwrap() error { return g.Err }

// errCrashed is the reason stored with a key whose runs never ended.
var errCrashed = errors.New("the process ended during each attempt")

// verdict is what happens to a key after a run.
type verdict struct {
	next    time.Time // zero: at the next hint
	attempt int       // attempts that count so far
	gaveUp  bool
	rests   bool // until next, by choice
	err     error
}

// judge turns the end of a run into a verdict. cut means that the run was stopped from
// outside, so it runs again and doesn't count as an attempt.
func (q *Queue) judge(job Job, err error, cut bool) verdict {
	var later *Later
	var giveUp *GiveUp
	switch {
	case err == nil:
		return verdict{}
	case errors.As(err, &later):
		return verdict{next: later.Until, attempt: job.Attempt - 1, rests: later.Rests, err: err}
	case errors.As(err, &giveUp):
		return verdict{gaveUp: true, err: err}
	case cut:
		return verdict{next: q.cfg.Now(), attempt: job.Attempt - 1, err: err}
	case job.Attempt >= q.cfg.MaxAttempts:
		return verdict{gaveUp: true, err: fmt.Errorf("giving up after %d attempts: %w", job.Attempt, err)}
	}
	return verdict{next: q.cfg.Now().Add(q.backoff(job.Attempt)), attempt: job.Attempt, err: err}
}

// backoff doubles from RetryMin to RetryMax, minus up to a quarter, so that keys don't
// all come back together after an outage.
func (q *Queue) backoff(attempt int) time.Duration {
	wait := q.cfg.RetryMax
	if shift := attempt - 1; shift < 30 && q.cfg.RetryMin<<shift < wait {
		wait = q.cfg.RetryMin << shift
	}
	return wait - time.Duration(rand.Int64N(int64(wait)/4+1))
}

func (q *Queue) logVerdict(job Job, v verdict) {
	var later *Later
	switch {
	case v.err == nil:
	case v.gaveUp:
		q.cfg.Log.Error().Str("key", job.Key).Str("cause", job.Cause).Int("attempt", job.Attempt).Err(v.err).Msg("given up")
	case errors.As(v.err, &later):
		q.cfg.Log.Info().Str("key", job.Key).Str("cause", job.Cause).Time("until", v.next).Str("why", later.Why).Msg("later")
	default:
		q.cfg.Log.Warn().Str("key", job.Key).Str("cause", job.Cause).Int("attempt", job.Attempt).Time("until",
			v.next).Err(v.err).Msg("will retry")
	}
}

// pause waits for d, and reports whether it did: it returns early if ctx ends.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
