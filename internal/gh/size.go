package gh

import (
	"context"
	"errors"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// size is how much one question asks for. GitHub refuses what is too heavy, or
// gives up on it after ten seconds; the same in smaller parts is answered.
type Size int

const (
	Whole Size = iota // everything at once, in pages of a hundred
	Small             // everything at once, in pages of 25
	Apart             // each list in a question of its own
)

// page is how many entries of a list one page has.
func (s Size) Page() int {
	if s == Whole {
		return 100
	}
	return 25
}

// part is how many of up to n things one question asks for.
func (s Size) Part(n int) int { return max(n/[]int{1, 4, 20}[s], 1) }

// smaller asks, and asks for less while that is too heavy. If even the smallest
// question is, GitHub is in trouble.
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
	size  Size
	until time.Time
}
