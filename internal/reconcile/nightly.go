package reconcile

import (
	"context"
	"errors"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/regression"
)

// nightlyRule is the rule in the audit log for builds that the bot starts.
const nightlyRule = "nightly-builds"

// nights are the branches whose build was started, or didn't have to be, with their tip and
// the night. GitHub's list of runs says the same, seconds later.
type nights map[string]string

// nightly starts the nightly builds that are due. If GitHub rejects one, the others and the
// sweep go on.
func (r *Reconciler) nightly(ctx context.Context, p place) error {
	began, is := regression.Tonight(p.rules.NightlyBuilds, r.Now())
	if !is || len(p.rules.NightlyBuilds.Builds) == 0 {
		return nil
	}
	before, err := recall[nights](ctx, r, nightsNote, p.key)
	if err != nil {
		return err
	}
	now := nights{}
	for _, build := range p.rules.NightlyBuilds.Builds {
		tip, night := p.Tips[build.Branch], began.Format("2006-01-02 ")
		seen := before[build.Branch]
		if tip == "" {
			continue
		}
		if seen != night+tip && seen != night+started {
			seen, err = r.build(ctx, p, pull.Dispatch{Workflow: build.Workflow, Branch: build.Branch})
			if _, temporary := errors.AsType[*gh.Temporary](err); temporary {
				zerolog.Ctx(ctx).Warn().Err(err).Msg("starting a nightly build") // the next sweep tries again
				continue
			}
			if err != nil {
				return err
			}
			seen = night + seen
		}
		now[build.Branch] = seen
	}
	return r.keep(ctx, nightsNote, p.key, now)
}

// started is what nights have of a branch whose build was started that night.
const started = "started"

// build starts a build if it's due, and returns what to remember.
func (r *Reconciler) build(ctx context.Context, p place, d pull.Dispatch) (seen string, err error) {
	tip := p.Tips[d.Branch]
	builds, err := r.Loads.Builds(gh.Background(ctx), snapshot.BuildsQuery{
		Key: p.key, Installation: p.installation, Branch: d.Branch, Workflow: d.Workflow,
	})
	if err != nil || !regression.Due(p.rules.NightlyBuilds, r.Now(), tip, builds) {
		return tip, err
	}
	log := zerolog.Ctx(ctx)
	if r.DryRun {
		log.Info().Stringer("action", d).Msg("would apply")
		r.actions.WithLabelValues(d.Kind(), "planned").Inc()
		return started, nil
	}
	err = r.Writes.Dispatch(ctx, p.installation, p.key, d)
	_, gone := errors.AsType[*gh.Gone](err)
	if err == nil || gone || refused(err) {
		plan := pull.Plan{Key: p.key, Because: map[string]string{d.String(): nightlyRule}}
		if err != nil {
			log.Error().Err(err).Msg("a nightly build can't be started: check its workflow, and the permission Actions: write")
		}
		return started, r.logged(ctx, basis{plan: plan, cause: p.cause}, []pull.Action{d}, []error{err})
	}
	return "", err
}
