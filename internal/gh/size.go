package gh

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// size is how much one question asks for. GitHub refuses what is too heavy, or
// gives up on it after ten seconds; the same in smaller parts is answered.
type size int

const (
	whole size = iota // everything at once, in pages of a hundred
	small             // everything at once, in pages of 25
	apart             // each list in a question of its own
)

// page is how many entries of a list one page has.
func (s size) page() int {
	if s == whole {
		return 100
	}
	return 25
}

// part is how many of up to n things one question asks for.
func (s size) part(n int) int { return max(n/[]int{1, 4, 20}[s], 1) }

// smaller asks, and asks for less while that is too heavy. If even the smallest
// question is, GitHub is in trouble.
func (s *size) smaller(ctx context.Context, ask func(context.Context) error) error {
	for {
		within := ctx
		if *s == apart {
			within = context.WithValue(ctx, smallest{}, true)
		}
		err := ask(within)
		if failed, _ := errors.AsType[*Temporary](err); failed == nil || !failed.heavy || *s == apart {
			return err
		}
		*s++
	}
}

// question is something that is asked again and again.
type question struct {
	key  pull.Key
	kind string // "load", "labels", ...
}

const (
	rememberedSizes = 10_000
	sizeAge         = 24 * time.Hour // what was too heavy once is asked for in small parts for so long
)

type sized struct {
	size  size
	until time.Time
}

// asking has a question asked in the size that did the last time, smaller if need
// be, and remembers what does now.
func (a *App) asking(q question, ask func(*size) error) error {
	var s size
	if known, found := a.sizes.Get(q); found && a.cfg.Now().Before(known.until) {
		s = known.size
	}
	before := s
	err := ask(&s)
	if err == nil && s > before {
		a.sizes.Add(q, sized{s, a.cfg.Now().Add(sizeAge)})
		a.cfg.Log.Info().Str("of", q.key.String()).Str("question", q.kind).Msg("too heavy for one answer from GitHub: asking in smaller parts for a day")
	}
	return err
}

// lighter makes writes that go together, in halves where GitHub takes none of them:
// they are too many for one request. Where it takes some, the next run makes the
// others, once it has seen what is there.
func (r *repository) lighter(ctx context.Context, actions []pull.Action) []error {
	faults := r.changes(ctx, actions)
	if len(actions) == 1 || slices.ContainsFunc(faults, func(err error) bool { return !tooMany(err) }) {
		return faults
	}
	half := (len(actions) + 1) / 2
	faults = append(r.lighter(ctx, actions[:half]), faults[half:]...)
	if !slices.ContainsFunc(faults[:half], tooMany) { // else GitHub is in trouble
		copy(faults[half:], r.lighter(ctx, actions[half:]))
	}
	return faults
}

// tooMany tells whether GitHub refused a write for being too heavy.
func tooMany(err error) bool {
	failed, _ := errors.AsType[*Temporary](err)
	return failed != nil && failed.heavy
}
