package reconcile

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// freezeCause is the cause of runs that follow from the start or end of a freeze by the
// release data or the settings. People wait for them.
const freezeCause = "freeze"

// freezes enqueues what changes with versions that froze or thawed since the last time, by the
// release data and the settings, and schedules the next look. Whoever loses the note starts
// over: then those run whose version is frozen.
func (r *Reconciler) freezes(ctx context.Context, key pull.Key, installation int64) error {
	set, seen := r.InForce(ctx, key)
	if r.Freezes == nil || !seen {
		return nil
	}
	before, err := recall[map[string]time.Time](ctx, r, freezesNote, key)
	if err != nil {
		return err
	}
	closed, next := r.Freezes(set, r.Now())
	var hints []queue.Hint
	if !next.IsZero() && next.Sub(r.Now()) < 24*time.Hour { // sweeps look again before that
		hints = append(hints, queue.Hint{Key: key.String(), Installation: installation, Cause: fmt.Sprint(freezeCause, " ", next.Unix()),
			At: next})
	}
	changed := turned(before, closed)
	for _, version := range changed {
		of := snapshot.List{Key: key, Installation: installation, Base: version}
		if _, frozen := closed[version]; !frozen {
			of.Labels = []string{set.Backport.Label + " " + version}
		}
		numbers, err := r.freezing(ctx, of)
		if err != nil {
			return err
		}
		if issue := set.Release.Issue(version); issue != 0 {
			numbers = append(numbers, issue)
		}
		for _, number := range numbers {
			of := pull.Key{Owner: key.Owner, Repo: key.Repo, Number: number}
			hints = append(hints, queue.Hint{Key: of.String(), Installation: installation, Cause: freezeCause})
		}
	}
	if len(hints) > 0 {
		if err := r.Store.Add(ctx, hints...); err != nil {
			return err
		}
	}
	if len(changed) == 0 {
		return nil
	}
	return r.keep(ctx, freezesNote, key, closed)
}

// turned are the versions that froze, thawed, or stay frozen until another time.
func turned(before, now map[string]time.Time) (versions []string) {
	all := map[string]time.Time{}
	maps.Copy(all, before)
	maps.Copy(all, now)
	for _, version := range slices.Sorted(maps.Keys(all)) {
		was, frozen := before[version]
		until, freezes := now[version]
		if frozen != freezes || !was.Equal(until) {
			versions = append(versions, version)
		}
	}
	return versions
}

// freezing lists the open pull requests into a branch that froze or thawed, and the merged
// ones with labels.
func (r *Reconciler) freezing(ctx context.Context, of snapshot.List) (numbers []int, err error) {
	into := of
	into.Labels, into.States = nil, []pull.State{pull.Open}
	numbers, err = r.Loads.Numbers(ctx, into)
	if err == nil && len(of.Labels) > 0 {
		var waiting []int
		waiting, err = r.Loads.Awaiting(ctx, of, r.Now())
		numbers = append(numbers, waiting...)
	}
	log := zerolog.Ctx(ctx).With().Str("version", of.Base).Bool("frozen", len(of.Labels) == 0).Logger()
	if refused(err) { // must not stop the sweep
		log.Warn().Err(err).Msg("a freeze began, moved or ended, and its pull requests can't be listed")
	} else if err != nil {
		return nil, err
	}
	log.Info().Int("pull_requests", len(numbers)).Msg("a freeze began, moved or ended")
	return numbers, nil
}
