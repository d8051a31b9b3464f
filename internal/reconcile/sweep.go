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
	// recentEvery is a little under the hour at which sweeps are asked for, so
	// that clocks need not agree.
	recentEvery = 50 * time.Minute
	// recentOverlap is looked at twice: GitHub's clock is not ours.
	recentOverlap = 10 * time.Minute
	// sweepBatch is how many pull requests one step looks at.
	sweepBatch = 10
	// closedFor is how long a full sweep comes back to pull requests that are
	// merged or closed, and not touched since.
	closedFor = 7 * 24 * time.Hour
	// maxTouched bounds the pages of a hundred pull requests that were touched.
	maxTouched = 30
	// sweepCause is the cause of a hint that asks for a sweep.
	sweepCause = "sweep"
)

// sweepState is the durable state of the sweeps of one repository.
type sweepState struct {
	Recent  time.Time   `json:"recent"`         // start of the last sweep that ended
	Full    time.Time   `json:"full"`           // start of the last full one
	Rest    []int       `json:"rest,omitempty"` // numbers that it left to the next one
	Running *sweepRound `json:"running,omitempty"`
	Asked   string      `json:"asked,omitempty"` // cause of the last look at the repository itself
}

// sweepRound is a sweep on its way. It plans first, oldest first and up to a limit
// of writes; then the pull requests that need something are handed to the queue.
type sweepRound struct {
	Started time.Time `json:"started"`
	Full    bool      `json:"full"`
	Next    time.Time `json:"next"` // the pace: no look before that
	Left    []int     `json:"left"` // numbers still to look at
	Fix     []int     `json:"mend"` // numbers with something to do
	Odd     []int     `json:"odd"`  // numbers that GitHub could not show, which the queue asks for again
	Writes  int       `json:"writes"`
	Rest    []int     `json:"rest,omitempty"` // numbers that the limit of writes leaves to the next sweep
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
		fixed:   counter("concorde_sweep_fixed_total", "Missing writes that sweeps found: no webhook had brought them."),
		checked: counter("concorde_sweep_checked_total", "Pull requests that sweeps checked."),
		stopped: counter("concorde_sweep_stopped_total", "Sweeps that stopped at the limit of writes and left the rest to the next one."),
	}
}

func (m sweepMetrics) collectors() []prometheus.Collector {
	return []prometheus.Collector{m.fixed, m.checked, m.stopped}
}

// Sweep asks for a sweep of every repository of the App. Each repository
// decides by itself what is due.
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

// due is a sweep that is to begin now; nil when none is. One is due after every
// start: what came while the bot was down is lost, since GitHub does not send
// webhooks again.
func (r *Reconciler) due(state sweepState) *sweepRound {
	now := r.Now()
	round := &sweepRound{Started: now, Next: now, Full: fullDue(now, state.Full, r.Settings.Sweep.FullAt)}
	if !round.Full && !state.Recent.Before(r.started) && now.Sub(state.Recent) < recentEvery {
		return nil
	}
	return round
}

// list names the pull requests and issues that a sweep looks at: backports live on
// those that are merged or closed, too.
func (r *Reconciler) list(ctx context.Context, p place, state sweepState, round *sweepRound) (numbers []int, err error) {
	since := state.Recent.Add(-recentOverlap)
	if round.Full {
		numbers, err = r.GitHub.PullRequests(ctx, gh.Listing{Repository: p.key, Installation: p.installation})
		if err != nil {
			return nil, err
		}
	}
	if oldest := round.Started.Add(-closedFor); round.Full && (state.Recent.IsZero() || since.After(oldest)) {
		since = oldest
	}
	others, err := r.listClosed(ctx, p, since, round.Full)
	if err != nil {
		return nil, err
	}
	issues, err := r.GitHub.Issues(ctx, gh.Listing{Repository: p.key, Installation: p.installation, Since: since}, maxTouched)
	if err != nil {
		return nil, err
	}
	for _, s := range others {
		issues = append(issues, s.Number)
	}
	seen := map[int]bool{}
	for _, n := range numbers {
		seen[n] = true
	}
	for _, n := range issues {
		if !seen[n] {
			seen[n] = true
			numbers = append(numbers, n)
		}
	}
	return numbers, nil
}

// askedFor is how long after its merge a pull request with a label for a
// backport is looked at every night. What waits longer waits for a person, whose
// doings bring an event.
const askedFor = 90 * 24 * time.Hour

// listClosed lists pull requests in whatever state: those touched lately and,
// for a full sweep, merged ones that still ask for a backport.
func (r *Reconciler) listClosed(ctx context.Context, p place, since time.Time, full bool) ([]pull.Summary, error) {
	touched, complete, err := r.GitHub.Walk(ctx, gh.Walk{Key: p.key, Installation: p.installation, Since: since, Max: maxTouched})
	if err != nil {
		return nil, err
	}
	if !complete {
		zerolog.Ctx(ctx).Warn().Time("since", since).Msg("more pull requests were touched than a sweep lists: those touched last are looked at")
	}
	labels := p.asking()
	if !full || len(labels) == 0 {
		return touched, nil
	}
	asked, err := r.GitHub.MergedPulls(ctx, gh.MergedRequest{Key: p.key, Installation: p.installation, Labels: labels, Since: r.Now().Add(-askedFor)})
	return append(touched, asked...), err
}

// sweepStep does the next piece of a sweep that is on its way. Its state
// survives a restart.
func (r *Reconciler) sweepStep(ctx context.Context, key pull.Key, job queue.Job, state sweepState) error {
	if r.Now().Before(state.Running.Next) {
		return &queue.Later{Until: state.Running.Next, Why: "the sweep is paced", Rests: true}
	}
	if err := r.look(gh.Background(ctx), key, job.Installation, state.Running); err != nil {
		return errors.Join(err, r.keep(ctx, sweepNote, key, state))
	}
	return r.proceed(ctx, key, job, state)
}

// proceed ends a sweep that has nothing left to look at.
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
	r.troubles.rest(key, len(state.Rest), r.Settings.Sweep.MaxWrites)
	if round.Full {
		state.Full = round.Started
	}
	return r.keep(ctx, sweepNote, key, state)
}

// fullDue tells whether a full sweep has begun since the newest hour `at` (UTC)
// that is past.
func fullDue(now, last time.Time, at int) bool {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), at, 0, 0, 0, time.UTC)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return last.Before(due)
}

// look plans the next few pull requests. One that GitHub cannot show now is
// left to the queue, so that it does not keep the sweep from all others; the
// step ends there all the same, since it may be GitHub that is in trouble.
func (r *Reconciler) look(ctx context.Context, key pull.Key, installation int64, round *sweepRound) error {
	batch := min(sweepBatch, len(round.Left))
	for range batch {
		of := pull.Key{Owner: key.Owner, Repo: key.Repo, Number: round.Left[0]}
		plan, err := r.lookAt(ctx, of, installation)
		r.troubles.ran(ctx, of, err)
		var panicked *pull.Panic
		var gone *gh.Gone
		var temporary *gh.Temporary
		switch {
		case errors.As(err, &panicked): // it was said
		case errors.As(err, &gone) || refused(err):
			zerolog.Ctx(ctx).Warn().Err(err).Msg("sweep passes over a pull request")
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
			if len(plan.Actions)+len(plan.Pokes)+len(plan.Points) > 0 {
				round.Fix = append(round.Fix, of.Number)
				round.Writes += plan.Writes()
			}
		}
		round.Left = round.Left[1:]
	}
	round.Next = r.Now().Add(time.Duration(batch) * time.Minute / time.Duration(max(1, r.Settings.Sweep.PullRequestsPerMinute)))
	return nil
}

// lookAt plans one pull request, if it can be done in time.
func (r *Reconciler) lookAt(ctx context.Context, key pull.Key, installation int64) (pull.Plan, error) {
	short, cancel := context.WithTimeout(ctx, r.lookTime)
	defer cancel()
	plan, _, err := r.Plan(short, key, installation)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		err = &gh.Temporary{Answer: gh.Answer{Message: fmt.Sprintf("looking at %s takes longer than %s", key, r.lookTime)}}
	}
	return plan, err
}

// inTurn puts what the last sweep left first, and then the oldest first.
func inTurn(rest, listed []int) []int {
	left := map[int]bool{}
	for _, n := range rest {
		left[n] = true
	}
	listed = slices.DeleteFunc(listed, func(n int) bool { return left[n] })
	slices.Sort(listed)
	return slices.Concat(rest, listed)
}

// finish hands what a sweep found to the queue, with a loud line if that isn't all.
func (r *Reconciler) finish(ctx context.Context, key pull.Key, installation int64, round *sweepRound) error {
	log := zerolog.Ctx(ctx)
	if len(round.Rest) > 0 {
		r.sweep.stopped.Inc()
		log.Error().Int("writes", round.Writes).Int("limit", r.Settings.Sweep.MaxWrites).Ints("left", first(round.Rest, 20)).
			Msg("SWEEP STOPPED at sweep.max-writes: the next one goes on. Check some with `bot plan`; if all is well, raise the limit")
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
	log.Info().Bool("full", round.Full).Int("to_fix", len(round.Fix)).Int("writes", round.Writes).Ints("asked_again", round.Odd).Msg("sweep done")
	return nil
}

func first(numbers []int, n int) []int { return numbers[:min(n, len(numbers))] }
