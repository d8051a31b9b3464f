package reconcile

import (
	"errors"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// goneAttempts is how often the bot tries to load a key that GitHub can't find. Its
// replicas lag behind each other, and some of its own errors look like a 404.
const goneAttempts = 5

// outcome turns GitHub's answer into what the queue does next. A missing permission is
// retried, since someone may grant it without an event.
func outcome(err error, job queue.Job) error {
	var (
		limited   *gh.Limited
		gone      *gh.Gone
		denied    *gh.Denied
		rejected  *gh.Rejected
		temporary *gh.Temporary
		panicked  *pull.Panic
	)
	switch {
	case errors.As(err, &panicked): // given up until the next event
		return &queue.GiveUp{Err: err}
	case errors.As(err, &limited):
		return &queue.Later{Until: limited.Until, Why: err.Error(), Rests: limited.Spared && unawaited(job.Cause)}
	case errors.As(err, &gone) && job.Attempt >= goneAttempts:
		return &queue.GiveUp{Err: err}
	case errors.As(err, &rejected) && !errors.As(err, &denied) && !errors.As(err, &temporary):
		return &queue.GiveUp{Err: err}
	}
	return err
}

// refused reports errors that are about one thing only; other writes may succeed.
func refused(err error) bool {
	var (
		denied   *gh.Denied
		rejected *gh.Rejected
	)
	return errors.As(err, &denied) || errors.As(err, &rejected)
}
