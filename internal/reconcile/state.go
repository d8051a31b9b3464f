package reconcile

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// The notes that keep the state of what looks for work.
const (
	sweepNote   = "sweep"
	fitsNote    = "conflicts"
	waitingNote = "waiting"
	workedNote  = "worked" // of an account
)

// recall gives the state that was kept, or a blank one: whoever looks for work can
// begin anew.
func recall[S any](ctx context.Context, r *Reconciler, of string, key pull.Key) (state S, err error) {
	text, err := r.Store.Get(ctx, r.note(of, key))
	if err != nil || text == nil {
		return state, err
	}
	if err := json.Unmarshal(text, &state); err != nil {
		zerolog.Ctx(ctx).Warn().Str("state", of).Err(err).Msg("cannot read the state: starting over")
		var blank S
		return blank, nil
	}
	return state, nil
}

func (r *Reconciler) keep(ctx context.Context, of string, key pull.Key, state any) error {
	text, err := json.Marshal(state)
	if err != nil {
		return fmt.Errorf("writing the state %q of %s: %w", of, key, err)
	}
	return r.Store.Put(ctx, r.note(of, key), text)
}

// note names a note with such a state. What a dry run found missing is still
// missing, so its looks do not count.
func (r *Reconciler) note(of string, key pull.Key) string {
	if r.DryRun {
		of = "dry-" + of
	}
	return of + "/" + key.String()
}
