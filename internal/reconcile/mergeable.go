package reconcile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// mergeableState is when all open pull requests were last checked for conflicts, and where
// the branches were then.
type mergeableState struct {
	Looked time.Time         `json:"looked"`
	Tips   map[string]string `json:"tips"`
	Asked  int               `json:"asked"` // checks in a row for which GitHub wasn't done
}

const (
	// mergeablePause is how long GitHub gets to compute whether pull requests are mergeable,
	// which it starts when asked.
	mergeablePause = 2 * time.Minute
	// mergeableChecks limits the checks in a row. The next push finds what is still unknown.
	mergeableChecks = 3
)

// mergeable checks all open pull requests for conflicts after pushes, with one request for
// each hundred, and enqueues those whose conflict label is wrong. The settings limit how
// often, since pushes to a busy branch would use up the hour's requests.
func (r *Reconciler) mergeable(ctx context.Context, p place, job queue.Job) error {
	set := p.rules.Conflicts
	if set.Mode != config.On {
		return nil
	}
	state, err := recall[mergeableState](ctx, r, mergeableNote, p.key)
	if err != nil {
		return err
	}
	now := r.Now()
	switch next := r.nextMergeable(state, p, set); {
	case next.IsZero():
		return nil
	case next.After(now):
		return r.Store.Add(ctx, queue.Hint{Key: p.key.String(), Installation: p.installation, Cause: mergeableCause(next), At: next})
	}
	all, err := r.Loads.Mergeable(gh.Background(ctx), snapshot.List{Key: p.key, Installation: p.installation})
	unknown := 0
	if _, temporary := errors.AsType[*gh.Temporary](err); temporary || refused(err) {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("looking for conflicts") // an expensive query must not stop the sweep
		unknown = 1
	} else if err != nil {
		return err
	}
	hints, more := p.mislabeled(all, set.Label)
	unknown += more
	state = mergeableState{Looked: now, Tips: p.Tips, Asked: state.Asked + 1}
	if unknown == 0 || state.Asked >= mergeableChecks {
		state.Asked = 0
	} else {
		hints = append(hints, queue.Hint{Key: p.key.String(), Installation: p.installation, Cause: mergeableCause(now.Add(mergeablePause)),
			At: now.Add(mergeablePause)})
	}
	zerolog.Ctx(ctx).Info().Int("pull_requests", len(all)).Int("unknown", unknown).Int("enqueued", len(hints)).Msg("checked for conflicts")
	if len(hints) > 0 {
		if err := r.Store.Add(ctx, hints...); err != nil {
			return err
		}
	}
	return r.keep(ctx, mergeableNote, p.key, state)
}

// mislabeled returns hints for pull requests whose conflict label is wrong, and how many
// may have conflicts that GitHub doesn't know yet.
func (p place) mislabeled(all []pull.Mergeability, label string) (hints []queue.Hint, unknown int) {
	for _, f := range all {
		switch of := (pull.Key{Owner: p.key.Owner, Repo: p.key.Repo, Number: f.Number}); {
		case f.Unknown:
			unknown++
		case f.Conflicts != f.HasLabel(label):
			hints = append(hints, queue.Hint{Key: of.String(), Installation: p.installation, Cause: mergeableNote, Aside: true})
		}
	}
	return hints, unknown
}

// mergeableCause makes the causes of two checks different.
func mergeableCause(at time.Time) string { return fmt.Sprint(mergeableNote, " ", at.Unix()) }

// nextMergeable returns when to check again, or zero for never.
func (r *Reconciler) nextMergeable(state mergeableState, p place, set config.Conflicts) time.Time {
	moved := false
	for branch, tip := range p.Tips {
		if branch == p.DefaultBranch || maintenance.MatchString(branch) {
			moved = moved || state.Tips[branch] != tip
		}
	}
	switch {
	case state.Asked > 0:
		return state.Looked.Add(mergeablePause)
	case moved:
		return state.Looked.Add(time.Duration(set.Every) * time.Minute)
	}
	return time.Time{}
}
