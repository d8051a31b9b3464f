package lifecycle

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestPhases asks the built-in copy, of August 2026, about days before and
// after it was written.
func TestPhases(t *testing.T) {
	c := Builtin()
	for _, test := range []struct {
		version, day string
		phase        Phase
		name         string
		frozen       bool
		next         string
	}{
		{"3.14", "2024-05-08", Feature, "main", false, "3.14.0 alpha 1"},
		{"3.14", "2025-05-06", Feature, "main", false, "3.14.0 beta 1"},
		{"3.14", "2025-05-07", Beta, "3.14", false, "3.14.0 beta 2"},
		{"3.14", "2025-07-21", Beta, "3.14", false, "3.14.0 candidate 1"},
		{"3.14", "2025-07-22", Candidate, "3.14", true, "3.14.0 candidate 2"},
		{"3.14", "2025-10-04", Candidate, "3.14", true, "3.14.0"},
		{"3.14", "2025-10-05", FinalFreeze, "3.14", true, "3.14.0"},
		{"3.14", "2025-10-07", FinalFreeze, "3.14", true, "3.14.1"}, // it happened that day
		{"3.14", "2025-10-08", Bugfix, "3.14", true, "3.14.1"},
		{"3.14", "2026-05-02", Bugfix, "3.14", true, "3.14.5 candidate 1"}, // no freeze of a maintenance branch
		{"3.14", "2026-10-06", Bugfix, "3.14", true, "3.14.8"},             // expected that day
		{"3.14", "2026-10-07", Bugfix, "3.14", true, "3.14.9"},
		{"3.14", "2027-10-07", Security, "3.14", true, ""},
		{"3.14", "2030-10-31", Security, "3.14", true, ""},
		{"3.14", "2030-11-01", EndOfLife, "", false, ""},
		// The copy says prerelease; final was expected on 2026-10-01.
		{"3.15", "2026-08-03", Beta, "3.15", false, "3.15.0 candidate 1"},
		{"3.15", "2026-08-04", Candidate, "3.15", true, "3.15.0 candidate 2"},
		{"3.15", "2026-09-28", Candidate, "3.15", true, "3.15.0"},
		{"3.15", "2026-09-29", FinalFreeze, "3.15", true, "3.15.0"},
		{"3.15", "2026-10-01", FinalFreeze, "3.15", true, "3.15.0"},
		{"3.15", "2026-10-02", Bugfix, "3.15", true, ""},
		{"3.15", "2026-11-22", Bugfix, "3.15", true, ""},
		// It says main; the branch is cut with beta 1.
		{"3.16", "2026-11-22", Feature, "main", false, "3.16.0 alpha 3"},
		{"3.16", "2027-05-04", Beta, "3.16", false, "3.16.0 beta 1"},
		// It says bugfix.
		{"3.13", "2026-10-06", Bugfix, "3.13", true, "3.13.16"},
		{"3.13", "2026-10-07", Security, "3.13", true, ""},
		// It says security.
		{"3.10", "2026-10-31", Security, "3.10", true, ""},
		{"3.10", "2026-11-01", EndOfLife, "", false, ""},
		{"3.9", "2025-10-30", Security, "3.9", true, "3.9.25"},
		{"3.9", "2025-10-31", EndOfLife, "", false, ""},
		// Long ago.
		{"3.8", "2019-09-30", Beta, "3.8", false, "3.8.0 candidate 1"},
		{"2.7", "2015-01-01", Bugfix, "2.7", true, "2.7.10 candidate 1"},
		{"2.7", "2020-01-01", EndOfLife, "", false, "2.7.18 candidate 1"}, // released after its end
	} {
		for _, hours := range []time.Duration{0, 23*time.Hour + 59*time.Minute} {
			b, found := c.Branch(test.version, date(test.day).Add(hours))
			if !found {
				t.Errorf("%s is not found on %s", test.version, test.day)
				continue
			}
			next := ""
			if b.Next != nil {
				next = b.Next.String()
			}
			if b.Phase != test.phase || b.Name != test.name || b.ABIFrozen() != test.frozen || next != test.next {
				t.Errorf("%s on %s: %s, branch %q, frozen %t, next %q; want %s, %q, %t, %q", test.version, test.day,
					b.Phase, b.Name, b.ABIFrozen(), next, test.phase, test.name, test.frozen, test.next)
			}
		}
	}
}

func TestStatusIsNotBelieved(t *testing.T) {
	for _, status := range []string{"feature", "prerelease", "end-of-life", "", "new"} {
		c := parse(t, cycleOf(`"first_release": "2031-10-01", "end_of_life": "2036-10", "status": "`+status+`"`), "")
		if b, _ := c.Branch("3.20", date("2032-01-01")); b.Phase != Bugfix {
			t.Errorf("with status %q it is in phase %q", status, b.Phase)
		}
	}
}

func TestASlippedReleaseIsPutRightByAFreshFile(t *testing.T) {
	const metadata = `"first_release": "2031-10-01", "end_of_life": "2036-10-01", "feature_freeze": "2031-05-06", "end_of_bugfix": ` +
		`"2033-10-01"`
	final := func(day string) string {
		return releasesOf(metadata, `{"stage": "3.20.0 final", "state": "expected", "date": "`+day+`"}`)
	}
	now := date("2031-10-05")
	for day, want := range map[string]Phase{"2031-10-01": Bugfix, "2031-10-06": FinalFreeze, "2031-10-21": Candidate} {
		if b, _ := parse(t, "", final(day)).Branch("3.20", now); b.Phase != want {
			t.Errorf("with the final release on %s it is in phase %q on %s, want %q", day, b.Phase, now, want)
		}
	}
}

func TestBranchOfNoVersion(t *testing.T) {
	c := Builtin()
	for _, version := range []string{"", "3.17", "3", "main", "3.14 ", "03.14"} {
		if b, found := c.Branch(version, date("2026-11-22")); found {
			t.Errorf("%q is found: %v", version, b)
		}
		if change, found := c.NextChange(version, date("2026-11-22")); found {
			t.Errorf("%q changes on %s", version, change)
		}
	}
	if _, found := c.Branch("3.16", date("2026-05-06")); found {
		t.Error("3.16 is found on the day before its development started")
	}
	if change, found := c.NextChange("3.16", date("2026-01-01")); !found || change != date("2026-05-07") {
		t.Errorf("3.16 starts on %s, %t", change, found)
	}
}

// TestOneVersionOnMain holds since 3.7: development of the next version starts
// on the day of beta 1. The dates of older versions overlap.
func TestOneVersionOnMain(t *testing.T) {
	c := Builtin()
	for day := date("2018-01-31"); day.Before(date("2027-05-04")); day = day.AddDate(0, 0, 1) {
		var onMain []string
		versions := c.At(day)
		for _, b := range versions {
			if b.Name == "main" {
				onMain = append(onMain, b.Version)
			}
		}
		if len(onMain) != 1 {
			t.Fatalf("on %s main is %q", day, onMain)
		}
		if !slices.IsSortedFunc(versions, func(a, b Branch) int { return Compare(b.Version, a.Version) }) {
			t.Fatalf("on %s versions are not in order", day)
		}
	}
}

func TestZonesOfTime(t *testing.T) {
	west := time.FixedZone("west", -10*3600)
	now := time.Date(2026, time.October, 31, 23, 0, 0, 0, west) // the 1st in UTC
	if b, _ := Builtin().Branch("3.10", now); b.Phase != EndOfLife {
		t.Errorf("3.10 is in phase %q", b.Phase)
	}
	if b, _ := Builtin().Branch("3.14", time.Date(2026, time.October, 6, 20, 0, 0, 0, west)); b.Next.Version != "3.14.9" {
		t.Errorf("the next release is %s", b.Next)
	}
}

func TestResultsAreCopies(t *testing.T) {
	c := Builtin()
	now := date("2026-11-22")
	b, _ := c.Branch("3.14", now)
	b.Managers[0], b.Next.Version = "nobody", "0.0"
	s, _ := c.Schedule("3.14")
	s.Releases[0].Version = "0.0"
	c.Schedules()[1].Managers[0] = "nobody"
	if diff := cmp.Diff(Builtin().Schedules(), c.Schedules()); diff != "" {
		t.Errorf("a caller changed the calendar:\n%s", diff)
	}
}

// newCalendar is the calendar of planned versions.
func newCalendar(schedules []Schedule) *Calendar {
	c := &Calendar{}
	for _, s := range schedules {
		c.schedules = append(c.schedules, s.clone())
	}
	slices.SortFunc(c.schedules, func(a, b Schedule) int { return Compare(b.Version, a.Version) })
	return c
}

func TestCovers(t *testing.T) {
	now := date("2026-11-22")
	cycle, releases := BuiltinFiles()
	change := func(old, new string) *Calendar {
		text := string(releases)
		if !strings.Contains(text, old) {
			t.Fatalf("the file has no %q", old)
		}
		return parse(t, "", strings.Replace(text, old, new, 1))
	}
	without := func(version string) *Calendar {
		c := newCalendar(Builtin().Schedules())
		c.schedules = slices.DeleteFunc(c.schedules, func(s Schedule) bool { return s.Version == version })
		return c
	}
	dead := func(version string) *Calendar {
		c := newCalendar(Builtin().Schedules())
		for i := range c.schedules {
			if c.schedules[i].Version == version {
				c.schedules[i].EndOfLife = date("2026-01-01")
			}
		}
		return c
	}
	for name, test := range map[string]struct {
		c    *Calendar
		want string // "" if it covers the built-in copy
	}{
		"the same": {Builtin(), ""},
		"a release happened": {change(`"stage": "3.14.8",
        "state": "expected"`, `"stage": "3.14.8",
        "state": "actual"`), ""},
		"a release slipped": {change(`"2026-10-06"`, `"2026-10-20"`), ""},
		"a release of a dead version went": {change(`"stage": "3.9.25 final",
        "state": "actual"`, `"stage": "3.9.25 final",
        "state": "expected"`), ""},
		"a release did not happen yet": {change(`"stage": "3.14.7",
        "state": "actual"`, `"stage": "3.14.7",
        "state": "expected"`), "3.14 has 22 releases, and had 23"},
		"a living version died overnight": {dead("3.14"), "3.14 has reached its end of life, expected on 2030-11-01"},
		"a living version is missing":     {without("3.16"), "3.16 is missing"},
		"a dead version is missing":       {without("1.6"), "1.6 is missing"},
		"no releases":                     {parse(t, string(cycle), ""), "3.15 has 0 releases"},
	} {
		t.Run(name, func(t *testing.T) {
			err := test.c.Covers(Builtin(), now)
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNewest(t *testing.T) {
	if r, found := Builtin().Newest(); !found || r.String() != "3.14.7" {
		t.Errorf("got %s, %t", r, found)
	}
	if r, found := newCalendar(pep602().Schedule(2020, 5)).Newest(); found {
		t.Errorf("a plan has %s", r)
	}
}

func TestVersions(t *testing.T) {
	for name, want := range map[string]bool{
		"3.14": true, "3.0": true, "0.9": true, "3.99999": true, "99999.0": true,
		"": false, "3": false, "3.": false, ".14": false, "3.014": false, "03.14": false, "3.14.0": false, "3.100000": false,
		"3.x": false, " 3.14": false, "3.14\n": false, "v3.14": false, "3.１": false, "-3.1": false, "3.+1": false,
	} {
		if got := ValidVersion(name); got != want {
			t.Errorf("%q: got %t", name, got)
		}
	}
	sorted := []string{"2.7", "3.0", "3.9", "3.10", "3.14", "3.100", "10.0"}
	for i, a := range sorted {
		for j, b := range sorted {
			if got := Compare(a, b); (got < 0) != (i < j) || (got > 0) != (i > j) {
				t.Errorf("%s and %s: got %d", a, b, got)
			}
		}
	}
}

// A version is uncut until beta 1, for two days after it, and as long as the data only expects it.
func TestUncut(t *testing.T) {
	data := func(state string) *Calendar {
		return parse(t, "", `{"metadata": {"3.20": {"pep": 9, "start_of_development": "2029-05-01", "feature_freeze": "2030-05-07",
			"first_release": "2030-10-01", "end_of_life": "2035-10"}}, "releases": {"3.20": [
			{"stage": "3.20.0 alpha 1", "state": "actual", "date": "2029-10-09"}, {"stage": "3.20.0 beta 1", "state": "`+state+`", "date": "2030-05-07"},
			{"stage": "3.20.0 beta 2", "state": "expected", "date": "2030-05-28"}]}}`)
	}
	for day, want := range map[string][2]bool{ // expected, actual
		"2029-12-01": {true, true}, "2030-05-06": {true, true}, "2030-05-07": {true, true}, "2030-05-08": {true, true}, "2030-05-09": {true, false},
		"2030-05-28": {true, false}, "2030-05-29": {false, false}, "2030-10-20": {false, false}} {
		for i, state := range []string{"expected", "actual"} {
			if got := data(state).Uncut("3.20", date(day)); got != want[i] {
				t.Errorf("on %s, with beta 1 %s: %t", day, state, got)
			}
		}
	}
	if data("actual").Uncut("3.19", date("2029-12-01")) {
		t.Error("an unknown version is uncut")
	}
}
