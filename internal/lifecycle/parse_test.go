package lifecycle

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func date(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func parse(t *testing.T, cycle, releases string) *Calendar {
	t.Helper()
	c, err := Parse(orNil(cycle), orNil(releases))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func orNil(text string) []byte {
	if text == "" {
		return nil
	}
	return []byte(text)
}

// cycleOf and releasesOf are files of one version.
func cycleOf(fields string) string { return `{"3.20": {` + fields + `}}` }

func releasesOf(metadata string, releases ...string) string {
	if len(releases) == 0 {
		releases = []string{`{"stage": "3.20.0 alpha 1", "state": "expected", "date": "2030-10-15"}`}
	}
	return `{"metadata": {"3.20": {` + metadata + `}}, "releases": {"3.20": [` + strings.Join(releases, ",") + `]}}`
}

func TestWhichDateCounts(t *testing.T) {
	const (
		inCycle = `"first_release": "2031-10-01", "end_of_life": "2036-10", "status": "security", "key of tomorrow": [1]`
		inMeta  = `"start_of_development": "2030-05-05", "feature_freeze": "2031-05-06", "first_release": "2031-10-02", "end_of_bugfix": ` +
			`"2033-10-03", "end_of_life": "2036-11-01", "status": "security"`
		beta  = `{"stage": "3.20.0 beta 1", "state": "actual", "date": "2031-05-07"}`
		rc    = `{"stage": "3.20.0 candidate 1", "state": "expected", "date": "2031-08-05"}`
		final = `{"stage": "3.20.0", "state": "expected", "date": "2031-10-09"}`
		later = `{"stage": "3.20.1 candidate 1", "state": "expected", "date": "2031-11-09"}`
	)
	for name, test := range map[string]struct {
		cycle, releases string
		want            Span
	}{
		"cycle alone, the rest by the spans of PEP 602": {cycleOf(inCycle), "",
			Span{date("2030-05-01"), date("2031-05-01"), date("2031-08-01"), date("2031-10-01"), date("2033-10-01"), date("2036-11-01"), true}},
		"metadata before cycle": {cycleOf(inCycle), releasesOf(inMeta),
			Span{date("2030-05-05"), date("2031-05-06"), date("2031-08-02"), date("2031-10-02"), date("2033-10-03"), date("2036-12-01"), true}},
		"releases before metadata": {cycleOf(inCycle), releasesOf(inMeta, later, final, rc, beta),
			Span{date("2030-05-05"), date("2031-05-07"), date("2031-08-05"), date("2031-10-09"), date("2033-10-03"), date("2036-12-01"), true}},
		"a candidate of a maintenance release freezes nothing": {"", releasesOf(inMeta, later),
			Span{date("2030-05-05"), date("2031-05-06"), date("2031-08-02"), date("2031-10-02"), date("2033-10-03"), date("2036-12-01"), true}},
		"the end of a dead version is a day": {"", releasesOf(strings.Replace(inMeta, `"security"`, `"end-of-life"`, 1), beta),
			Span{date("2030-05-05"), date("2031-05-07"), date("2031-08-02"), date("2031-10-02"), date("2033-10-03"), date("2036-11-01"), false}},
		"the end of a living version may be a day": {cycleOf(strings.Replace(inCycle, "2036-10", "2036-10-15", 1)), "",
			Span{date("2030-05-01"), date("2031-05-01"), date("2031-08-01"), date("2031-10-01"), date("2033-10-01"), date("2036-10-15"), false}},
		"an estimate does not precede what is known": {"", releasesOf(strings.Replace(inMeta, "2031-05-06", "2031-09-06", 1)),
			Span{date("2030-05-05"), date("2031-09-06"), date("2031-09-06"), date("2031-10-02"), date("2033-10-03"), date("2036-12-01"), true}},
	} {
		t.Run(name, func(t *testing.T) {
			s, found := parse(t, test.cycle, test.releases).Schedule("3.20")
			if !found {
				t.Fatal("3.20 is not found")
			}
			if diff := cmp.Diff(test.want, s.Span); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestOldVersionsHadLessTimeForBugfixes(t *testing.T) {
	c := parse(t, `{"3.12": {"first_release": "2023-10-02", "end_of_life": "2028-10"}, "3.13": {"first_release": "2024-10-07", `+
		`"end_of_life": "2029-10"}}`, "")
	for version, want := range map[string]string{"3.12": "2025-04-02", "3.13": "2026-10-07"} {
		if s, _ := c.Schedule(version); s.EndOfBugfix != date(want) {
			t.Errorf("bug fixes of %s end on %s, want %s", version, s.EndOfBugfix, want)
		}
	}
}

func TestFaultsAreNamed(t *testing.T) {
	const good = `"first_release": "2031-10-02", "end_of_life": "2036-10-01"`
	release := func(old, new string) string {
		return releasesOf(good, strings.Replace(`{"stage": "3.20.0 beta 1", "state": "actual", "date": "2031-05-07"}`, old, new, 1))
	}
	for name, test := range map[string]struct{ cycle, releases, want string }{
		"nothing":          {"", "", "both files are missing"},
		"empty":            {" ", "", "release-cycle.json: unexpected end"},
		"HTML":             {"", "<!DOCTYPE html>", "python-releases.json: invalid character '<'"},
		"half a file":      {"", release("", "")[:60], "python-releases.json: unexpected end"},
		"two files in one": {cycleOf(good) + cycleOf(good), "", "release-cycle.json: invalid character"},
		"no versions":      {"{}", "", "release-cycle.json: it has no versions"},
		"null":             {"null", "", "release-cycle.json: it has no versions"},
		"no metadata":      {"", `{"releases": {"3.20": []}}`, "it has no versions"},
		"no releases":      {"", `{"metadata": {"3.20": {}}}`, "it has no versions"},
		"a list":           {"[]", "", "release-cycle.json: json: cannot unmarshal array"},
		"a number":         {`{"3.20": 1}`, "", "3.20: json: cannot unmarshal number"},
		"no version":       {`{"3.020": {}}`, "", `"3.020" isn't a version`},
		"PEP":              {cycleOf(`"pep": "PEP 1"`), "", "3.20: json: cannot unmarshal string into Go struct field entry.pep"},
		"no first release": {cycleOf(`"end_of_life": "2036-10"`), "", "3.20: first_release: it is missing"},
		"no end of life":   {cycleOf(`"first_release": "2036-10-01"`), "", "3.20: end_of_life: it is missing"},
		"first release":    {cycleOf(`"end_of_life": "2036-10", "first_release": "2036-10"`), "", `3.20: first_release: "2036-10" isn't a date`},
		"end of life":      {cycleOf(`"end_of_life": "2036-13", "first_release": "2036-10-01"`), "", `3.20: end_of_life: "2036-13" isn't a date`},
		"year": {cycleOf(`"end_of_life": "9999-10", "first_release": "2036-10-01"`), "",
			`3.20: end_of_life: "9999-10-01" isn't a date`},
		"feature freeze": {"", releasesOf(good + `, "feature_freeze": "soon"`), `3.20: feature_freeze: "soon" isn't a date`},
		"stage":          {"", release("3.20.0 beta 1", "3.20.0 gamma 1"), `3.20: releases[0]: stage: "3.20.0 gamma 1" isn't a release`},
		"wrong version":  {"", release("3.20.0", "3.21.0"), `3.20: releases[0]: stage: "3.21.0 beta 1" isn't a release`},
		"state":          {"", release("actual", "maybe"), `3.20: releases[0]: state: "maybe" is neither`},
		"day":            {"", release("2031-05-07", "2031-02-30"), `3.20: releases[0]: date: "2031-02-30" isn't a date`},
		"unknown version": {"", strings.Replace(release("", ""), `"releases": {"3.20"`, `"releases": {"3.21": [], "3.20"`, 1),
			"3.21: end_of_life: it is missing"},
		"long": {cycleOf(`"end_of_life": "` + strings.Repeat("x", 999) + `", "first_release": "2036-10-01"`), "",
			`"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" isn't a date`},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := Parse(orNil(test.cycle), orNil(test.releases))
			if c != nil || err == nil {
				t.Fatal("it is taken")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %q, want it to hold %q", err, test.want)
			}
		})
	}
}

func TestManagersAreSplit(t *testing.T) {
	for text, want := range map[string][]string{
		"Łukasz Langa":                                {"Łukasz Langa"},
		"Georg Brandl & Ned Deily (3.3.7)":            {"Georg Brandl", "Ned Deily"},
		"Barry Warsaw, Jeremy Hylton, and Tim Peters": {"Barry Warsaw", "Jeremy Hylton", "Tim Peters"},
		"Mandy Andrews and Andy Brand":                {"Mandy Andrews", "Andy Brand"},
		" , & ()":                                     nil,
		"":                                            nil,
	} {
		if diff := cmp.Diff(want, names(text)); diff != "" {
			t.Errorf("%q: -want +got:\n%s", text, diff)
		}
	}
}

// TestTheTwoBuiltinFilesAgree finds a copy that was refreshed by half.
func TestTheTwoBuiltinFilesAgree(t *testing.T) {
	cycle, releases := BuiltinFiles()
	half, err := Parse(nil, releases)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Builtin().Schedules(), half.Schedules()); diff != "" {
		t.Errorf("release-cycle.json adds something:\n%s", diff)
	}
	other, err := Parse(cycle, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range other.Schedules() {
		full, _ := half.Schedule(s.Version)
		if !s.EndOfLife.Equal(full.EndOfLife) {
			t.Errorf("%s ends on %s and on %s", s.Version, s.EndOfLife, full.EndOfLife)
		}
	}
	cycle[0] = 'x'
	if again, _ := BuiltinFiles(); again[0] != '{' {
		t.Error("a caller can change the built-in copy")
	}
}

// FuzzParse holds what is true of any data: no panic, and phases that only
// move on, from their first day to the end of life.
func FuzzParse(f *testing.F) {
	f.Add([]byte(cycleOf(`"branch": "main", "pep": 1, "status": "feature", "first_release": "2031-10-01", "end_of_life": "2036-10", `+
		`"release_manager": "A & B"`)),
		[]byte(releasesOf(`"first_release": "2031-10-02", "end_of_life": "2036-10-01"`,
			`{"stage": "3.20.0 candidate 1", "state": "actual", "date": "2031-08-05", "note": ""}`)))
	f.Add([]byte(cycleOf(`"first_release": "2031-10-01", "end_of_life": "2030-10"`)), []byte(nil))
	f.Add([]byte(nil), []byte(releasesOf(`"start_of_development": "2039-01-01", "feature_freeze": "2032-01-01", "first_release": `+
		`"2031-10-01", "end_of_bugfix": "2030-01-01", "end_of_life": "2036-10-01"`)))
	f.Fuzz(func(t *testing.T, cycle, releases []byte) {
		if len(cycle) == 0 {
			cycle = nil
		}
		if len(releases) == 0 {
			releases = nil
		}
		c, err := Parse(cycle, releases)
		if err != nil {
			if c != nil {
				t.Error("an error with a calendar")
			}
			return
		}
		if err := c.Covers(c, date("2026-11-22")); err != nil {
			t.Errorf("it does not cover itself: %v", err)
		}
		for _, s := range c.Schedules() {
			checkPhases(t, c, s.Version)
		}
		Chart{Title: "all", Schedules: c.Schedules(), At: date("2026-11-22")}.SVG()
	})
}

// checkPhases follows a version from before its start to its end.
func checkPhases(t *testing.T, c *Calendar, version string) {
	t.Helper()
	order := []Phase{"", Feature, Beta, Candidate, FinalFreeze, Bugfix, Security, EndOfLife}
	rank := func(p Phase) int {
		for i, q := range order {
			if p == q {
				return i
			}
		}
		t.Fatalf("%s: phase %q is not known", version, p)
		return 0
	}
	now, last := date("1900-01-01"), 0
	for {
		change, more := c.NextChange(version, now)
		if !more {
			break
		}
		before, _ := c.Branch(version, change.Add(-time.Second))
		after, found := c.Branch(version, change)
		if !found || rank(before.Phase) != last || rank(after.Phase) <= last || !change.After(now) {
			t.Fatalf("%s: on %s it goes from %q to %q, and was in %q", version, change, before.Phase, after.Phase, order[last])
		}
		now, last = change, rank(after.Phase)
	}
	if order[last] != EndOfLife {
		t.Fatalf("%s ends in %q", version, order[last])
	}
}

// TestMutatedFilesNeverPanic changes, cuts and doubles parts of the real files,
// which a fuzzer without the time to learn JSON does not reach.
func TestMutatedFilesNeverPanic(t *testing.T) {
	cycle, releases := BuiltinFiles()
	mutations := []string{`null`, `""`, `{}`, `[]`, `-1`, `1e999`, `"0000-00-00"`, `"9999-12-31"`, `"\ud800"`, `true`}
	good := 0
	try := func(cycle, releases []byte) {
		c, err := Parse(cycle, releases)
		if err != nil {
			return
		}
		good++
		for _, b := range c.At(date("2026-11-22")) {
			checkPhases(t, c, b.Version)
		}
	}
	lines := bytes.Split(cycle, []byte("\n"))
	for i, line := range lines {
		for _, m := range mutations {
			key, _, found := bytes.Cut(line, []byte(": "))
			if !found {
				continue
			}
			changed := bytes.Join(lines[:i], []byte("\n"))
			changed = fmt.Appendf(changed, "\n%s: %s,\n", key, m)
			changed = append(changed, bytes.Join(lines[i+1:], []byte("\n"))...)
			try(changed, nil)
		}
		try(bytes.Join(append(lines[:i:i], lines[i+1:]...), []byte("\n")), nil)
	}
	for cut := 0; cut < len(releases); cut += 997 {
		try(nil, releases[:cut])
	}
	if good == 0 {
		t.Error("no mutation was taken: the test does not reach beyond JSON")
	}
}
