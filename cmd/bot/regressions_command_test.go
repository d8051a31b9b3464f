package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/regression"
)

// regressionsStage is a GitHub whose settings watch a check.
func regressionsStage(t testing.TB, settings string) *gapsStage {
	s := newGapsStage(t)
	s.flags[1] = settingsFile(t, "preset: cpython\n"+settings)
	return s
}

func (s *gapsStage) regressions(args ...string) (code int, stdout, stderr string) {
	s.Helper()
	return runCommand(s, s.environment, append(append([]string{"regressions"}, s.flags...), args...)...)
}

// lands merges a change, with a report on it; "" for none.
func (s *gapsStage) lands(base, title, state string) (number int, sha string) {
	s.Helper()
	number = s.open(base, title)
	sha, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.reports(sha, state)
	return number, sha
}

func (s *gapsStage) reports(sha, state string) {
	s.Helper()
	if state != "" {
		s.check(s.cpython.SetStatus(sha, "buildbot", ghtest.Status{Context: "refleak", State: state, TargetURL: "https://ci.example/" + state}))
	}
}

// TestRegressionsCommand: what fails since when, what may be the cause, and its revert; and that a round is over, which nobody was told.
// All of it in a request for the repository, one for each branch, one for the open reverts, and one for each of two runs that may be flaky.
func TestRegressionsCommand(t *testing.T) {
	t.Parallel()
	s := regressionsStage(t, "regressions: {checks: [refleak]}\n")
	_, before := s.lands("main", "gh-1: Before", "success")
	first, _ := s.lands("main", "gh-2: First", "")
	second, bad := s.lands("main", "gh-3: Second", "failure")
	s.lands("3.14", "[3.14] gh-4: Good", "success")
	over, _ := s.lands("3.14", "[3.14] gh-5: Bad", "failure")
	_, fixed := s.lands("3.14", "[3.14] gh-6: Fix", "success")
	own := fmt.Sprintf("revert-%.7s-main", bad)
	for head, author := range map[string]string{own: s.github.BotLogin(), "eric:" + own: "eric"} {
		_, err := s.cpython.Push(head, ghtest.Commit{Message: "Revert", Author: "eric", From: "main", Files: map[string]ghtest.File{"r": ghtest.Text(head)}})
		s.check(err)
		_, err = s.cpython.OpenPR(ghtest.PR{Title: "Revert it", Author: author, Head: head, Base: "main"})
		s.check(err)
	}
	s.github.ResetRequests()
	code, text, stderr := s.regressions()
	asked := 0
	for _, r := range s.github.Requests() {
		if !strings.HasPrefix(r.Path, "/app") && !strings.HasSuffix(r.Path, "/installation") { // of the App's token
			asked++
		}
	}
	if code != exitFailed || stderr != "" {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	branches := strings.Count(text, "check fails") + strings.Count(text, "no checks have run")
	if want := 1 + branches + 1 + 2; asked != want {
		t.Errorf("%d requests for %d branches, want %d", asked, branches, want)
	}
	for _, part := range []string{
		"main: 1 check fails.\n\nrefleak: failing\n  fails since " + fmt.Sprintf("%.10s (#%d), at ", bad, second),
		fmt.Sprintf("    last passed on %.10s (#", before),
		fmt.Sprintf("    may be the cause: #%d and #%d\n    https://ci.example/failure\n    #", first, second),
		fmt.Sprintf(" would revert #%d\n", second),
		"3.14: no check fails.\n\nrefleak: passing\n  failed on ", fmt.Sprintf("passed again on %.10s (#", fixed),
		fmt.Sprintf("    may have been the cause: #%d\n", over),
		"python/cpython at ",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in\n%s", part, text)
		}
	}
	if strings.Count(text, "would revert") != 1 {
		t.Errorf("a stranger's pull request counts as a revert:\n%s", text)
	}
	if writes := s.cpython.Writes(); len(writes) != 0 {
		t.Errorf("written: %+v", writes)
	}
	code, text, _ = s.regressions("3.14", "--json")
	var r regressionsReport
	if err := json.Unmarshal([]byte(text), &r); err != nil || code != exitOK || len(r.Branches) != 1 || r.Branches[0].Branch != "3.14" ||
		r.Branches[0].Checks[0].State != regression.CheckPassing || r.Branches[0].Checks[0].Rounds[0].Fixed.SHA != fixed {
		t.Errorf("exit code %d, %v: %s", code, err, text)
	}
}

// TestRegressionsThatCannotBe: clear words, and nothing made up.
func TestRegressionsThatCannotBe(t *testing.T) {
	t.Parallel()
	s := regressionsStage(t, "regressions: {checks: [refleak]}\nnightly-builds: {builds: [{branch: main, workflow: nightly.yml}]}\n")
	off := regressionsStage(t, "")
	for name, c := range map[string]struct {
		on   *gapsStage
		args []string
		code int
		want string
	}{
		"a version without a branch": {s, []string{"3.99"}, exitMisuse, "finding the branch of 3.99: python/cpython doesn't have 3.99"},
		"a missing branch":           {s, []string{"nothing"}, exitMisuse, "python/cpython doesn't have nothing"},
		"a version in development":   {s, []string{"3.16"}, exitOK, "main: no checks have run."},
		"no nightly build yet":       {s, []string{"main"}, exitOK, "The nightly build nightly.yml hasn't run on these commits."},
		"nothing is watched":         {off, nil, exitFailed, "The settings name no checks that run after the merge here"},
		"a missing repository":       {s, []string{"--repository", "python/nothing"}, exitFailed, "is the App installed there?"},
	} {
		code, stdout, stderr := c.on.regressions(c.args...)
		if code != c.code || !strings.Contains(stdout+stderr, c.want) {
			t.Errorf("%s: exit code %d, want %d, and %q\n%s%s", name, code, c.code, c.want, stdout, stderr)
		}
	}
}
