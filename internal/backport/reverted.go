package backport

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// reverts are merged pull requests that revert others, by the number that they name.
type reverts map[int][]pull.Summary

func revertsAmong(all []pull.Summary) reverts {
	found := reverts{}
	for _, p := range all {
		if of := reverted(p); p.State == pull.Merged && of != 0 {
			found[of] = append(found[of], p)
		}
	}
	return found
}

// reverted is the pull request that another says it reverts, or 0. That must be an earlier one.
func reverted(p pull.Summary) int {
	if of := pull.RevertedBy(pull.FullTitle(p.Title, p.Body), p.Body); of < p.Number {
		return of
	}
	return 0
}

// takesBack reports whether this is a revert that the bot opened. Where a revert would hide
// something, only these count: whoever opened another may retitle it at any time.
func takesBack(p pull.Summary) bool { return p.Own && reverted(p) != 0 }

// undid reports whether a pull request was reverted, and not brought back since.
func (r reverts) undid(number int) bool {
	return slices.ContainsFunc(r[number], r.stands)
}

// stands reports whether a revert wasn't reverted itself.
func (r reverts) stands(p pull.Summary) bool {
	return !slices.ContainsFunc(r[p.Number], func(back pull.Summary) bool { return takesBack(back) && r.stands(back) })
}

// undidBackport reports whether a merged backport was reverted. A revert may name its original. If
// it's the backport of a revert that still stands on the default branch, both branches lack the
// change, and it isn't missing.
func (r reverts) undidBackport(of int, p pull.Summary, onDefault reverts) bool {
	return r.undid(p.Number) || slices.ContainsFunc(r[of], func(back pull.Summary) bool {
		there := Of(back.Base, back)
		return back.ClosedAt.After(p.ClosedAt) && r.stands(back) && (there == 0 || onDefault.undid(there))
	})
}

// standing leaves out what the bot's reverts took back, and these, unless a label requests their
// backport.
func (c *Config) standing(version string, merged []pull.Summary) (some []pull.Summary) {
	undone := revertsAmong(slices.DeleteFunc(slices.Clone(merged), func(p pull.Summary) bool { return !takesBack(p) }))
	for _, m := range merged {
		if !undone.undid(m.Number) && (!takesBack(m) || c.Requested(version, m)) {
			some = append(some, m)
		}
	}
	return some
}
