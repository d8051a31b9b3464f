package reconcile

import (
	"errors"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// goneAttempts is how often a key is looked at that GitHub says is not there.
// Its copies of the data lag behind each other, and at times it answers 404 to
// trouble of its own.
const goneAttempts = 5

// outcome turns what GitHub said into what the queue does next. A permission
// that the App lacks is asked for again: somebody may grant it, and no event
// tells of that.
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
	case errors.As(err, &panicked): // until the next event
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

// refused tells errors that are about one thing only; others may pass.
func refused(err error) bool {
	var (
		denied   *gh.Denied
		rejected *gh.Rejected
	)
	return errors.As(err, &denied) || errors.As(err, &rejected)
}
