package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/triage/conflict"
)

// mergeable checks all open pull requests for conflicts after pushes, with one request for
// each hundred, and enqueues those whose conflict label is wrong. The conflict rule decides
// when, and which.
func (r *Reconciler) mergeable(ctx context.Context, p place, job queue.Job) error {
	set := p.rules.Conflicts
	if !p.rules.ConflictsAct() { // in shadow, each check would find the same ones again
		return nil
	}
	watch, err := recall[conflict.Watch](ctx, r, mergeableNote, p.key)
	if err != nil {
		return err
	}
	switch next := watch.Next(p.Repository, set); {
	case next.IsZero():
		return nil
	case next.After(r.Now()):
		return r.Store.Add(ctx, p.checkAt(next))
	}
	found := conflict.Found{At: r.Now()}
	found.All, err = r.Loads.Mergeable(gh.Background(ctx), snapshot.List{Key: p.key, Installation: p.installation})
	if _, temporary := errors.AsType[*gh.Temporary](err); temporary || refused(err) {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("looking for conflicts") // an expensive query must not stop the sweep
		found.Failed = true
	} else if err != nil {
		return err
	}
	check := watch.Judge(p.Repository, found, set)
	var hints []queue.Hint
	for _, number := range check.Wrong {
		key := pull.Key{Owner: p.key.Owner, Repo: p.key.Repo, Number: number}
		hints = append(hints, queue.Hint{Key: key.String(), Installation: p.installation, Cause: mergeableNote, Aside: true})
	}
	if !check.Again.IsZero() {
		hints = append(hints, p.checkAt(check.Again))
	}
	zerolog.Ctx(ctx).Info().
		Int("pull_requests", len(found.All)).Int("unknown", check.Unknown).Int("enqueued", len(hints)).Msg("checked for conflicts")
	if len(hints) > 0 {
		if err := r.Store.Add(ctx, hints...); err != nil {
			return err
		}
	}
	return r.keep(ctx, mergeableNote, p.key, check.Watch)
}

// checkAt is the hint for a check of all open pull requests. Its cause is that check's own.
func (p place) checkAt(at time.Time) queue.Hint {
	return queue.Hint{Key: p.key.String(), Installation: p.installation, Cause: fmt.Sprint(mergeableNote, " ", at.Unix()), At: at}
}
