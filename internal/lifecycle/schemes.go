package lifecycle

import "time"

// Schemes are the proposed schedules, the one in force first. Their sources are the PEPs
// with these numbers; a test compares them with the examples there.
func Schemes() []Scheme { return []Scheme{pep602(), pep605(), pep2026()} }

// SchemeNamed is one of Schemes.
func SchemeNamed(name string) (Scheme, bool) {
	for _, s := range Schemes() {
		if s.Name == name {
			return s, true
		}
	}
	return Scheme{}, false
}

// pep602 is a version each October. Alphas are monthly, on the Mondays of the PEP's
// example, counted in weeks before the final release.
func pep602() Scheme {
	return Scheme{
		Name: "pep602", PEP: 602, Numbering: Sequential,
		Minor: 9, Year: 2020, Every: 1,
		Final: Final{Month: time.October, Day: 1, Weekday: time.Monday},
		Start: time.Date(2019, time.June, 4, 0, 0, 0, 0, time.UTC),
		Steps: []Step{
			{Kind: "alpha", Weeks: 51}, {Kind: "alpha", Weeks: 46}, {Kind: "alpha", Weeks: 42}, {Kind: "alpha", Weeks: 38},
			{Kind: "alpha", Weeks: 33}, {Kind: "alpha", Weeks: 29}, {Kind: "alpha", Weeks: 25},
			{Kind: "beta", Weeks: 20}, {Kind: "beta", Weeks: 17}, {Kind: "beta", Weeks: 14}, {Kind: "beta", Weeks: 11},
			{Kind: "candidate", Weeks: 8}, {Kind: "candidate", Weeks: 3},
		},
		Freeze:      7,
		Maintenance: Maintenance{First: 2, Every: 2, Terms: []Term{{9, 18}, {13, 24}}},
		Years:       5,
	}
}

// pep605 is a version every second August. The PEP plans by months; its days are the
// 2nd. It doesn't mention security fixes: five years, as before.
func pep605() Scheme {
	return Scheme{
		Name: "pep605", PEP: 605, Numbering: Sequential,
		Minor: 9, Year: 2021, Every: 2,
		Final:     Final{Month: time.August, Day: 2, AnyDay: true},
		Start:     time.Date(2019, time.June, 4, 0, 0, 0, 0, time.UTC),
		NotBefore: time.Date(2019, time.December, 1, 0, 0, 0, 0, time.UTC), // two months after 3.8.0
		Steps: []Step{
			{Kind: Rolling, Months: 22}, {Kind: Rolling, Months: 20}, {Kind: Rolling, Months: 18}, {Kind: Rolling, Months: 16},
			{Kind: Rolling, Months: 14}, {Kind: Rolling, Months: 12}, {Kind: Rolling, Months: 10}, {Kind: Rolling, Months: 8},
			{Kind: Rolling, Months: 6}, {Kind: Rolling, Months: 4},
			{Kind: "candidate", Months: 2}, {Kind: "candidate", Months: 1},
		},
		Freeze:      10,
		Maintenance: Maintenance{First: 1, Every: 2, Terms: []Term{{9, 25}}},
		Years:       5,
	}
}

// pep2026 only changes PEP 602's numbers, from 2026 on.
func pep2026() Scheme {
	s := pep602()
	s.Name, s.PEP, s.Numbering, s.Calendar = "pep2026", 2026, ByYear, firstCalendar+century
	return s
}
