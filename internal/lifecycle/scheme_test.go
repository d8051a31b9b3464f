package lifecycle

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func scheme(t *testing.T, name string) Scheme {
	t.Helper()
	s, found := SchemeNamed(name)
	if !found {
		t.Fatalf("scheme %s is not found", name)
	}
	return s
}

// planned are lines of date and release of one year, in a layout of the date.
func planned(s Scheme, year int, layout string) []string {
	var lines []string
	for _, v := range s.Schedule(year, 1) {
		for _, r := range v.Releases {
			lines = append(lines, r.Date.Format(layout)+": "+r.String())
		}
	}
	return lines
}

// TestPEP602 has the dates of the example in the PEP, all regular: each is a
// Monday, whole weeks before the final one. The second list there is what the
// former way of 18 months would have given, and so is no case.
func TestPEP602(t *testing.T) {
	s := scheme(t, "pep602")
	want := []string{
		"2019-10-14: 3.9.0 alpha 1", "2019-11-18: 3.9.0 alpha 2", "2019-12-16: 3.9.0 alpha 3", "2020-01-13: 3.9.0 alpha 4",
		"2020-02-17: 3.9.0 alpha 5", "2020-03-16: 3.9.0 alpha 6", "2020-04-13: 3.9.0 alpha 7", "2020-05-18: 3.9.0 beta 1",
		"2020-06-08: 3.9.0 beta 2", "2020-06-29: 3.9.0 beta 3", "2020-07-20: 3.9.0 beta 4", "2020-08-10: 3.9.0 candidate 1",
		"2020-09-14: 3.9.0 candidate 2", "2020-10-05: 3.9.0",
	}
	if diff := cmp.Diff(want, planned(s, 2020, time.DateOnly)[:len(want)]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	nine := s.Schedule(2020, 1)[0]
	// Development began with beta 1 of 3.8, which followed the former way: this
	// one day is irregular.
	wantSpan := Span{date("2019-06-04"), date("2020-05-18"), date("2020-08-10"), date("2020-10-05"), date("2022-04-05"), date("2025-11-01"),
		true}
	if diff := cmp.Diff(wantSpan, nine.Span); diff != "" {
		t.Errorf("3.9: -want +got:\n%s", diff)
	}
}

// TestPEP602Support has the spans that the PEP names: 17 months of development,
// then 18 months of bug fixes for 3.9 to 3.12 and 24 since 3.13, and an end of
// life in the month five years after the first release.
func TestPEP602Support(t *testing.T) {
	for _, v := range scheme(t, "pep602").Schedule(2020, 20) {
		months := 18
		if Compare(v.Version, "3.13") >= 0 {
			months = 24
		}
		if want := v.FirstRelease.AddDate(0, months, 0); v.EndOfBugfix != want {
			t.Errorf("bug fixes of %s end on %s, want %s", v.Version, v.EndOfBugfix, want)
		}
		if v.FirstRelease.Month() != time.October || v.EndOfLife != time.Date(v.FirstRelease.Year()+5, time.November, 1, 0, 0, 0, 0, time.UTC) {
			t.Errorf("%s comes on %s and ends on %s", v.Version, v.FirstRelease, v.EndOfLife)
		}
		if days := v.FirstRelease.Sub(v.Start).Hours() / 24; days < 16*30 || days > 17.5*30.5 {
			t.Errorf("%s is developed for %.0f days", v.Version, days)
		}
		last := v.Releases[len(v.Releases)-1]
		if want := fmt.Sprintf("%s.%d", v.Version, months/2); last.Version != want {
			t.Errorf("the last bug fix release of %s is %s, want %s: one every other month", v.Version, last, want)
		}
	}
}

// TestPEP605 has the list of months in the PEP for 3.9 and 3.10, which it calls
// the overall timeline, without the releases of other versions. It is regular
// but for the first pre-release of 3.9, which waits for 3.8.0.
func TestPEP605(t *testing.T) {
	s := scheme(t, "pep605")
	nine := planned(s, 2021, "2006-01")
	for _, want := range []string{
		"2019-12: 3.9.0 alpha 1", "2020-02: 3.9.0 beta 2", "2021-04: 3.9.0 beta 9", "2021-06: 3.9.0 candidate 1", "2021-07: 3.9.0 candidate 2",
		"2021-08: 3.9.0", "2021-09: 3.9.1", "2021-11: 3.9.2", "2023-05: 3.9.11", "2023-07: 3.9.12", "2023-09: 3.9.13",
	} {
		if !slices.Contains(nine, want) {
			t.Errorf("%s is not planned: %q", want, nine)
		}
	}
	if nine[0] != "2019-12: 3.9.0 alpha 1" || nine[len(nine)-1] != "2023-09: 3.9.13" || len(nine) != 9+2+1+13 {
		t.Errorf("3.9 has more: %q", nine)
	}
	ten := planned(s, 2023, "2006-01")
	for _, want := range []string{
		"2021-10: 3.10.0 alpha 1", "2021-12: 3.10.0 beta 2", "2023-04: 3.10.0 beta 10", "2023-06: 3.10.0 candidate 1",
		"2023-07: 3.10.0 candidate 2", "2023-08: 3.10.0", "2023-09: 3.10.1",
	} {
		if !slices.Contains(ten, want) {
			t.Errorf("%s is not planned: %q", want, ten)
		}
	}
	eleven := planned(s, 2025, "2006-01")
	if want := []string{"2023-10: 3.11.0 alpha 1", "2023-12: 3.11.0 beta 2"}; !slices.Equal(eleven[:2], want) {
		t.Errorf("3.11 starts with %q, want %q", eleven[:2], want)
	}
	if got := s.Schedule(2022, 1); len(got) != 0 {
		t.Errorf("2022 has %v, between two versions", got)
	}
}

// TestPEP605Days has the three days in the texts of announcements of the PEP;
// the first one is there said to be of 3.8.0b2, a slip of the pen.
func TestPEP605Days(t *testing.T) {
	got := planned(scheme(t, "pep605"), 2021, time.DateOnly)
	for _, want := range []string{"2020-02-02: 3.9.0 beta 2", "2021-07-02: 3.9.0 candidate 2", "2021-08-02: 3.9.0"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not planned: %q", want, got)
		}
	}
}

// TestPEP605Breaks is the case of the first figure of the PEP: the ABI breaks
// in 3.9.0a5 and 3.9.0a7. Numbers go on over both kinds.
func TestPEP605Breaks(t *testing.T) {
	s := scheme(t, "pep605")
	s.Breaks = []string{"3.9.0a5", "3.9.0a7"}
	want := []string{
		"2019-12: 3.9.0 alpha 1", "2020-02: 3.9.0 beta 2", "2020-04: 3.9.0 beta 3", "2020-06: 3.9.0 beta 4", "2020-08: 3.9.0 alpha 5",
		"2020-10: 3.9.0 beta 6", "2020-12: 3.9.0 alpha 7", "2021-02: 3.9.0 beta 8", "2021-04: 3.9.0 beta 9", "2021-06: 3.9.0 candidate 1",
	}
	if diff := cmp.Diff(want, planned(s, 2021, "2006-01")[:len(want)]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if other, _ := SchemeNamed("pep605"); len(other.Breaks) != 0 {
		t.Error("a copy of a scheme changed it")
	}
}

// TestPEP605Freezes: features and the ABI freeze at candidate 1, where the
// branch is cut and development of the next version starts.
func TestPEP605Freezes(t *testing.T) {
	c := newCalendar(scheme(t, "pep605").Schedule(2021, 3))
	for _, test := range []struct {
		version, day string
		phase        Phase
	}{
		{"3.9", "2021-06-01", Feature}, {"3.9", "2021-06-02", Candidate}, {"3.10", "2021-06-02", Feature},
		{"3.9", "2021-08-02", FinalFreeze}, {"3.9", "2021-08-03", Bugfix}, {"3.9", "2023-09-01", Bugfix}, {"3.9", "2023-09-02", Security},
		{"3.9", "2026-08-31", Security}, {"3.9", "2026-09-01", EndOfLife},
	} {
		if b, _ := c.Branch(test.version, date(test.day)); b.Phase != test.phase {
			t.Errorf("%s on %s: %s, want %s", test.version, test.day, b.Phase, test.phase)
		}
	}
}

// TestPEP2026 has the table of names and years in the PEP.
func TestPEP2026(t *testing.T) {
	old, by := scheme(t, "pep602"), scheme(t, "pep2026")
	for i, names := range [][2]string{
		{"3.14", "3.14"}, {"3.15", "3.26"}, {"3.16", "3.27"}, {"3.17", "3.28"}, {"3.18", "3.29"}, {"3.19", "3.30"}, {"3.20", "3.31"},
		{"3.21", "3.32"}, {"3.22", "3.33"}, {"3.23", "3.34"}, {"3.24", "3.35"}, {"3.25", "3.36"},
	} {
		year := 2025 + i
		before, after := old.Schedule(year, 1)[0], by.Schedule(year, 1)[0]
		if before.Version != names[0] || after.Version != names[1] {
			t.Errorf("in %d there are %s and %s, want %q", year, before.Version, after.Version, names)
		}
		if diff := cmp.Diff(before.Span, after.Span); diff != "" {
			t.Errorf("in %d the number changes days:\n%s", year, diff)
		}
		if name, err := SequentialVersion(names[1]); err != nil || name != names[0] {
			t.Errorf("%s was %s, %v", names[1], name, err)
		}
	}
}

// TestPEP2026Releases has the other table of the PEP. Its last line, 3.26.17 as
// the final security release in October 2031, is irregular: the number of
// security releases is not planned, only the month is.
func TestPEP2026Releases(t *testing.T) {
	s := scheme(t, "pep2026")
	got := planned(s, 2026, "Jan 06")
	for _, want := range []string{"Oct 26: 3.26.0", "Dec 26: 3.26.1", "Feb 27: 3.26.2"} {
		if !slices.Contains(got, want) {
			t.Errorf("%s is not planned: %q", want, got)
		}
	}
	if v := s.Schedule(2026, 1)[0]; v.EndOfLife != date("2031-11-01") || !v.EndOfLifeByMonth {
		t.Errorf("3.26 ends on %s", v.EndOfLife)
	}
	if v := s.Schedule(2100, 1)[0]; v.Version != "3.100" {
		t.Errorf("the version of 2100 is %s", v.Version)
	}
}

// TestOrderOfPlans: what a scheme plans stands in the order of time, for every year
// that it can plan, and nothing is released after the end of bug fixes. (3.28.0 comes
// on 2028-10-02, so its bug fixes end on 2030-10-02; the first Monday of that month is
// the 7th.)
func TestOrderOfPlans(t *testing.T) {
	for _, s := range Schemes() {
		for _, v := range s.Schedule(s.Year, 200) {
			last := v.Start
			for _, r := range v.Releases {
				if r.Date.Before(last) {
					t.Errorf("%s: %s on %s stands behind %s", s.Name, r, r.Date, last)
				}
				last = r.Date
			}
			if last.After(v.EndOfBugfix) || v.EndOfBugfix.After(v.EndOfLife) {
				t.Errorf("%s: %s ends after the bug fixes: %s, %s, %s", s.Name, v.Version, last, v.EndOfBugfix, v.EndOfLife)
			}
		}
	}
	if got := planned(scheme(t, "pep2026"), 2028, time.DateOnly); got[len(got)-1] != "2030-10-02: 3.28.12" {
		t.Errorf("the last release is %s", got[len(got)-1])
	}
}

func TestVersionsThatDoNotExist(t *testing.T) {
	for _, name := range []string{"3.15", "3.20", "3.25", "2.7", "4.0", "26.0", "3", "3.", "3.026", "3.26.0", "", "3.-26", "3.x"} {
		if got, err := SequentialVersion(name); err == nil {
			t.Errorf("SequentialVersion(%q): %s", name, got)
		}
	}
}

func TestSequentialVersion(t *testing.T) {
	for minor := range 1000 {
		calendar := minor
		if minor > 14 { // 3.26 is what 3.15 would have been
			calendar += 11
		}
		want := fmt.Sprintf("3.%d", minor)
		if got, err := SequentialVersion(fmt.Sprintf("3.%d", calendar)); err != nil || got != want {
			t.Fatalf("3.%d was %s (%v), want %s", calendar, got, err, want)
		}
	}
}

// TestEverySchemePlansWhole follows each version through its phases, and holds
// each list in order.
func TestEverySchemePlansWhole(t *testing.T) {
	for _, s := range Schemes() {
		for _, years := range [][2]int{{s.Year, 50}, {1, 1 << 30}, {-1 << 62, 1 << 62}} {
			plan := s.Schedule(years[0], years[1])
			if years[1] == 50 && len(plan) != 50/s.Every {
				t.Errorf("%s plans %d versions in 50 years", s.Name, len(plan))
			}
			c := newCalendar(plan)
			for _, v := range plan {
				checkPhases(t, c, v.Version)
				if !slices.IsSortedFunc(v.Releases, func(a, b Release) int { return a.Date.Compare(b.Date) }) {
					t.Errorf("%s: the releases of %s are not in order", s.Name, v.Version)
				}
			}
		}
		for _, years := range [][2]int{{s.Year - 9, 9}, {s.Year, 0}, {s.Year, -1}, {3000, 10}, {1 << 62, 1 << 62}} {
			if plan := s.Schedule(years[0], years[1]); len(plan) != 0 {
				t.Errorf("%s plans %s in %d years from %d", s.Name, plan[0].Version, years[1], years[0])
			}
		}
	}
	if _, found := SchemeNamed("pep598"); found {
		t.Error("a scheme is found that is not there")
	}
}
