package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/config/labeler"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// place is a repository with the settings in force there.
type place struct {
	key          pull.Key
	installation int64
	pull.Repository
	rules config.Rules
	cause string // of the run
}

// repository works on a repository's key: its labels, after an event or at the start of
// a sweep, and the sweep's next step.
func (r *Reconciler) repository(ctx context.Context, key pull.Key, job queue.Job) error {
	state, err := recall[sweepState](ctx, r, sweepNote, key)
	if err != nil {
		return err
	}
	r.alerts.rest(key, len(state.Rest), r.Settings.Sweep.MaxWrites)
	begins, waits := r.begins(key, job, state)
	// A sweep comes back with the cause of the event that it served last. Without a sweep,
	// the same cause is a redelivery.
	if begins != nil || job.Cause != sweepCause && (job.Cause != state.Asked || state.Running == nil) {
		p, err := r.serve(ctx, key, job)
		if err != nil {
			return err
		}
		state.Asked = job.Cause
		if begins != nil {
			state.Running = begins
			return r.begin(ctx, p, job, state)
		}
		if err := r.keep(ctx, sweepNote, key, state); err != nil {
			return err
		}
	} else if err := r.freezes(ctx, key, job.Installation); err != nil {
		return err
	}
	if waits != nil || state.Running == nil {
		return waits
	}
	return r.sweepStep(ctx, key, job, state)
}

// begins is the sweep that's due; waits is why it, or the next step of one that runs, doesn't
// come now.
func (r *Reconciler) begins(key pull.Key, job queue.Job, state sweepState) (round *sweepRound, waits error) {
	if state.Running == nil {
		if round = r.due(state); round == nil {
			return nil, nil
		}
	}
	if scarce := r.scarce(key, job.Installation); scarce != nil {
		return nil, scarce
	}
	return round, nil
}

// serve does what an event on a repository, or the start of a sweep, needs.
func (r *Reconciler) serve(ctx context.Context, key pull.Key, job queue.Job) (place, error) {
	p, err := r.outline(ctx, key, job.Installation)
	if err != nil {
		return p, err
	}
	p.cause = job.Cause
	if err := r.freezes(ctx, key, p.installation); err != nil {
		return p, err
	}
	if err := errors.Join(r.labels(ctx, p), r.report(ctx, p)); err != nil {
		return p, err
	}
	if err := errors.Join(r.nightly(ctx, p), r.regressions(ctx, p)); err != nil {
		return p, err
	}
	return p, r.mergeable(ctx, p, job)
}

// begin starts a sweep.
func (r *Reconciler) begin(ctx context.Context, p place, job queue.Job, state sweepState) (err error) {
	if state.Running.Left, err = r.list(gh.Background(ctx), p, state, state.Running); err != nil {
		return err
	}
	state.Running.Left = inTurn(state.Rest, state.Running.Left)
	state.Running.Total = len(state.Running.Left)
	return r.proceed(ctx, p.key, job, state)
}

// outline loads a repository, in one request for each hundred labels or branches, and
// one for each 25 pull requests in a merge queue.
func (r *Reconciler) outline(ctx context.Context, key pull.Key, installation int64) (place, error) {
	seen, err := r.Loads.Repository(ctx, snapshot.RepositoryQuery{
		Key: key, Installation: installation, SettingsPath: config.RepositoryFile, LabelRulesPath: labeler.Path, Queues: r.queues.of(key),
	})
	if err != nil {
		return place{}, err
	}
	r.queues.know(key, seen.Branches)
	e, err := r.settings.update(ctx, key, files{seen.Settings, seen.LabelRules})
	return place{key: key, installation: installation, Repository: seen, rules: e.settings}, err
}

// asking returns the repository's labels that request backports.
func (p place) asking() []string {
	var names []string
	for _, l := range p.Labels {
		start := p.rules.Backport.Label
		if len(l.Name) >= len(start) && strings.EqualFold(l.Name[:len(start)], start) {
			names = append(names, l.Name)
		}
	}
	return names
}

// labelsRule is the rule in the audit log for writes to a repository's labels, which no
// pull request's rule makes.
const labelsRule = "repository-labels"

// labels creates and edits the repository's labels. If GitHub rejects one, the others
// and the sweep continue.
func (r *Reconciler) labels(ctx context.Context, p place) error {
	if r.Labels == nil {
		return nil
	}
	log := zerolog.Ctx(ctx)
	for _, e := range r.Labels(p.rules, p.Repository, r.Now()) {
		action := labelEdit(e)
		if r.DryRun {
			log.Info().Stringer("action", action).Msg("would apply")
			r.actions.WithLabelValues(action.Kind(), "planned").Inc()
			continue
		}
		err := r.applyLabel(ctx, p, e)
		_, gone := errors.AsType[*gh.Gone](err)
		switch {
		case err == nil:
			plan := pull.Plan{Key: p.key, Because: map[string]string{action.String(): labelsRule}}
			if err := r.logged(ctx, basis{plan: plan, cause: p.cause}, []pull.Action{action}, []error{nil}); err != nil {
				return err
			}
		case gone || refused(err):
			r.actions.WithLabelValues(action.Kind(), "error").Inc()
			log.Warn().Err(err).Msg("leaving a label as it is")
		default:
			r.actions.WithLabelValues(action.Kind(), "error").Inc()
			return err
		}
	}
	return nil
}

func (r *Reconciler) applyLabel(ctx context.Context, p place, e pull.LabelEdit) error {
	if e.Old == "" {
		return r.Writes.CreateLabel(ctx, p.installation, p.key, e.LabelStyle)
	}
	return r.Writes.EditLabel(ctx, p.installation, p.key, e)
}

// labelEdit is logged and counted like actions on pull requests.
type labelEdit pull.LabelEdit

func (e labelEdit) String() string {
	verb := "edit"
	if e.Old == "" {
		verb = "create"
	}
	return fmt.Sprintf("%s label %q %s %q", verb, e.Name, e.Color, e.Description)
}

// Kind names it in metrics.
func (e labelEdit) Kind() string {
	if e.Old == "" {
		return "create-label"
	}
	return "edit-label"
}
