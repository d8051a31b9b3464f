package reconcile

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

const (
	// recentEvery is a little less than the hour between sweeps, since clocks differ.
	recentEvery = 50 * time.Minute
	// sweepBatch is how many pull requests one step checks.
	sweepBatch = 10
	// sweepCause is the cause of a hint that requests a sweep.
	sweepCause = "sweep"
)

// sweepState is the durable state of the sweeps of one repository.
type sweepState struct {
	Recent  time.Time   `json:"recent"`         // start of the last sweep that ended
	Full    time.Time   `json:"full"`           // start of the last full one
	Rest    []int       `json:"rest,omitempty"` // numbers that it left to the next one
	Running *sweepRound `json:"running,omitempty"`
	Asked   string      `json:"asked,omitempty"` // cause of the last run on the repository itself
}

// sweepRound is a sweep in progress. It first plans, oldest first and up to a limit of
// writes; then it enqueues the pull requests that need something.
type sweepRound struct {
	Started time.Time `json:"started"`
	Full    bool      `json:"full"`
	Next    time.Time `json:"next"`  // no check before that time
	Total   int       `json:"total"` // how many it checks
	Left    []int     `json:"left"`  // numbers still to check
	Fix     []int     `json:"mend"`  // numbers with something to do
	Odd     []int     `json:"odd"`   // numbers that GitHub couldn't show; they're enqueued
	Writes  int       `json:"writes"`
	Rest    []int     `json:"rest,omitempty"` // numbers left to the next sweep by the write limit
}

type sweepMetrics struct {
	fixed   prometheus.Counter
	checked prometheus.Counter
	stopped prometheus.Counter
}

func newSweepMetrics() sweepMetrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Name: name, Help: help})
	}
	return sweepMetrics{
		fixed:   counter("concorde_sweep_fixed_total", "Missing writes that sweeps found and no webhook had caused."),
		checked: counter("concorde_sweep_checked_total", "Pull requests that sweeps checked."),
		stopped: counter("concorde_sweep_stopped_total", "Sweeps that stopped at the write limit and left the rest to the next one."),
	}
}

func (m sweepMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.fixed, m.checked, m.stopped}
}

// Sweep requests a sweep of every repository of the App. Each repository decides for
// itself what is due.
func (r *Reconciler) Sweep(ctx context.Context) error {
	installations, err := r.installations(ctx)
	repositories, unread := r.GitHub.Repositories(ctx, installations) // some, even with an error
	unlisted := errors.Join(err, unread)
	r.listing(ctx, unlisted)
	if unlisted != nil {
		unlisted = fmt.Errorf("listing the repositories to sweep: %w", unlisted)
	}
	var hints []queue.Hint
	for _, repository := range repositories {
		if repository.Archived || !r.Settings.Acts(repository.Key.Owner, repository.Key.Repo) {
			continue
		}
		hints = append(hints, queue.Hint{Key: repository.Key.String(), Installation: repository.Installation, Cause: sweepCause, Aside: true})
	}
	return errors.Join(unlisted, r.Store.Add(ctx, hints...))
}

// due returns the sweep that should start now, or nil. One is due after every start:
// GitHub doesn't send webhooks again that came while the bot was down.
func (r *Reconciler) due(state sweepState) *sweepRound {
	now := r.Now()
	round := &sweepRound{Started: now, Next: now, Full: fullDue(now, state.Full, r.Settings.Sweep.FullAt)}
	if !round.Full && !state.Recent.Before(r.started) && now.Sub(state.Recent) < recentEvery {
		return nil
	}
	return round
}

// sweepStep does the next step of a sweep in progress. Its state survives restarts.
func (r *Reconciler) sweepStep(ctx context.Context, key pull.Key, job queue.Job, state sweepState) error {
	if r.Now().Before(state.Running.Next) {
		return &queue.Later{Until: state.Running.Next, Why: "the sweep is paced", Rests: true}
	}
	if err := r.look(gh.Background(ctx), key, job.Installation, state.Running); err != nil {
		return errors.Join(err, r.keep(ctx, sweepNote, key, state))
	}
	return r.proceed(ctx, key, job, state)
}

// proceed ends a sweep that has nothing left to check.
func (r *Reconciler) proceed(ctx context.Context, key pull.Key, job queue.Job, state sweepState) error {
	round := state.Running
	if len(round.Left) > 0 {
		if err := r.keep(ctx, sweepNote, key, state); err != nil {
			return err
		}
		return &queue.Later{Until: round.Next, Why: "the sweep is paced", Rests: true}
	}
	if err := r.finish(ctx, key, job.Installation, round); err != nil {
		return err
	}
	state.Recent, state.Running, state.Rest = round.Started, nil, round.Rest
	r.alerts.rest(key, len(state.Rest), r.Settings.Sweep.MaxWrites)
	if round.Full {
		state.Full = round.Started
	}
	return r.keep(ctx, sweepNote, key, state)
}

// look plans the next few pull requests. One that GitHub can't show now is left to the
// queue, so that it doesn't hold up the sweep. The step still ends there, since GitHub
// itself may have a problem.
func (r *Reconciler) look(ctx context.Context, key pull.Key, installation int64, round *sweepRound) error {
	batch := min(sweepBatch, len(round.Left))
	for range batch {
		of := pull.Key{Owner: key.Owner, Repo: key.Repo, Number: round.Left[0]}
		plan, err := r.lookAt(ctx, of, installation)
		r.alerts.ran(ctx, of, err)
		var panicked *pull.Panic
		var gone *gh.Gone
		var temporary *gh.Temporary
		switch {
		case errors.As(err, &panicked): // it's in the log
		case errors.As(err, &gone) || refused(err):
			zerolog.Ctx(ctx).Warn().Err(err).Msg("a sweep skips a pull request")
		case errors.As(err, &temporary):
			round.Odd, round.Left = append(round.Odd, of.Number), round.Left[1:]
			return err
		case err != nil:
			return err
		default:
			r.sweep.checked.Inc()
			if len(round.Fix) > 0 && round.Writes+plan.Writes() > r.Settings.Sweep.MaxWrites {
				round.Rest, round.Left = round.Left, nil
				return nil
			}
			if len(plan.Actions)+len(plan.Enqueue)+len(plan.Points) > 0 {
				round.Fix = append(round.Fix, of.Number)
				round.Writes += plan.Writes()
			}
		}
		round.Left = round.Left[1:]
	}
	round.Next = r.Now().Add(time.Duration(batch) * time.Minute / time.Duration(max(1, r.Settings.Sweep.PullRequestsPerMinute)))
	return nil
}

// lookAt plans one pull request, unless that takes too long.
func (r *Reconciler) lookAt(ctx context.Context, key pull.Key, installation int64) (pull.Plan, error) {
	short, cancel := context.WithTimeout(ctx, r.lookTime)
	defer cancel()
	s, err := r.evaluate(short, key, installation)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = &gh.Temporary{Answer: gh.Answer{Message: fmt.Sprintf("checking %s takes longer than %s", key, r.lookTime)}}
	}
	if err == nil {
		r.show(ctx, s, nil)
	}
	return s.plan, err
}

// finish enqueues what a sweep found. It logs an error if the write limit stopped it.
func (r *Reconciler) finish(ctx context.Context, key pull.Key, installation int64, round *sweepRound) error {
	log := zerolog.Ctx(ctx)
	if len(round.Rest) > 0 {
		r.sweep.stopped.Inc()
		log.Error().Int("writes", round.Writes).Int("limit", r.Settings.Sweep.MaxWrites).Ints("left", first(round.Rest, 20)).
			Msg("SWEEP STOPPED at sweep.max-writes: the next sweep continues. Check a few with `bot plan`, and raise the limit if the plans are " +
				"right")
	}
	hints := make([]queue.Hint, 0, len(round.Fix))
	for _, number := range slices.Concat(round.Fix, round.Odd) {
		of := pull.Key{Owner: key.Owner, Repo: key.Repo, Number: number}
		hints = append(hints, queue.Hint{Key: of.String(), Installation: installation, Cause: sweepCause, Aside: true})
	}
	if len(hints) > 0 {
		if err := r.Store.Add(ctx, hints...); err != nil {
			return err
		}
	}
	r.sweep.fixed.Add(float64(round.Writes))
	log.Info().Bool("full", round.Full).Int("to_fix", len(round.Fix)).Int("writes", round.Writes).Ints("asked_again",
		round.Odd).Msg("sweep done")
	return nil
}

func first(numbers []int, n int) []int { return numbers[:min(n, len(numbers))] }

// Swept returns when a repository's last sweep that ended began, and how many pull requests
// a running one still checks.
func (r *Reconciler) Swept(ctx context.Context, repository pull.Key) (last time.Time, left int, err error) {
	state, err := recall[sweepState](ctx, r, sweepNote, repository)
	if err == nil && state.Running != nil {
		left = len(state.Running.Left)
	}
	return state.Recent, left, err
}
