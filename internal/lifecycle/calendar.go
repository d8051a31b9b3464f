package lifecycle

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Calendar is the release data. It never changes; its methods may be called
// concurrently.
type Calendar struct {
	schedules []Schedule // newest first, each version once
}

// Branch is a version on a date.
type Branch struct {
	Version string // "3.14"
	// Name of the git branch: "3.14", "main" for the version in development, or "" after
	// the end of life, when there's only a tag.
	Name     string
	Phase    Phase
	PEP      int      // the PEP with its schedule, 0 if unknown
	Managers []string // names for display, not logins
	// FirstRelease is the day of X.Y.0. From EndOfBugfix, the branch only accepts security
	// fixes; from EndOfLife, nothing.
	FirstRelease, EndOfBugfix, EndOfLife time.Time
	// EndOfLifeByMonth: only the month is known, the one before the day EndOfLife.
	EndOfLifeByMonth bool
	Next             *Release // nil when none is planned
}

// ABIFrozen reports whether the full ABI may no longer change: from candidate 1 until
// the end of life.
func (b Branch) ABIFrozen() bool {
	switch b.Phase {
	case Candidate, FinalFreeze, Bugfix, Security:
		return true
	}
	return false
}

// At returns the versions whose development has started, newest first.
func (c *Calendar) At(now time.Time) []Branch {
	var branches []Branch
	for _, s := range c.schedules {
		if b, found := s.branch(now); found {
			branches = append(branches, b)
		}
	}
	return branches
}

// Branch returns a version's branch. It's false if the data lacks the version, or if its
// development hasn't started.
func (c *Calendar) Branch(version string, now time.Time) (Branch, bool) {
	if s, found := c.Schedule(version); found {
		return s.branch(now)
	}
	return Branch{}, false
}

// Uncut reports whether a version may still be on the default branch: until beta 1, which is
// made from there, and with which its branch is cut (PEP 101). That takes a day or two, and longer
// while the data only expects beta 1.
func (c *Calendar) Uncut(version string, now time.Time) bool {
	s, _ := c.Schedule(version)
	switch b, _ := s.branch(now); b.Phase {
	case Feature:
		return true
	case Beta:
		last, released := s.Last(now)
		fresh := last.Stage == "beta 1" && (last.Expected || now.Sub(last.Date) < 2*24*time.Hour)
		return !released || strings.HasPrefix(last.Stage, "alpha") || fresh
	}
	return false
}

// NextChange returns when a version's phase changes next. It's false if never, or if the
// data lacks the version.
func (c *Calendar) NextChange(version string, now time.Time) (time.Time, bool) {
	s, _ := c.Schedule(version)
	for _, p := range s.Periods() {
		if s.Version != "" && p.From.After(now) {
			return p.From, true
		}
	}
	return time.Time{}, false
}

// Schedule returns everything known about a version.
func (c *Calendar) Schedule(version string) (Schedule, bool) {
	for _, s := range c.schedules {
		if s.Version == version {
			return s.clone(), true
		}
	}
	return Schedule{}, false
}

// Schedules returns all versions, newest first, including future ones.
func (c *Calendar) Schedules() []Schedule {
	all := make([]Schedule, len(c.schedules))
	for i, s := range c.schedules {
		all[i] = s.clone()
	}
	return all
}

// Newest is the last release that had happened when the data was written, so it shows
// how old the data is. It's false if there was none.
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

// suddenly is the most by which a version's end of life may come closer overnight.
const suddenly = 31 * 24 * time.Hour

// Covers returns an error that names what c lacks and an older calendar has: a version,
// or a living version's releases or remaining life. A source without them is stale or
// damaged. Data on dead versions may be corrected at any time.
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
			return fmt.Errorf("%s has reached its end of life, expected on %s", before.Version, before.EndOfLife.Format(time.DateOnly))
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
