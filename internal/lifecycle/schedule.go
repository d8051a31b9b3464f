package lifecycle

import (
	"slices"
	"strings"
	"time"
)

// Phase of a branch on a date.
type Phase string

// The phases, in the order in which a version goes through them. Some may last no time
// at all.
const (
	Feature Phase = "feature" // main: the source
	Beta    Phase = "beta"    // no new features
	// Candidate starts with candidate 1: the ABI is frozen.
	Candidate Phase = "candidate"
	// FinalFreeze is when only the release manager commits: the day of the final release
	// X.Y.0 and the two days before. The data has no hours, and the tag comes up to two
	// days before the announcement. Maintenance releases have no such phase.
	FinalFreeze Phase = "final freeze"
	Bugfix      Phase = "bugfix"
	Security    Phase = "security"
	EndOfLife   Phase = "end-of-life"
)

// Words say it of a branch: "in its beta phase".
func (p Phase) Words() string {
	switch p {
	case Feature:
		return "in development"
	case FinalFreeze:
		return "in its final freeze"
	case EndOfLife:
		return "at its end of life"
	}
	return "in its " + string(p) + " phase"
}

// freezeBefore is how many days before the final release the branch is closed.
const freezeBefore = 2

// Schedule is everything known about one version.
type Schedule struct {
	Version  string // "3.14"
	PEP      int    // the PEP with its schedule, 0 if unknown
	Managers []string
	Span
	Releases []Release // by date
}

// Span is when a version enters its phases.
type Span struct {
	Start         time.Time // development starts on main
	FeatureFreeze time.Time // beta 1: the branch is cut
	ABIFreeze     time.Time // candidate 1
	FirstRelease  time.Time // X.Y.0
	EndOfBugfix   time.Time // from this day on, only security fixes
	EndOfLife     time.Time // from this day on, nothing
	// EndOfLifeByMonth: only the month is known, the one before the day EndOfLife.
	EndOfLifeByMonth bool
}

// Release is one release of a version, past or planned.
type Release struct {
	Version  string    // "3.14.8"
	Stage    string    // "alpha 1", "beta 4", "candidate 2" or "final"
	Date     time.Time // midnight UTC of the day
	Expected bool      // it hadn't happened when the data was written
}

// String is the data's name for it: "3.15.0 candidate 2", "3.14.8".
func (r Release) String() string {
	if r.Stage == "final" {
		return r.Version
	}
	return r.Version + " " + r.Stage
}

// Short is its name in versions of packages (PEP 440): "3.15.0rc2", "3.14.8".
func (r Release) Short() string {
	kind, number, _ := strings.Cut(r.Stage, " ")
	return r.Version + map[string]string{"alpha": "a", "beta": "b", "candidate": "rc"}[kind] + number
}

// Tag is its git tag.
func (r Release) Tag() string { return "v" + r.Short() }

// Period is a phase with the day on which it starts.
type Period struct {
	Phase Phase
	From  time.Time
}

// Periods returns the version's phases, by date. The last one is EndOfLife.
func (s Span) Periods() []Period {
	all := [...]Period{
		{Feature, s.Start},
		{Beta, s.FeatureFreeze},
		{Candidate, s.ABIFreeze},
		{FinalFreeze, s.FirstRelease.AddDate(0, 0, -freezeBefore)},
		{Bugfix, s.FirstRelease.AddDate(0, 0, 1)},
		{Security, s.EndOfBugfix},
		{EndOfLife, s.EndOfLife},
	}
	// Days that contradict each other must not bring a phase back: the latest phase that
	// has started counts.
	var passed []Period
	for i := len(all) - 1; i >= 0; i-- {
		if len(passed) == 0 || all[i].From.Before(passed[0].From) {
			passed = append([]Period{all[i]}, passed...)
		}
	}
	return passed
}

// Phase at a time. It's unknown before development starts.
func (s Span) Phase(now time.Time) (phase Phase, known bool) {
	for _, p := range s.Periods() {
		if now.Before(p.From) {
			break
		}
		phase, known = p.Phase, true
	}
	return phase, known
}

// next is the first release that hasn't happened. One that happened today is over; one
// expected today isn't.
func (s Schedule) next(now time.Time) *Release {
	today := day(now)
	for _, r := range s.Releases {
		if r.Date.After(today) || r.Expected && r.Date.Equal(today) {
			return &r
		}
	}
	return nil
}

// Last is the newest release that has happened. One expected today hasn't.
func (s Schedule) Last(now time.Time) (Release, bool) {
	today := day(now)
	for _, r := range slices.Backward(s.Releases) {
		if !r.Date.After(today) && !(r.Expected && r.Date.Equal(today)) {
			return r, true
		}
	}
	return Release{}, false
}

// day is the midnight at which the day of t starts.
func day(t time.Time) time.Time {
	year, month, d := t.UTC().Date()
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}
