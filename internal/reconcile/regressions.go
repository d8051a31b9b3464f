package reconcile

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/regression"
)

const (
	// roundsPause is the pause between two looks at the checks of a repository's branches.
	// While reports keep coming, it doubles up to roundsMost: a commit of CPython gets a
	// hundred, mostly in a row.
	roundsPause = 2 * time.Second
	roundsMost  = time.Minute
)

// rounds are the regressions that go on, as they were seen last. Whoever loses them
// finds them again; only those that ended meanwhile wait for their pull requests' own runs.
type rounds struct {
	At    time.Time        `json:"at"`
	Pause time.Duration    `json:"pause"`          // before the next look
	Open  map[string]round `json:"open,omitempty"` // by branch and check
	// Undecided: another look has more to read.
	Undecided bool `json:"undecided,omitempty"`
}

type round struct {
	Sum   string `json:"sum"` // what the comments say of it
	Pulls []int  `json:"pulls,omitempty"`
}

// regressions loads the checks of the branches, and enqueues the pull requests whose
// comments should change: it says which, their rule says what.
func (r *Reconciler) regressions(ctx context.Context, p place) error {
	branches := p.checked()
	if len(branches) == 0 {
		return nil
	}
	before, err := recall[rounds](ctx, r, roundsNote, p.key)
	if err != nil {
		return err
	}
	if next := before.At.Add(before.Pause); next.After(r.Now()) {
		return r.lookAgain(ctx, p, next)
	}
	l := look{place: p, before: before, now: rounds{At: r.Now(), Pause: roundsPause, Open: map[string]round{}},
		seen: Checked{At: r.Now(), Branches: []regression.Report{}}}
	if l.now.At.Sub(before.At) < 2*roundsMost {
		l.now.Pause = min(max(2*before.Pause, roundsPause), roundsMost)
	}
	err = r.examine(ctx, &l, branches)
	if _, temporary := errors.AsType[*gh.Temporary](err); temporary || refused(err) {
		zerolog.Ctx(ctx).Warn().Err(err).Msg("looking at a branch's checks") // must not stop the sweep
		return r.interrupted(ctx, l, temporary)
	} else if err != nil {
		return err
	}
	numbers := changed(before.Open, l.now.Open)
	if len(numbers) > 0 { // a version's readiness depends on nightly builds
		for _, t := range p.rules.Release.Issues {
			numbers = append(numbers, t.Issue)
		}
	}
	if err := errors.Join(r.tell(ctx, p, numbers), r.keep(ctx, checkedNote, p.key, l.seen)); err != nil {
		return err
	}
	if l.now.Undecided {
		if err := r.lookAgain(ctx, p, l.now.At.Add(l.now.Pause)); err != nil {
			return err
		}
	}
	return r.keep(ctx, roundsNote, p.key, l.now)
}

// interrupted keeps what the look before knew. If that left something to read, and GitHub may answer
// later, another look follows.
func (r *Reconciler) interrupted(ctx context.Context, l look, temporary bool) error {
	if temporary && l.before.Undecided {
		if err := r.lookAgain(ctx, l.place, l.now.At.Add(l.now.Pause)); err != nil {
			return err
		}
	}
	return r.keep(ctx, roundsNote, l.key, rounds{l.now.At, l.now.Pause, l.before.Open, l.before.Undecided})
}

// lookAgain has the checks looked at later.
func (r *Reconciler) lookAgain(ctx context.Context, p place, at time.Time) error {
	return r.Store.Add(ctx, queue.Hint{Key: p.key.String(), Installation: p.installation, Cause: fmt.Sprint(roundsNote, " ", at.Unix()),
		At: at})
}

// look is one look at the checks of a repository's branches.
type look struct {
	place
	before, now rounds
	seen        Checked
}

// Checked is how the checks of a repository's branches are.
type Checked struct {
	At       time.Time           `json:"at"` // when GitHub was asked; zero for never
	Branches []regression.Report `json:"branches"`
}

// Checked returns what the last look at a repository's branches saw, of any replica.
func (r *Reconciler) Checked(ctx context.Context, repository pull.Key) (Checked, error) {
	return recall[Checked](ctx, r, checkedNote, repository.Repository())
}

// checked are the branches whose checks count, the default branch first.
func (p place) checked() []string {
	if p.rules.Modes.Regressions == config.Off {
		return nil
	}
	return regression.Branches(p.rules, p.DefaultBranch, p.Branches)
}

// examine loads the checks of the branches, and the open reverts of what may have broken one.
func (r *Reconciler) examine(ctx context.Context, l *look, branches []string) error {
	ctx = gh.Background(ctx)
	suspects := map[string]int{}
	for _, branch := range branches {
		b, err := r.Loads.Checked(ctx, snapshot.CheckedQuery{
			Key: l.key, Installation: l.installation, Branch: branch, Source: regression.Source(l.rules, l.now.At),
		})
		if err != nil {
			return err
		}
		l.rounds(ctx, branch, b)
		report := regression.NewReport(l.rules, branch, b, l.now.At)
		maps.Copy(suspects, report.Suspects(l.rules.Regressions))
		l.seen.Branches = append(l.seen.Branches, report)
	}
	heads := slices.Sorted(maps.Keys(suspects))
	open, err := r.Loads.OpenFrom(ctx, snapshot.OpenQuery{Key: l.key, Installation: l.installation, Heads: heads})
	if err != nil { // only pages show them
		zerolog.Ctx(ctx).Warn().Err(err).Msg("looking for open reverts: the page of regressions doesn't show them")
	}
	for i := range l.seen.Branches {
		l.seen.Branches[i].Add(suspects, open)
	}
	return ctx.Err()
}

// rounds adds the open rounds of a branch. One that isn't decided stays as it was.
func (l *look) rounds(ctx context.Context, branch string, b pull.BranchChecks) {
	for _, check := range b.Undecided {
		key := branch + " " + check
		l.now.Undecided = true
		if before, open := l.before.Open[key]; open {
			l.now.Open[key] = before
		}
	}
	for _, open := range regression.Open(l.rules, b, l.now.At) {
		key := branch + " " + open.Check
		next := round{Sum: open.Summary(b), Pulls: open.Pulls(b)}
		if !open.Known() || len(next.Pulls) > l.rules.Regressions.MaxPullRequests {
			next.Pulls = l.before.Open[key].Pulls // those that heard of it
			if l.before.Open[key].Sum != next.Sum {
				zerolog.Ctx(ctx).Warn().Str("branch", branch).Str("check", open.Check).Str("failed_on", b.Commits[open.Bad].SHA).
					Msg("a check fails, and more than 100 commits or too many pull requests may be the cause: not commenting on any")
			}
		}
		l.now.Open[key] = next
	}
}

// changed are the pull requests of rounds that began, ended or are others now.
func changed(before, now map[string]round) (numbers []int) {
	for _, key := range slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(now))) {
		if before[key].Sum != now[key].Sum {
			numbers = append(append(numbers, before[key].Pulls...), now[key].Pulls...)
		}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// tell enqueues pull requests.
func (r *Reconciler) tell(ctx context.Context, p place, numbers []int) error {
	var hints []queue.Hint
	for _, number := range numbers {
		key := pull.Key{Owner: p.key.Owner, Repo: p.key.Repo, Number: number}
		hints = append(hints, queue.Hint{Key: key.String(), Installation: p.installation, Cause: roundsNote, Aside: true})
	}
	if len(hints) == 0 {
		return nil
	}
	zerolog.Ctx(ctx).Info().Ints("pull_requests", numbers[:min(len(numbers), 20)]).Msg("a check of a branch failed, or passes again")
	return r.Store.Add(ctx, hints...)
}
