package release

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Blocker is an open issue or pull request that blocks this release or a later one.
type Blocker struct {
	Number int    `json:"number"`
	Pull   bool   `json:"pull_request"`
	Title  string `json:"title"`
	Opened string `json:"opened"`
	// Versions that it names; none: it counts for every version.
	Versions []string `json:"versions,omitempty"`

	created time.Time
}

// inMilestone is the version in a milestone's title: "3.15", "3.15.0b1" or "Python 3.15".
var inMilestone = regexp.MustCompile(`(?:^|[^0-9.])([0-9]+\.[0-9]+)`)

// named is how a blocker names a version: by the version itself, by its branch as the base,
// or by a label that begins with request.
type named struct{ version, branch, request string }

// blockersOf are those of a version, the oldest first. A blocker's versions are its
// labels ("3.15", devguide, "GitHub labels"), its milestone, and for a pull request also
// its base and the backports that it requests.
func blockersOf(of named, all []pull.Blocker) (now, later []Blocker) {
	now, later = []Blocker{}, []Blocker{}
	seen := map[int]bool{}
	for _, deferred := range []bool{false, true} { // with both labels, it blocks the next one
		for _, b := range all {
			versions := versionsOf(b, of.request)
			into := b.Pull && of.branch != "" && b.Base == of.branch // main is no version
			if b.Deferred != deferred || seen[b.Number] || len(versions) > 0 && !slices.Contains(versions, of.version) && !into {
				continue
			}
			seen[b.Number] = true
			shown := Blocker{b.Number, b.Pull, oneLine(b.Title), b.Created.Format(time.DateOnly), versions, b.Created}
			if deferred {
				later = append(later, shown)
			} else {
				now = append(now, shown)
			}
		}
	}
	return now, later
}

func versionsOf(b pull.Blocker, request string) (named []string) {
	add := func(name string) {
		if lifecycle.ValidVersion(name) && !slices.Contains(named, name) {
			named = append(named, name)
		}
	}
	for _, label := range b.Labels {
		add(label)
		if start := request + " "; b.Pull && len(label) > len(start) && strings.EqualFold(label[:len(start)], start) {
			add(label[len(start):])
		}
	}
	add(b.Base)
	if found := inMilestone.FindStringSubmatch(b.Milestone); found != nil {
		add(found[1])
	}
	slices.SortFunc(named, lifecycle.Compare)
	return named
}

// byBlockers notes open blockers.
func (r *Readiness) byBlockers(more bool) {
	if len(r.Blockers) > 0 {
		unnamed := slices.DeleteFunc(slices.Clone(r.Blockers), func(b Blocker) bool { return len(b.Versions) > 0 })
		text := list(numbers(r.Blockers, func(b Blocker) int { return b.Number }))
		switch {
		case len(unnamed) == len(r.Blockers) && len(unnamed) == 1:
			text += blocksAll
		case len(unnamed) > 0:
			text += blockSome(numbers(unnamed, func(b Blocker) int { return b.Number }))
		}
		r.object(openBlockers, count(len(r.Blockers), "release blocker is", "release blockers are"), text)
	}
	if more {
		r.doubt(tooManyBlockers)
	}
}
