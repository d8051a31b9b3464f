package main

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestWrongBranch: a fork's maintenance branch that brings nothing is closed,
// kindly and once; what a person opens again stays open.
func TestWrongBranch(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	_, err := s.cpython.ForcePush("alice:3.13", "3.13")
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "3.13", Author: "alice", Head: "alice:3.13"})
	s.check(err)
	s.rests()
	if state := s.pr(n).State; state != "closed" {
		t.Errorf("it is %s", state)
	}
	if labels := s.pr(n).Labels; !strings.Contains(strings.Join(labels, ","), "invalid") {
		t.Errorf("the labels are %q", labels)
	}
	s.answered(n, "Nothing is lost")
	s.quiet(n)
	s.then(func() error { return s.cpython.Reopen(n, "carol") })
	s.then(func() error { return s.cpython.EditBody(n, "Look again.") })
	if state := s.pr(n).State; state != "open" {
		t.Errorf("opened again, it is %s", state)
	}
	s.then(func() error {
		_, err := s.cpython.Push("alice:3.13", ghtest.Commit{Message: "More", Author: "alice",
			Files: map[string]ghtest.File{"Tools/spam.py": ghtest.Text("fry\n")}})
		return err
	})
	if state := s.pr(n).State; state != "open" {
		t.Errorf("after a push it is %s", state)
	}
	s.answered(n, "Nothing is lost")
	closed := 0
	for _, w := range s.cpython.Writes() {
		if w.Kind == "close" {
			closed++
		}
	}
	if closed != 1 {
		t.Errorf("it was closed %d times", closed)
	}
	s.quiet(n)
}

// TestHonestBranch: a branch that only looks like a maintenance branch is left
// alone; one with the name of such a branch, and a change in it, stays open.
func TestHonestBranch(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	files := map[string]ghtest.File{"Tools/spam.py": ghtest.Text("fry\n")}
	n := s.proposes(ghtest.PR{Title: "gh-140000: Fry", Author: "alice", Head: "alice:3.99"}, files)
	s.labelled(n, "awaiting review")
	s.answered(n)
	doubtful := s.proposes(ghtest.PR{Title: "gh-140000: Fry", Author: "eric", Head: "eric:3.14"}, files)
	s.labelled(doubtful, "awaiting review")
	s.answered(doubtful, "It stays open")
	for _, number := range []int{n, doubtful} {
		if state := s.pr(number).State; state != "open" {
			t.Errorf("#%d is %s", number, state)
		}
		s.quiet(number)
	}
}

// TestTitle: a title that a maintenance branch cannot have gets a better one.
func TestTitle(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	_, err := s.cpython.ForcePush("alice:fix", "3.13", ghtest.Commit{Message: "Fry", Author: "alice",
		Files: map[string]ghtest.File{"Tools/spam.py": ghtest.Text("fry\n")}})
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "[3.12] gh-140000: Fry ``` @dana (#140001)", Author: "alice", Head: "alice:fix", Base: "3.13"})
	s.check(err)
	s.rests()
	const status = "bedevere/maintenance-branch-pr"
	const valid, invalid = "Valid maintenance branch PR title.", "Not a valid maintenance branch PR title."
	s.has(n, status, "failure", invalid)
	run := s.titleRun(n)
	if want := "\n````\n[3.13] gh-140000: Fry ``` @dana (GH-140001)\n````"; run.Conclusion != "failure" ||
		!strings.Contains(run.Summary, want) {
		t.Errorf("the check run is %+v, want %q in it", run, want)
	}
	s.check(s.cpython.EditTitle(n, "[3.13] gh-140000: Fry (GH-140001)"))
	s.has(n, status, "success", valid)
	s.rests()
	if run := s.titleRun(n); run.Conclusion != "success" {
		t.Errorf("the check run of a good title is %+v", run)
	}
	s.check(s.cpython.EditBase(n, "3.12"))
	s.has(n, status, "failure", invalid)
	s.quiet(n)
}

// titleRun is the newest check run on the title.
func (s *stage) titleRun(number int) (run ghtest.CheckRun) {
	s.Helper()
	for _, r := range s.pr(number).CheckRuns {
		if r.Name == "Title" {
			run = r
		}
	}
	return run
}
