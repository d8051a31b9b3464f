package lifecycle

import (
	"fmt"
	"slices"
	"time"
)

// Calendar is the release data. It never changes; its methods may be called
// from several goroutines.
type Calendar struct {
	schedules []Schedule // newest first, each version once
}

// Branch is a version at a date.
type Branch struct {
	Version string // "3.14"
	// Name of the git branch: "3.14", "main" for the version under
	// development, "" at the end of life, when a tag takes its place.
	Name     string
	Phase    Phase
	PEP      int      // the PEP with its schedule, 0 if unknown
	Managers []string // names for display, not logins
	// FirstRelease is the day of X.Y.0. From EndOfBugfix on the branch takes
	// security fixes only, from EndOfLife on nothing.
	FirstRelease, EndOfBugfix, EndOfLife time.Time
	// EndOfLifeByMonth tells that only the month is known, the one before the
	// day EndOfLife.
	EndOfLifeByMonth bool
	Next             *Release // nil when none is planned
}

// ABIFrozen tells whether the full ABI may no longer change: from candidate 1
// until the end of life.
func (b Branch) ABIFrozen() bool {
	switch b.Phase {
	case Candidate, FinalFreeze, Bugfix, Security:
		return true
	}
	return false
}

// At are the versions whose development has started, newest first.
func (c *Calendar) At(now time.Time) []Branch {
	var branches []Branch
	for _, s := range c.schedules {
		if b, found := s.branch(now); found {
			branches = append(branches, b)
		}
	}
	return branches
}

// Branch of a version. It is not found when the data lacks the version, or its
// development has not started.
func (c *Calendar) Branch(version string, now time.Time) (Branch, bool) {
	if s, found := c.Schedule(version); found {
		return s.branch(now)
	}
	return Branch{}, false
}

// NextChange is when the phase of a version will be another; false if never,
// or if the data lacks the version.
func (c *Calendar) NextChange(version string, now time.Time) (time.Time, bool) {
	s, _ := c.Schedule(version)
	for _, p := range s.Periods() {
		if s.Version != "" && p.From.After(now) {
			return p.From, true
		}
	}
	return time.Time{}, false
}

// Schedule is all that is known of a version.
func (c *Calendar) Schedule(version string) (Schedule, bool) {
	for _, s := range c.schedules {
		if s.Version == version {
			return s.clone(), true
		}
	}
	return Schedule{}, false
}

// Schedules of all versions, newest first, future ones included.
func (c *Calendar) Schedules() []Schedule {
	all := make([]Schedule, len(c.schedules))
	for i, s := range c.schedules {
		all[i] = s.clone()
	}
	return all
}

// Newest is the last release that happened when the data was written, and so
// tells its age; false if there was none.
func (c *Calendar) Newest() (newest Release, found bool) {
	for _, s := range c.schedules {
		for _, r := range s.Releases {
			if !r.Expected && (!found || r.Date.After(newest.Date)) {
				newest, found = r, true
			}
		}
	}
	return newest, found
}

// suddenly is how much life no version loses overnight.
const suddenly = 31 * 24 * time.Hour

// Covers tells in an error what c lacks that an older calendar has: a version,
// or releases of one that is alive now, or its life. A source that lacks them is stale or
// damaged. The data on dead versions may be put right at any time.
func (c *Calendar) Covers(older *Calendar, now time.Time) error {
	for _, before := range older.schedules {
		after, found := c.Schedule(before.Version)
		if !found {
			return fmt.Errorf("%s is missing", before.Version)
		}
		if !now.Before(before.EndOfLife) {
			continue
		}
		if was, is := before.released(), after.released(); is < was {
			return fmt.Errorf("%s has %d releases, and had %d", before.Version, is, was)
		}
		if phase, _ := after.Phase(now); phase == EndOfLife && before.EndOfLife.Sub(now) > suddenly {
			return fmt.Errorf("%s is at its end of life, and had until %s", before.Version, before.EndOfLife.Format(time.DateOnly))
		}
	}
	return nil
}

func (s Schedule) branch(now time.Time) (Branch, bool) {
	phase, known := s.Phase(now)
	if !known {
		return Branch{}, false
	}
	name := s.Version
	switch phase {
	case Feature:
		name = "main"
	case EndOfLife:
		name = ""
	}
	return Branch{
		Version: s.Version, Name: name, Phase: phase, PEP: s.PEP, Managers: slices.Clone(s.Managers),
		FirstRelease: s.FirstRelease, EndOfBugfix: s.EndOfBugfix, EndOfLife: s.EndOfLife,
		EndOfLifeByMonth: s.EndOfLifeByMonth,
		Next:             s.next(now),
	}, true
}

// released counts the releases that happened.
func (s Schedule) released() int {
	n := 0
	for _, r := range s.Releases {
		if !r.Expected {
			n++
		}
	}
	return n
}

func (s Schedule) clone() Schedule {
	s.Managers, s.Releases = slices.Clone(s.Managers), slices.Clone(s.Releases)
	return s
}
