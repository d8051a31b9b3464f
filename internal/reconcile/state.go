package reconcile

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
)

// The notes that hold the state of sweeps and other checks.
const (
	sweepNote     = "sweep"
	mergeableNote = "conflicts"
	waitingNote   = "waiting"
	roundsNote    = "regressions"
	checkedNote   = "checks" // for pages
	nightsNote    = "nights"
	freezesNote   = "freezes"
	workedNote    = "worked" // of an account
)

// recall returns the state that was kept, or an empty one: everything that keeps state
// can start over.
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

// note names a note. Dry runs have their own: they find the same problems each time,
// since they fix nothing.
func (r *Reconciler) note(of string, key pull.Key) string {
	if r.DryRun {
		of = "dry-" + of
	}
	return of + "/" + key.String()
}
