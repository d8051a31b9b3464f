package release

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// A release manager may let a change break the frozen ABI (PEP 605): by approving its pull
// request, or by a command there.

// onlyDumped reports whether nothing but the ABI dump shows a break.
func (b Break) onlyDumped() bool { return slices.Equal(b.By, []abi.Evidence{abi.ByDump}) }

// frozenABI reports whether the full ABI was frozen by a version's last release. On the day of
// candidate 1, what came since the last beta was allowed to break it.
func frozenABI(b lifecycle.Branch, last lifecycle.Release) bool {
	return b.ABIFrozen() && !strings.HasPrefix(last.Stage, "alpha") && !strings.HasPrefix(last.Stage, "beta")
}

// broke are the pull requests that broke the ABI, and the originals of the bot's own backports.
func (e evaluation) broke() (numbers []int) {
	found := breaks(e.ledger(e.b.Version, e.f))
	if found == nil {
		return nil
	}
	for _, broken := range *found {
		for _, number := range []int{broken.PR, e.originalOf(broken)} {
			if number != 0 && !broken.onlyDumped() {
				numbers = append(numbers, number)
			}
		}
	}
	return numbers
}

// originalOf is the original of a break that the bot backported, or 0.
func (e evaluation) originalOf(broken Break) int {
	for _, p := range e.f.Into {
		if p.Number == broken.PR && p.Own {
			return backport.Of(e.b.Version, p)
		}
	}
	return 0
}

// approves is the release manager who let a change break the ABI, or "". Whoever requests
// changes, or refuses it, has the last word.
func (e evaluation) approves(broken Break) (who string) {
	if broken.PR == 0 {
		return ""
	}
	there := e.f.Said[broken.PR]
	here := pull.Summary{Number: broken.PR, Base: e.f.Branch, Events: moves(e.f.Branch, there.Moved)}
	for _, of := range []pull.Summary{{Number: e.originalOf(broken)}, here} {
		switch word := e.word(of); word.Kind {
		case pull.Refused:
			return ""
		case pull.Allowed:
			who = e.manager(word.By)
		}
	}
	for _, login := range slices.Sorted(maps.Keys(there.Reviews)) {
		switch manager := e.manager(login); {
		case manager == "":
		case there.Reviews[login] == pull.ChangesRequested:
			return ""
		case who == "":
			who = manager
		}
	}
	return who
}

// judgeBreaks adds who let the frozen ABI break.
func (e evaluation) judgeBreaks(r *Readiness) {
	if r.Breaks == nil || !r.frozen {
		return
	}
	for i, broken := range *r.Breaks {
		(*r.Breaks)[i].Approved = e.approves(broken)
	}
}

// byABI notes breaks of the frozen ABI. Those that a release manager approved, and those that
// only show in the ABI dump, keep no release back.
func (r *Readiness) byABI(tagged bool) {
	if r.frozen && r.Breaks == nil && tagged {
		r.doubt(unknownABI)
	}
	if !r.frozen || r.Breaks == nil {
		return
	}
	var broken, dumped []string
	approved := map[string][]string{}
	for _, b := range *r.Breaks {
		switch {
		case b.onlyDumped():
			dumped = append(dumped, b.reference())
		case b.Approved != "":
			approved[b.Approved] = append(approved[b.Approved], b.reference())
		default:
			broken = append(broken, b.reference())
		}
	}
	if len(broken) > 0 {
		r.object(brokenABI, r.Last.Name, list(broken))
	}
	for _, who := range slices.Sorted(maps.Keys(approved)) {
		r.note(oneOrMany(approved[who], approvedBreak, approvedBreaks), list(approved[who]), who)
	}
	if len(dumped) > 0 {
		r.note(oneOrMany(dumped, dumpedOne, dumpedSome), list(dumped))
	}
}

func oneOrMany(all []string, one, many string) string {
	if len(all) == 1 {
		return one
	}
	return many
}

// note adds what's worth knowing, and keeps no release back.
func (r *Readiness) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}
