package reconcile

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// queues are the branches known to have a merge queue, by repository.
type queues struct {
	mu       sync.Mutex
	branches map[pull.Key][]string
}

// of returns the branches whose queue must be loaded; "" is the default branch.
func (q *queues) of(key pull.Key) []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return append([]string{""}, q.branches[key.Repository()]...)
}

func (q *queues) know(key pull.Key, branches []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.branches == nil {
		q.branches = map[pull.Key][]string{}
	}
	q.branches[key.Repository()] = slices.DeleteFunc(slices.Clone(branches), func(name string) bool { return !lifecycle.ValidVersion(name) })
}

// report sets what is missing on the commits of merge queues.
func (r *Reconciler) report(ctx context.Context, p place) error {
	rules := r.settings.known(p.key).rules
	var faults []error // of single groups, which may be gone or not exist yet
	for _, q := range p.Queued {
		err := r.reportOn(ctx, basis{plan: q.Plan(p.key, rules), cause: p.cause}, p.installation)
		if _, limited := errors.AsType[*gh.Limited](err); limited {
			return err
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

func (r *Reconciler) reportOn(ctx context.Context, b basis, installation int64) error {
	for _, batch := range apply.Batches(b.plan.Actions) {
		if r.DryRun {
			r.wouldApply(ctx, b.plan, batch)
			continue
		}
		outcomes := r.Writes.ApplyAll(ctx, installation, b.plan.Key, batch)
		if err := r.logged(ctx, b, batch, outcomes); err != nil {
			return err
		}
		for _, err := range outcomes {
			if refused(err) {
				zerolog.Ctx(ctx).Warn().Err(err).Msg("reporting on a merge queue")
			} else if err != nil {
				return err
			}
		}
	}
	return nil
}
