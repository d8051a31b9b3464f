package reconcile

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// maxRounds limits the rounds of work. Two are normal, picks and then pull requests; more
// mean a bug in a rule.
const maxRounds = 5

// work does what must be done before the rest of a plan is known, and runs the rules
// again. A crash in between does no harm: each step finds what it did before.
func (r *Reconciler) work(ctx context.Context, s evaluation, job queue.Job) (evaluation, error) {
	for range maxRounds {
		works := s.plan.Work()
		if len(works) == 0 {
			return s, nil
		}
		for _, w := range works {
			next, err := r.do(ctx, s.request, w, job.Installation)
			if _, later := errors.AsType[*queue.Later](err); later {
				return s, err
			}
			if err := errors.Join(err, r.logged(ctx, basis{s.plan, s.request, job.Cause}, []pull.Action{w}, []error{err})); err != nil {
				return s, err
			}
			s.request = next
		}
		plan, err := pull.Decide(s.request, s.rules)
		if err != nil {
			return s, err
		}
		s.plan = plan
	}
	return s, fmt.Errorf("working on %s: it never ends: %s", s.plan.Key, s.plan)
}

// do does one piece of work, and returns the request with its result.
func (r *Reconciler) do(ctx context.Context, request *pull.Request, w pull.Work, installation int64) (*pull.Request, error) {
	switch w := w.(type) {
	case pull.Pick:
		if r.Picker == nil {
			return nil, errors.New("picking: this program only plans")
		}
		picked, err := r.Picker.Pick(ctx, installation, request.Key, w)
		if errors.Is(err, pull.ErrBusy) {
			return nil, r.noTurn(request.Key)
		}
		r.turnless.Remove(request.Key)
		if err != nil {
			return nil, err
		}
		for _, p := range picked {
			request = request.Learn(p)
		}
		return request, nil
	case pull.OpenPull:
		opened, err := r.Writes.OpenPull(ctx, installation, request.Key, w)
		if refused(err) {
			zerolog.Ctx(ctx).Warn().Err(err).Msg("opening a pull request")
			return request.Learn(r.unopened(request, w, err)), nil
		}
		if err != nil {
			return nil, err
		}
		return request.Opened(opened), nil
	}
	return nil, fmt.Errorf("working on %s: unknown work %T", request.Key, w)
}

// longestTurnless is the longest pause before a pick without a turn tries again. That
// costs no request.
const longestTurnless = 16 * time.Second

// noTurn ends the run of a pull request whose pick got no turn. The pauses double.
func (r *Reconciler) noTurn(key pull.Key) *queue.Later {
	times, _ := r.turnless.Get(key)
	r.turnless.Add(key, times+1)
	pause := longestTurnless
	if times < 4 {
		pause = time.Second << times
	}
	return &queue.Later{Until: r.Now().Add(pause), Why: "other picks are under way"}
}

// turn returns when to try again if a pull request's pick would still get no turn, or
// nil if it may run.
func (r *Reconciler) turn(key pull.Key) *queue.Later {
	if !r.turnless.Contains(key) || r.Picker.Free(key) {
		return nil
	}
	return r.noTurn(key)
}

// unopened is the outcome for a branch whose pull request GitHub rejects.
func (r *Reconciler) unopened(request *pull.Request, w pull.OpenPull, err error) pull.Picked {
	// GitHub refuses for the moment, too: a branch that it does not see yet, too
	// many pull requests at once.
	p := pull.Picked{Outcome: pull.Failed, Failure: pull.OpenRefused, Temporary: true, At: r.Now()}
	for _, picked := range request.Picked {
		if picked.Head == w.Head[strings.Index(w.Head, ":")+1:] { // without a fork's owner
			p.Target, p.Revert = picked.Target, picked.Revert
		}
	}
	if _, denied := errors.AsType[*gh.Denied](err); denied {
		p.Failure, p.Temporary = pull.OpenDenied, false
	}
	return p
}
