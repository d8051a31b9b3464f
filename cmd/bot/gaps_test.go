package main

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// gapsStage is a GitHub with merged changes, and the settings of fixed phases.
type gapsStage struct {
	testing.TB
	github      *ghtest.Server
	cpython     *ghtest.Repo
	environment map[string]string
	flags       []string
	now         func() time.Time // of GitHub and the commands
}

func newGapsStage(t testing.TB) *gapsStage { return newGapsStageBy(t, time.Now) }

func newGapsStageBy(t testing.TB, now func() time.Time) *gapsStage {
	s := &gapsStage{TB: t, now: now}
	s.github, s.cpython = newGitHub(t, ghtest.Config{Now: now})
	s.environment = identity(s.github)
	s.flags = []string{"--config", settingsFile(t, phases), "--api-url", s.github.APIURL(), "--server-url", s.github.URL}
	return s
}

func (s *gapsStage) check(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// open opens a pull request into a branch.
func (s *gapsStage) open(base, title string, labels ...string) int {
	s.Helper()
	n := len(s.cpython.PRs()) + 1
	head := fmt.Sprintf("eric:change-%d", n)
	_, err := s.cpython.Push(head, ghtest.Commit{Message: title, Author: "eric", From: base,
		Files: map[string]ghtest.File{fmt.Sprintf("Lib/changed_%d.py", n): ghtest.Text(title)}})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: "eric", Head: head, Base: base, Labels: labels})
	s.check(err)
	return number
}

func (s *gapsStage) merge(base, title string, labels ...string) int {
	s.Helper()
	number := s.open(base, title, labels...)
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	return number
}

func (s *gapsStage) gaps(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	return runCommandBy(s, s.now, s.environment, append(append([]string{"backport-gaps"}, s.flags...), args...)...)
}

// report is the JSON of the command, without the days.
func (s *gapsStage) report(args ...string) gapsReport {
	s.Helper()
	code, stdout, stderr := s.gaps(append(args, "--json")...)
	var r gapsReport
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || code != exitOK || stderr != "" {
		s.Fatalf("exit code %d, %v: %s%s", code, err, stdout, stderr)
	}
	for i, g := range r.Gaps {
		if !aDay.MatchString(g.Merged) {
			s.Errorf("#%d was merged on %q", g.Number, g.Merged)
		}
		r.Gaps[i].Merged = ""
	}
	return r
}

var aDay = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)

func TestBackportGaps(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	bug := s.merge("main", "gh-1: A bug", "type-bug")
	crash := s.merge("main", "gh-2: A crash\twith a tab", "type-crash", "needs backport to 3.14")
	docs := s.merge("main", "gh-3: Words", "docs", "needs backport to 3.14")
	vulnerability := s.merge("main", "gh-4: A hole", "type-security")
	done := s.merge("main", "gh-5: Done", "type-bug", "needs backport to 3.14")
	s.merge("main", "gh-6: A feature", "type-feature", "needs backport to 3.14")
	s.merge("main", "gh-7: Nobody said what")
	s.open("main", "gh-8: Not merged", "type-bug")
	s.merge("3.13", "[3.13] gh-9: Elsewhere (GH-1)", "type-bug")
	s.merge("3.14", fmt.Sprintf("[3.14] gh-5: Done (GH-%d)", done), "type-bug")
	open := s.open("3.14", fmt.Sprintf("[3.14] gh-2: A crash (#%d)", crash))

	want := gapsReport{Version: "3.14", Phase: "bugfix", Repository: "python/cpython", Since: "2025-05-07", Complete: true, Gaps: []gapJSON{
		{Number: vulnerability, Title: "gh-4: A hole", Kind: "security", Why: "type-security, and no backport"},
		{Number: crash, Title: "gh-2: A crash\twith a tab", Kind: "crash", Labelled: true, Why: "labelled needs backport to 3.14",
			Backport: open},
		{Number: bug, Title: "gh-1: A bug", Kind: "bug", Why: "type-bug, and no backport"},
		{Number: docs, Title: "gh-3: Words", Kind: "docs", Labelled: true, Why: "labelled needs backport to 3.14"},
	}}
	s.github.ResetRequests()
	if diff := cmp.Diff(want, s.report("3.14")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	asked := 0
	for _, r := range s.github.Requests() {
		if r.Route == "POST /graphql" {
			asked++
		}
	}
	if asked != 6 { // the repository, four labels, and those into the branch
		t.Errorf("%d requests, want 6", asked)
	}
	want.Version, want.Phase, want.Since, want.Gaps = "3.12", "security", "2023-05-22", want.Gaps[:1]
	if diff := cmp.Diff(want, s.report("3.12")); diff != "" {
		t.Errorf("a security branch lists only security fixes (-want +got):\n%s", diff)
	}
	_, table, _ := s.gaps("3.14")
	for _, line := range []string{
		`Merged into python/cpython since 2025-05-07, and missing on 3.14 (bugfix):`,
		fmt.Sprintf(`#%d +security +DAY +none +type-security, and no backport +gh-4: A hole`, vulnerability),
		fmt.Sprintf("#%d +crash +DAY +#%d open +labelled needs backport to 3.14 +gh-2: A crash\uFFFDwith a tab", crash, open),
		`security: 1, crash: 1, bug: 1, docs: 1`,
	} {
		line = "(?m)^" + strings.NewReplacer("DAY", `\d{4}-\d\d-\d\d`, "(", `\(`, ")", `\)`).Replace(line) + "$"
		if !regexp.MustCompile(line).MatchString(table) {
			t.Errorf("no %s in\n%s", line, table)
		}
	}
	if writes := s.cpython.Writes(); len(writes) != 0 {
		t.Errorf("written: %+v", writes)
	}
}

// A repository may have settings of its own; when they are broken those of the
// bot count, and the command says so.
func TestBackportGapsByTheRepositorysSettings(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	s.merge("main", "gh-1: A bug", "bug", "for 3.14")
	settings := func(text string) {
		t.Helper()
		_, err := s.cpython.Push("main", ghtest.Commit{Message: "Settings",
			Files: map[string]ghtest.File{".github/concorde.yml": ghtest.Text(text)}})
		s.check(err)
	}
	settings("backport: {label: for, kinds: [{name: fix, labels: [bug]}]}\n")
	want := []gapJSON{{Number: 1, Title: "gh-1: A bug", Kind: "bug", Labelled: true, Why: "labelled for 3.14"}}
	if diff := cmp.Diff(want, s.report("3.14").Gaps); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	settings("backport: {label: 7, colour: red}\n")
	code, stdout, stderr := s.gaps("3.14")
	if code != exitOK || !strings.HasPrefix(stdout, "Nothing that was merged into python/cpython since 2025-05-07 is missing on 3.14 "+
		"(bugfix).\n") || !strings.Contains(stderr, "the settings of python/cpython have faults") {
		t.Errorf("exit code %d: %s%s", code, stdout, stderr)
	}
}

func TestBackportGapsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := newGapsStage(t)
	s.check(s.cpython.DeleteBranch("3.13"))
	s.flags[1] = settingsFile(t, phases+`    - {version: "4.2", phase: bugfix}`+"\n")
	_, err := s.cpython.Push("4.2")
	s.check(err)
	always := func(f ghtest.Fault) *ghtest.Fault {
		f.Times = -1
		return &f
	}
	for _, c := range []struct {
		args  string
		fault *ghtest.Fault
		code  int
		want  string
	}{
		{"3.9", nil, exitMisuse, "3.9 reached its end of life"},
		{"3.99", nil, exitMisuse, "the release data doesn't list 3.99: is the version right?"},
		{"3.13", nil, exitFailed, "python/cpython doesn't have this branch"},
		{"4.2", nil, exitMisuse, "set a day with --since"},
		{"4.2 --since 2026-01-01", nil, exitOK, ""},
		{"3.14 --repository python/nothing", nil, exitFailed, "is the name right, and is the App installed there?"},
		{"3.14", always(ghtest.BadGateway()), exitFailed, "502"},
		{"3.14", always(ghtest.Fault{Path: "^/graphql$", Contains: "pullRequests", Status: 403,
			Body: `{"message":"Resource not accessible by integration"}`}), exitFailed, "grant the App the permission"},
	} {
		if c.fault != nil {
			s.check(s.github.Fault(*c.fault))
		}
		code, stdout, stderr := s.gaps(strings.Fields(c.args)...)
		if code != c.code || !strings.Contains(stderr, c.want) || strings.Count(stderr, "\n") > 1 || (stdout != "") != (code == exitOK) {
			t.Errorf("%s: exit code %d, want %d, and %q in one line\n%s%s", c.args, code, c.code, c.want, stdout, stderr)
		}
		s.github.ClearFaults()
	}
}
