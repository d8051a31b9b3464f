package reconcile

import (
	"context"

	"github.com/concorde-bot/concorde/internal/pull"
)

// remember notes by when the bot has seen the head: at the time of the event that
// first named it, or of the newest change in the first snapshot that has it. What
// is on GitHub may show an earlier time, which counts too. Without a store only
// that is known, and rules that are in doubt take a head for a new one.
func (r *Reconciler) remember(ctx context.Context, request *pull.Request) error {
	if r.Store == nil || request.Issue || request.Facts&pull.Events == 0 {
		return nil
	}
	key := request.Key.String()
	seen, err := r.Store.Seen(ctx, key, request.Head)
	if err != nil {
		return err
	}
	if seen.IsZero() {
		seen = request.UpdatedAt
		if err := r.Store.See(ctx, key, request.Head, seen); err != nil {
			return err
		}
	}
	if request.HeadSeen.IsZero() || seen.Before(request.HeadSeen) {
		request.HeadSeen = seen
	}
	return nil
}
