package reconcile

import (
	"context"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	// recentOverlap is checked twice, since GitHub's clock isn't ours.
	recentOverlap = 10 * time.Minute
	// closedFor is how long a full sweep still checks merged or closed pull requests that
	// nobody has touched.
	closedFor = 7 * 24 * time.Hour
	// maxTouched limits the pages of a hundred touched pull requests.
	maxTouched = 30
)

// list returns the pull requests and issues that a sweep checks, including merged and
// closed ones, which may still need backports.
func (r *Reconciler) list(ctx context.Context, p place, state sweepState, round *sweepRound) (numbers []int, err error) {
	since := state.Recent.Add(-recentOverlap)
	if round.Full {
		numbers, err = r.Loads.Numbers(ctx, snapshot.List{Key: p.key, Installation: p.installation, States: []pull.State{pull.Open}})
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
	issues, err := r.Loads.Issues(ctx, snapshot.List{Key: p.key, Installation: p.installation, Since: since, Pages: maxTouched})
	if err != nil {
		return nil, err
	}
	for _, s := range others {
		issues = append(issues, s.Number)
	}
	if release := p.rules.Release; round.Full || fullDue(round.Started, state.Recent, release.DigestAt) {
		for _, t := range release.Issues { // touched or not: time passes
			issues = append(issues, t.Issue)
		}
	}
	if round.Full {
		issues = append(issues, r.broughtFaults(ctx, p)...)
	}
	return union(numbers, issues), nil
}

// union keeps the order, and each number once.
func union(numbers, others []int) []int {
	seen := map[int]bool{}
	return slices.DeleteFunc(slices.Concat(numbers, others), func(n int) bool {
		twice := seen[n]
		seen[n] = true
		return twice
	})
}

// listClosed lists pull requests in any state: recently touched ones and, for a full
// sweep, merged ones that still request a backport.
func (r *Reconciler) listClosed(ctx context.Context, p place, since time.Time, full bool) ([]pull.Summary, error) {
	touched, complete, err := r.Loads.Pulls(ctx, snapshot.List{Key: p.key, Installation: p.installation, Since: since, Pages: maxTouched})
	if err != nil {
		return nil, err
	}
	if !complete {
		zerolog.Ctx(ctx).Warn().Time("since", since).Msg("a sweep can't list all touched pull requests: it checks the latest")
	}
	labels := p.asking()
	if !full || len(labels) == 0 {
		return touched, nil
	}
	asked, _, err := r.Loads.Merged(ctx, snapshot.List{Key: p.key, Installation: p.installation, Labels: labels,
		Since: r.Now().Add(-pull.AwaitingFor), Pages: maxTouched})
	return append(touched, asked...), err
}

// inTurn orders numbers: those that the last sweep left first, then the oldest.
func inTurn(rest, listed []int) []int {
	left := map[int]bool{}
	for _, n := range rest {
		left[n] = true
	}
	listed = slices.DeleteFunc(listed, func(n int) bool { return left[n] })
	slices.Sort(listed)
	return slices.Concat(rest, listed)
}

// fullDue reports whether no full sweep has begun since the last hour `at` (UTC).
func fullDue(now, last time.Time, at int) bool {
	now = now.UTC()
	due := time.Date(now.Year(), now.Month(), now.Day(), at, 0, 0, 0, time.UTC)
	if due.After(now) {
		due = due.AddDate(0, 0, -1)
	}
	return last.Before(due)
}
