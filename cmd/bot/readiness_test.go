package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/release"
	"github.com/concorde-bot/concorde/internal/web"
)

// sinceNoon is a clock that was at noon when it was made, so that the date doesn't change in
// the middle of a test.
func sinceNoon() func() time.Time {
	began := time.Now()
	noon := began.UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
	return func() time.Time { return noon.Add(time.Since(began)) }
}

// today moves dates of tests with the clock.
func (s *gapsStage) today(days int) string {
	return s.now().UTC().AddDate(0, 0, days).Format(time.DateOnly)
}

// releaseData is a file of release data: a version in its beta phase, with releases by the
// days from today on which they were or will be.
func (s *gapsStage) releaseData(version, managers string, releases map[string]int) string {
	s.Helper()
	type entry struct {
		Stage string `json:"stage"`
		State string `json:"state"`
		Date  string `json:"date"`
	}
	var all []entry
	for stage, days := range releases {
		state := "actual"
		if days >= 0 {
			state = "expected"
		}
		all = append(all, entry{version + stage, state, s.today(days)})
	}
	text, err := json.Marshal(map[string]any{
		"metadata": map[string]any{version: map[string]any{"release_manager": managers, "start_of_development": s.today(-400),
			"feature_freeze": s.today(-60), "first_release": s.today(200), "end_of_bugfix": s.today(900), "end_of_life": s.today(1800), "pep": 745}},
		"releases": map[string]any{version: all},
	})
	path := filepath.Join(s.TempDir(), "releases.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	s.check(err)
	return path
}

// readinessStage is a GitHub with a branch in its beta phase, last released ten days ago.
func readinessStage(t testing.TB) *gapsStage {
	s := newGapsStageBy(t, sinceNoon())
	s.flags[1] = settingsFile(t, "preset: cpython\n")
	s.flags = append(s.flags, "--releases", s.releaseData("3.14", "Hugo van Kemenade",
		map[string]int{".0 beta 1": -60, ".0 beta 2": -10, ".0 beta 3": 20, ".0 final": 200}))
	s.check(s.cpython.Tag("v3.14.0b2", "3.14"))
	s.check(s.cpython.SetStatus(s.cpython.Ref("3.14"), "buildbot", ghtest.Status{Context: "buildbot", State: "success"}))
	return s
}

func (s *gapsStage) readiness(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	return runCommandBy(s, s.now, s.environment, append(append([]string{"readiness"}, s.flags...), args...)...)
}

func (s *gapsStage) issue(title string, labels ...string) int {
	s.Helper()
	n, err := s.cpython.OpenIssue(ghtest.Issue{Title: title, Author: "eric", Labels: labels})
	s.check(err)
	return n
}

// judged is the JSON of the command.
func (s *gapsStage) judged(code int, args ...string) (r readinessReport) {
	s.Helper()
	got, stdout, stderr := s.readiness(append(args, "--json")...)
	if err := json.Unmarshal([]byte(stdout), &r); err != nil || got != code || stderr != "" {
		s.Fatalf("exit code %d, want %d, %v: %s%s", got, code, err, stdout, stderr)
	}
	return r
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	r := s.judged(exitOK, "3.14")
	if r.Verdict != release.Ready || r.Next.Days != 20 || r.Last.Name != "3.14.0 beta 2" || r.Last.SHA == "" ||
		r.Repository != "python/cpython" {
		t.Errorf("%+v", r)
	}
	code, text, _ := s.readiness("3.14")
	want := `3.14.0 beta 3 is ready.

It's due on ` + s.today(20) + `, in 20 days.
Release manager: Hugo van Kemenade (hugovk).
3.14 is in its beta phase. The last release was 3.14.0 beta 2 on ` + s.today(-10) + `.

No release blocker is open.

No deferred blocker is open.

No backport is missing, as far as labels show (` + "`bot backport-gaps 3.14`" + ` looks further back).

Nothing else waits for the release manager.

No ABI breaks found since the last release.

All NEWS entries can be released.

The checks of 3.14 are green on ` + s.cpython.Ref("3.14")[:10] + `.

python/cpython on ` + s.today(0) + `, by release data up to ` + s.today(-10) + `.
`
	if diff := cmp.Diff(want, text); diff != "" || code != exitOK {
		t.Errorf("exit code %d (-want +got):\n%s", code, diff)
	}

	vulnerability := s.merge("main", "gh-4: A hole\x1b[31m", "type-security")
	blocker := s.issue("It hangs", "release-blocker", "3.14")
	s.issue("Elsewhere", "release-blocker", "3.13")
	s.issue("Later", "deferred-blocker")
	faster := s.open("3.14", "[3.14] gh-5: Faster (GH-5)", "performance")
	s.check(s.cpython.SetStatus(s.cpython.Ref("3.14"), "buildbot", ghtest.Status{Context: "buildbot", State: "failure"}))
	code, text, _ = s.readiness("3.14")
	for _, line := range []string{
		"3.14.0 beta 3 isn't ready.",
		fmt.Sprintf("  - 1 release blocker is open: #%d.", blocker),
		fmt.Sprintf("  - The checks of 3.14 are red since %s, or longer.", s.cpython.Ref("3.14")[:10]),
		fmt.Sprintf("  - 1 security fix is missing on the branch: #%d.", vulnerability),
		"Deferred blockers: 1",
		fmt.Sprintf("  #%d  %s  it's a performance improvement, and the branch is in its beta phase  [3.14] gh-5: Faster (GH-5)",
			faster, s.today(0)),
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("no line %q in\n%s", line, text)
		}
	}
	if code != exitFailed || strings.ContainsRune(text, '\x1b') {
		t.Errorf("exit code %d, %q", code, text)
	}
	if writes := s.cpython.Writes(); len(writes) != 0 {
		t.Errorf("written: %+v", writes)
	}
}

// A release manager's word on a pull request takes it out of the inbox, until the comment is
// deleted; a stranger's doesn't.
func TestInboxHearsTheReleaseManager(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	faster := s.open("3.14", "[3.14] gh-5: Faster (GH-5)", "performance")
	waits := func(when string, want int) {
		t.Helper()
		if r := s.judged(exitOK, "3.14"); len(r.Waiting) != want {
			t.Errorf("%s: %+v", when, r.Waiting)
		}
	}
	say := func(by, text string) int64 {
		t.Helper()
		id, err := s.cpython.Comment(faster, by, text)
		s.check(err)
		return id
	}
	waits("before", 1)
	say("mallory", "@concorde allow 3.14")
	waits("a stranger's word", 1)
	refusal := say("hugovk", "@concorde refuse too risky")
	waits("refused", 0)
	s.check(s.cpython.DeleteComment(faster, "hugovk", refusal))
	waits("the comment is gone", 1)
	say("hugovk", "@concorde allow 3.14")
	waits("allowed", 0)
	say("hugovk", "@concorde refuse 3.14 too risky, after all")
	waits("refused after all", 0)
}

// What can't be known is said, and nothing is made up.
func TestReadinessThatCannotBe(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	data := func(version, managers string, releases map[string]int) []string {
		return []string{version, "--releases", s.releaseData(version, managers, releases)}
	}
	soon := map[string]int{".0 beta 1": -60, ".0 beta 3": 20, ".0 final": 200}
	for name, c := range map[string]struct {
		args []string
		code int
		want string
	}{
		"a version without data":    {[]string{"3.99"}, exitFailed, "The release data doesn't list 3.99: is the version right?"},
		"a branch without releases": {data("3.13", "A", nil), exitFailed, "  ? The release data has no next release of 3.13."},
		"no branch":                 {data("4.1", "A", soon), exitFailed, "  - The branch 4.1 doesn't exist."},
		"a tag that is missing":     {data("3.13", "A", soon), exitFailed, "but the tag v3.13.0b1 doesn't exist."},
		"two release managers": {data("3.14", "Hugo van Kemenade & B", soon), exitFailed,
			"Release managers: Hugo van Kemenade (hugovk), B ("},
		"a release manager who left":     {data("3.14", "Nobody", soon), exitFailed, "Nobody (login unknown: add it to backport.managers"},
		"no release manager":             {data("3.14", "", soon), exitFailed, "The release data names no release manager."},
		"a calendar that moves":          {data("3.14", "A", map[string]int{".0 beta 2": -10, ".0 beta 3": 30}), exitOK, ", in 30 days."},
		"nothing reported":               {data("3.12", "A", map[string]int{".0 beta 3": 30}), exitFailed, "  ? No checks have run on the head of 3.12 ("},
		"a repository without the App":   {[]string{"3.14", "--repository", "python/nothing"}, exitFailed, "is the App installed there?"},
		"no version":                     {[]string{"main"}, exitMisuse, `reading "main": it isn't a version`},
		"a pull request as a repository": {[]string{"3.14", "--repository", "python/cpython#1"}, exitMisuse, "expected OWNER/REPO"},
		"no such file":                   {[]string{"3.14", "--releases", "missing.json"}, exitMisuse, "missing.json"},
	} {
		code, stdout, stderr := s.readiness(c.args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit code %d, want %d, and %q\n%s%s", name, code, c.code, c.want, stdout, stderr)
		}
	}
}

// A freeze by command shows, and what's approved waits for the release manager meanwhile. A missing
// tracking issue freezes nothing.
func TestReadinessOfAFrozenBranch(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	s.check(s.cpython.Collaborator("dana", "write"))
	issue := s.issue("Release of 3.14")
	s.flags[1] = settingsFile(t, fmt.Sprintf("preset: cpython\nrelease: {issues: [{version: \"3.14\", issue: %d}]}\n", issue))
	fix := s.open("3.14", "[3.14] gh-5: Fix (GH-5)")
	_, err := s.cpython.Review(fix, "dana", "APPROVED", "")
	s.check(err)
	if r := s.judged(exitOK, "3.14"); len(r.Waiting) != 0 || len(r.Notes) != 0 {
		t.Errorf("before: %+v, %q", r.Waiting, r.Notes)
	}
	_, err = s.cpython.Comment(issue, "hugovk", "@concorde freeze 3.14")
	s.check(err)
	if r := s.judged(exitOK, "3.14"); len(r.Waiting) != 1 || !slices.Equal(r.Notes, []string{"3.14 is frozen: only its release manager merges."}) {
		t.Errorf("frozen: %+v, %q", r.Waiting, r.Notes)
	}
	s.flags[1] = settingsFile(t, "preset: cpython\nrelease: {issues: [{version: \"3.14\", issue: 4711}]}\n")
	if r := s.judged(exitOK, "3.14"); len(r.Notes) != 0 || len(r.Waiting) != 0 {
		t.Errorf("a missing tracking issue: %+v, %q", r.Waiting, r.Notes)
	}
}

// maxReadiness is how many requests readiness may take in a large repository.
const maxReadiness = 40

// The readiness of a repository with 2,000 open pull requests takes few requests: 600 of
// them are into the branch, of which 120 wait for the release manager, 300 fixes were merged since the last release, and 250 backports.
func TestReadinessOfALargeRepository(t *testing.T) {
	t.Parallel()
	s := readinessStage(t)
	s.check(s.cpython.Collaborator("dana", "write"))
	bulk := func(n int, base, label string, merge bool) {
		for i := range n {
			head := fmt.Sprintf("eric:%s-%s-%d", base, label, i)
			_, err := s.cpython.Push(head, ghtest.Commit{Message: head, From: base, Files: map[string]ghtest.File{head[5:]: ghtest.Text("x")}})
			s.check(err)
			number, err := s.cpython.OpenPR(ghtest.PR{Title: head, Author: "eric", Head: head, Base: base, Labels: []string{label}})
			s.check(err)
			if merge {
				_, err = s.cpython.Merge(number, "dana")
				s.check(err)
			}
		}
	}
	bulk(1400, "main", "docs", false)
	bulk(480, "3.14", "docs", false)
	bulk(120, "3.14", "performance", false)
	bulk(300, "main", "type-bug", true)
	bulk(250, "3.14", "type-bug", true)
	for i := range 60 {
		s.issue(fmt.Sprint("Blocker ", i), "release-blocker")
	}
	s.github.ResetRequests()
	r := s.judged(exitFailed, "3.14")
	if len(r.Blockers) != 60 || len(r.Backports) != 300 || r.Incomplete {
		t.Errorf("%d blockers, %d backports, incomplete: %v", len(r.Blockers), len(r.Backports), r.Incomplete)
	}
	sent := len(s.github.Requests())
	t.Logf("%d requests", sent)
	if sent > maxReadiness {
		t.Errorf("%d requests, want at most %d", sent, maxReadiness)
	}
}

// The pages of releases, NEWS and the ABI read all that the rule reports.
func TestPagesReadReports(t *testing.T) {
	report := release.Shown{Verdict: release.NotReady, Headline: "h", Next: "n",
		NextAt: time.Date(2026, 8, 5, 0, 0, 0, 0, time.UTC), Reasons: []string{"r"}, Unknown: []string{"u"}, Notes: []string{"n"},
		Tables: []release.Table{{Title: "t", Columns: []string{"c"}, Rows: [][]string{{"x"}}, Note: "n"}},
		News: &release.News{Release: "r", Entries: 1, Sections: []release.SectionCount{{Section: "s", Entries: 1}},
			Faults: []release.Fault{{Path: "p", Why: "w"}}, Stops: true, Listed: []release.ShownEntry{{Section: "s", Path: "p", Text: "t"}}},
		ABI: &release.ABI{Since: "s", Next: "n", NextAt: "a", Frozen: true, Total: 1, StableBy: []int{1}, Requires: "r", Text: "t",
			Breaks: []release.Break{{PR: 1, Commit: "c", Title: "t", By: []abi.Evidence{abi.ByTitle}, Text: "x", Approved: "a"}}}, NoABI: "n"}
	reads(t, report, &web.Readiness{})
}
