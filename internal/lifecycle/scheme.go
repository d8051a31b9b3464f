package lifecycle

import (
	"fmt"
	"slices"
	"strconv"
	"time"
)

// Numbering is how a scheme names its versions.
type Numbering string

const (
	Sequential Numbering = "sequential" // one after the other
	ByYear     Numbering = "calendar"   // by the year of the release: 3.26 in 2026
)

// Rolling is the kind of a Step whose release is an alpha if it breaks the full ABI or
// is the first of its version, and a beta otherwise (PEP 605).
const Rolling = "rolling"

// Scheme is a way to plan releases, as data: see Schemes.
type Scheme struct {
	Name      string // "pep602"
	PEP       int
	Numbering Numbering
	// Calendar is the first year whose version is numbered ByYear.
	Calendar int
	// Minor is the minor number of the first version, 3.Minor, released in Year. A new one
	// follows every Every years.
	Minor, Year, Every int
	Final              Final
	// Start is when development of the first version started; others start at the previous
	// one's feature freeze.
	Start time.Time
	// NotBefore omits steps of the first version before the scheme was in force.
	NotBefore   time.Time
	Steps       []Step // by date
	Freeze      int    // index in Steps of the feature freeze
	Maintenance Maintenance
	// Years between X.Y.0 and the end of life.
	Years int
	// Breaks are the Rolling releases that break the full ABI, such as
	// "3.9.0a5".
	Breaks []string
}

// Final is the day in the year when X.Y.0 is released: the first Weekday on or after
// Day.
type Final struct {
	Month   time.Month
	Day     int
	Weekday time.Weekday
	AnyDay  bool // Weekday does not matter
}

// Step is a release before X.Y.0. Steps of a kind are numbered.
type Step struct {
	Kind          string // "alpha", "beta", "candidate" or Rolling
	Weeks, Months int    // before X.Y.0
}

// Maintenance releases come in these months after X.Y.0.
type Maintenance struct {
	First, Every int
	Terms        []Term // by Minor
}

// Term is how long versions from 3.Minor on (a sequential number) get bug fixes, in
// months after X.Y.0.
type Term struct{ Minor, Months int }

// Schedule plans the versions released in a number of years. Years before the scheme and
// after 2199 have none.
func (s Scheme) Schedule(from, years int) []Schedule {
	var plan []Schedule
	for year := max(from, s.Year); year < from+years && year+s.Years < 2200; year++ {
		if (year-s.Year)%s.Every == 0 {
			plan = append(plan, s.version(year))
		}
	}
	return plan
}

// version plans a year's version.
func (s Scheme) version(year int) Schedule {
	final := s.final(year)
	v := Schedule{Version: s.name(year), PEP: s.PEP, Span: Span{
		Start:            s.Start,
		FeatureFreeze:    s.Steps[s.Freeze].before(final),
		FirstRelease:     final,
		EndOfBugfix:      final.AddDate(0, s.bugfix(year), 0),
		EndOfLife:        time.Date(year+s.Years, final.Month()+1, 1, 0, 0, 0, 0, time.UTC),
		EndOfLifeByMonth: true,
	}}
	var notBefore time.Time
	if year == s.Year {
		notBefore = s.NotBefore
	} else {
		v.Start = s.Steps[s.Freeze].before(s.final(year - s.Every))
	}
	number := map[string]int{}
	for _, step := range s.Steps {
		date := step.before(final)
		if date.Before(notBefore) {
			continue
		}
		number[step.Kind]++
		r := Release{Version: v.Version + ".0", Stage: s.stage(v.Version, step.Kind, number[step.Kind]), Date: date, Expected: true}
		if r.Stage == "candidate 1" {
			v.ABIFreeze = date
		}
		v.Releases = append(v.Releases, r)
	}
	v.Releases = append(v.Releases, s.finals(v, year)...)
	return v
}

// finals are X.Y.0 and its maintenance releases. The last one comes no later than the
// end of bug fixes, even if the weekday of releases is a few days later in that month.
func (s Scheme) finals(v Schedule, year int) []Release {
	all := []Release{{Version: v.Version + ".0", Stage: "final", Date: v.FirstRelease, Expected: true}}
	for months := s.Maintenance.First; months <= s.bugfix(year); months += s.Maintenance.Every {
		month := time.Date(year, s.Final.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		date := s.Final.in(month.Year(), month.Month())
		if date.After(v.EndOfBugfix) {
			date = v.EndOfBugfix
		}
		all = append(all, Release{Version: fmt.Sprintf("%s.%d", v.Version, len(all)), Stage: "final", Date: date, Expected: true})
	}
	return all
}

func (s Scheme) final(year int) time.Time { return s.Final.in(year, s.Final.Month) }

// minor is the sequential number of a year's version.
func (s Scheme) minor(year int) int { return s.Minor + (year-s.Year)/s.Every }

func (s Scheme) name(year int) string {
	minor := s.minor(year)
	if s.Numbering == ByYear && year >= s.Calendar {
		minor = year - century
	}
	return "3." + strconv.Itoa(minor)
}

// bugfix is how long bug fixes last, in months.
func (s Scheme) bugfix(year int) int {
	months := 0
	for _, term := range s.Maintenance.Terms {
		if s.minor(year) >= term.Minor {
			months = term.Months
		}
	}
	return months
}

// stage names a step, "alpha 1".
func (s Scheme) stage(version, kind string, number int) string {
	if kind == Rolling {
		kind = "beta"
		if number == 1 || slices.Contains(s.Breaks, fmt.Sprintf("%s.0a%d", version, number)) {
			kind = "alpha"
		}
	}
	return fmt.Sprintf("%s %d", kind, number)
}

func (s Step) before(final time.Time) time.Time { return final.AddDate(0, -s.Months, -7*s.Weeks) }

// in is the day of a release in a month.
func (f Final) in(year int, month time.Month) time.Time {
	date := time.Date(year, month, f.Day, 0, 0, 0, 0, time.UTC)
	for !f.AnyDay && date.Weekday() != f.Weekday {
		date = date.AddDate(0, 0, 1)
	}
	return date
}
