package abi

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/suite"
)

// golden compares with a file, or writes it (make golden).
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if suite.Update() {
		if err := os.WriteFile(path, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// plan is a version's schedule by a scheme.
func plan(t *testing.T, scheme lifecycle.Scheme, version string) lifecycle.Schedule {
	t.Helper()
	plans := scheme.Schedule(scheme.Year, 20)
	i := slices.IndexFunc(plans, func(s lifecycle.Schedule) bool { return s.Version == version })
	if i < 0 {
		t.Fatalf("%s has no %s", scheme.Name, version)
	}
	return plans[i]
}

func pep605(t *testing.T) lifecycle.Scheme {
	t.Helper()
	scheme, found := lifecycle.SchemeNamed("pep605")
	if !found {
		t.Fatal("there is no such scheme")
	}
	return scheme
}

// release is the releases of a version, one after the other, where some break the ABI.
func walk(t *testing.T, scheme lifecycle.Scheme, version string, breaks ...int) (names []string) {
	t.Helper()
	var last *Release
	for {
		coming := Coming(scheme, plan(t, scheme, version), last, slices.Contains(breaks, len(names)+1))
		if len(coming) == 0 {
			return names
		}
		names = append(names, fmt.Sprintf("%s: %s", coming[0].Date.Format("2006-01"), coming[0]))
		last = &coming[0].Release
	}
}

// TestCalendarGolden is PEP 605's example timeline, release by release: without further
// breaks, and with those of its figure, in 3.9.0a5 and 3.9.0a7.
func TestCalendarGolden(t *testing.T) {
	var b strings.Builder
	show := func(title string, names []string) {
		b.WriteString(title + "\n\n* " + strings.Join(names, "\n* ") + "\n\n")
	}
	show("3.9 without further breaks", walk(t, pep605(t), "3.9"))
	show("3.10 without further breaks", walk(t, pep605(t), "3.10"))
	show("3.9 with breaks in 3.9.0a5 and 3.9.0a7", walk(t, pep605(t), "3.9", 5, 7))
	show("3.9 with two alphas in a row, and a break before candidate 1", walk(t, pep605(t), "3.9", 4, 5, 10))
	golden(t, "pep605-calendar.txt", b.String())
}

// TestAnnouncementsGolden has PEP 605's example announcements, of 3.9.0a1, b2, a5 and rc1,
// and what it doesn't show: two alphas in a row, the last release before the freeze, the
// second candidate, and additions to the stable ABI.
func TestAnnouncementsGolden(t *testing.T) {
	fields := []Break{
		{PR: 10, Text: []string{"new field ``ob_example`` added to the ``PyObject`` struct"}},
		{PR: 11, Text: []string{"provisional field ``tp_example`` removed from the ``PyTypeObject`` struct"}},
	}
	for _, test := range []struct {
		name, version, last string
		breaks              []Break
		stable              []string
	}{
		{"3.9.0a1", "3.9", "", nil, nil},
		{"3.9.0b2", "3.9", "3.9.0a1", nil, nil},
		{"3.9.0a5", "3.9", "3.9.0b4", fields, nil},
		{"3.9.0a6", "3.9", "3.9.0a5", fields[:1], []string{"function PyObject_Example", "struct PyExample"}},
		{"3.9.0a9", "3.9", "3.9.0b8", fields[:1], nil},
		{"3.9.0rc1", "3.9", "3.9.0b9", nil, nil},
		{"3.9.0rc2", "3.9", "3.9.0rc1", nil, nil},
		{"3.9.0", "3.9", "3.9.0rc2", nil, nil},
		{"3.9.1", "3.9", "3.9.0", nil, nil},
	} {
		a := announcement(t, pep605(t), test.version, test.last, test.breaks)
		a.Stable.Added = test.stable
		if got := a.Coming[0].String(); got != test.name {
			t.Errorf("after %s comes %s, want %s", test.last, got, test.name)
		}
		golden(t, "pep605-"+test.name+".rst", a.String())
	}
}

func announcement(t *testing.T, scheme lifecycle.Scheme, version, last string, breaks []Break) Announcement {
	t.Helper()
	a := Announcement{Scheme: scheme, Breaks: breaks}
	if last != "" {
		r, err := ParseRelease(last)
		if err != nil {
			t.Fatal(err)
		}
		a.Last = &r
	}
	a.Coming = Coming(scheme, plan(t, scheme, version), a.Last, len(breaks) > 0)
	return a
}

// TestPEP602Golden: under the schedule in force, names come from the calendar, whatever
// breaks.
func TestPEP602Golden(t *testing.T) {
	scheme, _ := lifecycle.SchemeNamed("pep602")
	broken := []Break{{PR: 10, Text: []string{"New field ``x``."}}}
	for _, test := range []struct {
		name, last string
		breaks     []Break
	}{
		{"3.9.0a1", "", nil}, {"3.9.0a7", "3.9.0a6", broken}, {"3.9.0b1", "3.9.0a7", nil}, {"3.9.0b2", "3.9.0b1", broken},
		{"3.9.0rc1", "3.9.0b4", nil}, {"3.9.0", "3.9.0rc2", broken}, {"3.9.1", "3.9.0", nil},
	} {
		a := announcement(t, scheme, "3.9", test.last, test.breaks)
		if got := a.Coming[0].String(); got != test.name {
			t.Errorf("after %s comes %s, want %s", test.last, got, test.name)
		}
		golden(t, "pep602-"+test.name+".rst", a.String())
	}
}

// TestRequires is the PEP's line ("Suggested What's New in Python 3.9 Entry").
func TestRequires(t *testing.T) {
	broken := []Break{{Text: []string{"x"}}}
	for last, want := range map[string]string{
		"":        "",
		"3.9.0b4": `Python-Requires: >= "3.9.0b6"; python_version == "3.9" and full_python_version != "3.9.0a5"`,
		"3.9.0b8": `Python-Requires: >= "3.9.0rc1"; python_version == "3.9" and full_python_version != "3.9.0a9"`,
		"3.9.0b9": "", // candidate 1: all are rebuilt
	} {
		if got := announcement(t, pep605(t), "3.9", last, broken).Requires(); got != want {
			t.Errorf("after %q: %s, want %s", last, got, want)
		}
	}
}

func TestParseRelease(t *testing.T) {
	for _, name := range []string{"3.9.0a1", "3.15.0rc2", "3.14.12", "v3.15.0b3"} {
		if r, err := ParseRelease(name); err != nil || r.Tag() != "v"+strings.TrimPrefix(name, "v") {
			t.Errorf("%s is %s, %v", name, r, err)
		}
	}
	for _, name := range []string{"", "3.9", "3.9.0c1", "3.9.0b0", "3.9.0a01", "03.9.0", "3.9.0b1 ", "3.9.0.dev1", "x3.9.0"} {
		if r, err := ParseRelease(name); err == nil {
			t.Errorf("%q is %s", name, r)
		}
	}
}

// TestOrdinal goes beyond what any version needs.
func TestOrdinal(t *testing.T) {
	var all []string
	for _, n := range []int{1, 2, 15, 16, 21, 22, 23, 24, 111, 112, 101} {
		all = append(all, ordinal(n))
	}
	if got, want := strings.Join(all, " "), "first second fifteenth 16th 21st 22nd 23rd 24th 111th 112th 101st"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
