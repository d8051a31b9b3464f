package backport

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// stacked reports whether a pull request was merged into another one's branch: its
// change isn't on the default branch until that one is merged.
func stacked(r *pull.Request) bool {
	return r.Merge != nil && r.DefaultBranch != "" && r.Base != r.DefaultBranch && !lifecycle.ValidVersion(r.Base)
}

// outer is the pull request that brings a stacked one to the default branch: the first
// one from its base that was merged there since, or else the newest open one. GitHub
// shows at most ten from a branch name, including forks', so the status comment
// remembers it.
func (o *original) outer() pull.Summary {
	known := o.r.Others[o.before.Outer]
	all := slices.DeleteFunc(append(slices.Clone(o.r.Branches[o.r.Base].Requests), known), func(s pull.Summary) bool {
		over := s.State == pull.Closed || s.State == pull.Merged && s.ClosedAt.Before(o.r.Merge.At)
		return over || s.Number == o.r.Key.Number || !strings.EqualFold(s.HeadOwner, o.r.Key.Owner)
	})
	if len(all) == 0 {
		return pull.Summary{}
	}
	rank := func(s pull.Summary) int {
		switch {
		case o.arrived(s):
			return 0
		case s.State == pull.Open:
			return 1
		}
		return 2
	}
	return slices.MinFunc(all, func(a, b pull.Summary) int {
		return cmp.Or(rank(a)-rank(b), a.ClosedAt.Compare(b.ClosedAt), b.Number-a.Number)
	})
}

// arrived reports whether a pull request is on the default branch.
func (o *original) arrived(s pull.Summary) bool {
	return s.State == pull.Merged && s.Base == o.r.DefaultBranch
}

// stack makes a stacked change wait until it's on the default branch. Then it goes with
// the pull request that brought it there, if that goes to the version too. It can be
// picked by itself if its own commit got there, which a squash leaves behind. held: one
// of these applies.
func (o *original) stack(version string) (v verdict, held bool) {
	if !stacked(o.r) {
		return verdict{}, false
	}
	main, outer := o.r.DefaultBranch, o.outer()
	on := o.r.Compared[main]
	there := on.Known && on.Ahead == 0
	known, looked := o.r.Others[outer.Number]
	state := recall(known.Notes[statusKey].Data).Rows[version].State
	requested := known.HasLabel(o.label(version)) || state != "" && state != stateRefused
	wait := min(max(o.r.Now.Sub(o.r.Merge.At)/2, 10*time.Minute), look)
	arrived := o.arrived(outer)
	switch {
	case arrived && !looked: // the next run sees what it requests
		return verdict{answer: waiting, why: whyStacked(o.r.Base, main, outer.Number), again: o.r.Now.Add(time.Minute)}, true
	case arrived && requested:
		return verdict{answer: refused, why: whyTogether(outer.Number, main)}, true
	case there:
		return verdict{}, false
	case arrived:
		return verdict{answer: refused, why: whySquashed(outer.Number, main, o.label(version))}, true
	case outer.State == pull.Merged: // into a third branch
		outer.Number = 0
	}
	return verdict{answer: waiting, why: whyStacked(o.r.Base, main, outer.Number), again: o.r.Now.Add(wait)}, true
}
