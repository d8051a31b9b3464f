package gh

import (
	"context"
	"errors"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// Size is how much one question asks for. GitHub refuses queries that are too heavy, or
// gives up on them after ten seconds, but answers the same in smaller parts.
type Size int

const (
	Whole Size = iota // everything at once, in pages of a hundred
	Small             // everything at once, in pages of 25
	Apart             // each list in a question of its own
)

// Page returns how many entries of a list one page has.
func (s Size) Page() int {
	if s == Whole {
		return 100
	}
	return 25
}

// Part returns how many of up to n things one question asks for.
func (s Size) Part(n int) int { return max(n/[]int{1, 4, 20}[s], 1) }

// Smaller calls ask, with smaller sizes while that is too heavy. If even the smallest
// question is too heavy, GitHub has an outage.
func (s *Size) Smaller(ctx context.Context, ask func(context.Context) error) error {
	for {
		within := ctx
		if *s == Apart {
			within = context.WithValue(ctx, smallest{}, true)
		}
		err := ask(within)
		if failed, _ := errors.AsType[*Temporary](err); failed == nil || !failed.Heavy() || *s == Apart {
			return err
		}
		*s++
	}
}

// question is something that is asked repeatedly.
type question struct {
	key  pull.Key
	kind string // "load", "labels", ...
}

const (
	rememberedSizes = 10_000
	sizeAge         = 24 * time.Hour // how long something that was too heavy is asked for in parts
)

type sized struct {
	size  Size
	until time.Time
}
