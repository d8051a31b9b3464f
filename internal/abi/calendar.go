package abi

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/lifecycle"
)

// Source is where the names and days of releases come from.
type Source struct {
	Scheme lifecycle.Scheme
	Data   *lifecycle.Calendar // the real one
}

// Calendar is the schedule by which a version is released. By a scheme in which names come
// from the calendar it's the real one, false if the release data lacks the version. PEP 605
// has its own plan for each version, unless the version is released by the real one.
func (s Source) Calendar(version string, released []Release, now time.Time) (lifecycle.Schedule, bool) {
	scheme := s.Scheme
	real, known := s.Data.Schedule(version)
	if !rolling(scheme) {
		return real, known
	}
	plan, planned := planOf(scheme, version)
	if known && (!planned || plan.Releases[0].Date.After(now) || follows(real, released) || !serial(released)) {
		return real, true
	}
	return plan, planned
}

// planOf is a scheme's own plan for a version.
func planOf(scheme lifecycle.Scheme, version string) (lifecycle.Schedule, bool) {
	const years = 200
	plans := scheme.Schedule(scheme.Year, years)
	i := slices.IndexFunc(plans, func(s lifecycle.Schedule) bool { return s.Version == version })
	if i < 0 || len(plans[i].Releases) == 0 {
		return lifecycle.Schedule{}, false
	}
	return plans[i], true
}

// follows reports whether two or more releases came as the real calendar has them. One
// alone, alpha 1, shows nothing.
func follows(real lifecycle.Schedule, released []Release) bool {
	if len(released) < 2 || len(released) > len(real.Releases) {
		return false
	}
	for _, r := range real.Releases[:len(released)] {
		if !slices.Contains(released, planned(r)) {
			return false
		}
	}
	return true
}

// serial reports whether alphas and betas have one serial number.
func serial(released []Release) bool {
	var serials []int
	for _, r := range released {
		if r.preFreeze() {
			serials = append(serials, r.Serial)
		}
	}
	slices.Sort(serials)
	for i, s := range serials {
		if s != i+1 {
			return false
		}
	}
	return true
}
