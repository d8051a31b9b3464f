package reconcile

import (
	"context"

	"github.com/concorde-bot/concorde/internal/pull"
)

// remember records when the bot first saw the head: when the first event named it, or the
// newest change in the first snapshot with it. If GitHub shows an earlier time, that
// counts. Without a store, only GitHub's time is known, and rules that can't be sure
// treat the head as new.
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
