package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maintenance branches are named after their version.
var maintenance = regexp.MustCompile(`^[0-9]+\.[0-9]+$`)

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
	q.branches[key.Repository()] = slices.DeleteFunc(slices.Clone(branches), func(name string) bool { return !maintenance.MatchString(name) })
}

// report sets the bot's statuses and check runs on a merge queue's commits: GitHub waits
// for the same ones there as on the pull request ("Managing a merge queue"). A group is
// a pull request on top of others, so it gets that pull request's results.
func (r *Reconciler) report(ctx context.Context, p place) error {
	owned := map[string]bool{}
	for _, rule := range r.settings.known(p.key).rules {
		for _, name := range rule.Owns {
			owned[name] = true
		}
	}
	var faults []error // of single groups, which may be gone or not there yet
	for _, q := range p.Queued {
		key := p.key
		key.Number = q.Number
		plan := pull.Plan{Key: key, Because: map[string]string{}}
		for _, name := range slices.Sorted(maps.Keys(q.Own.Statuses)) {
			status, there := q.Own.Statuses[name], q.Reported.Statuses[name]
			if owned[name] && status != there {
				plan.Actions = append(plan.Actions, pull.SetStatus{SHA: q.Group, Status: status})
			}
		}
		for _, name := range slices.Sorted(maps.Keys(q.Own.Checks)) {
			check := pull.Check{Name: name, Conclusion: q.Own.Checks[name].Conclusion, Title: fmt.Sprintf(titleQueued, q.Number),
				Summary: fmt.Sprintf(summaryQueued, q.Number)}
			if check.Conclusion != "" && q.Reported.Checks[name].Digest != check.Digest() { // none: someone requested it again
				plan.Actions = append(plan.Actions, pull.SetCheck{SHA: q.Group, Check: check})
			}
		}
		for _, a := range plan.Actions {
			plan.Because[a.String()] = "merge-queue"
		}
		err := r.reportOn(ctx, basis{plan: plan, cause: p.cause}, p.installation)
		if _, limited := errors.AsType[*gh.Limited](err); limited {
			return err
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}

// Texts of the check runs on a merge queue's commits.
const (
	titleQueued   = "As on pull request #%d"
	summaryQueued = "The merge queue builds pull request #%d here. See its own check run for details."
)

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
