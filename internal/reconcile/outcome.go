package reconcile

import (
	"errors"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/queue"
)

// outcome turns what GitHub said into what the queue does next.
func outcome(err error) error {
	var (
		limited *gh.Limited
		gone    *gh.Gone
	)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &limited):
		return &queue.Later{Until: limited.Until, Why: err.Error()}
	case errors.As(err, &gone):
		return &queue.GiveUp{Err: err}
	case permanent(err):
		return &queue.GiveUp{Err: err}
	}
	return err
}

// permanent tells errors that a retry will not mend: a person must change
// something first, and the sweep looks again after that.
func permanent(err error) bool {
	var (
		denied   *gh.Denied
		rejected *gh.Rejected
	)
	return errors.As(err, &denied) || errors.As(err, &rejected)
}
