package main

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

const bugForm = "### Bug report\n\nIt burns.\n\n### CPython versions tested on:\n\n3.14, 3.16\n\n### Operating systems tested on:\n\n" +
	"Windows\n\n### Output from running 'python -VV' on the command line:\n\n_No response_\n"

// TestIssueForm: what someone answered in the form becomes labels, which people
// may take off; and anyone may ask why they are there.
func TestIssueForm(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	n, err := s.cpython.OpenIssue(ghtest.Issue{Title: "It burns", Body: bugForm, Author: "eric"})
	s.check(err)
	s.rests()
	s.labelled(n, "3.14", "3.16", "OS-windows")
	s.then(func() error { return s.cpython.Unlabel(n, "carol", "3.16") })
	id := s.says(n, "mallory", me+" why")
	s.reacted(n, id, "+1")
	s.answered(n, "| label `OS-windows` | rule `labels` |")
	id = s.says(n, "carol", me+" backport 3.14\n"+me+" ready\n"+me+" label +\"awaiting merge\"")
	s.reacted(n, id, "confused")
	s.labelled(n, "3.14", "OS-windows")
	s.answered(n, "| label `OS-windows` | rule `labels` |", "this only works on pull requests")
	s.quiet(n)
}

// TestConflictLabel: it comes when main moves on, and goes when the conflict does.
func TestConflictLabel(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\nconflicts: {mode: on}\n")
	s.start()
	n := s.proposes(ghtest.PR{Title: "gh-140000: Thanks", Author: "alice"},
		map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n\nAlice\n")})
	s.labelled(n, "awaiting review")
	s.then(func() error {
		_, err := s.cpython.Push("main", ghtest.Commit{Message: "Other words", Author: "dana",
			Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n")}})
		return err
	})
	s.says(n, "eric", "Nice, @concorde!")
	s.labelled(n, "awaiting review", "merge conflict")
	s.then(func() error {
		_, err := s.cpython.ForcePush(s.pr(n).Head, "main",
			ghtest.Commit{Message: "Again", Author: "alice", Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n\nAlice\n")}})
		return err
	})
	s.labelled(n, "awaiting review")
	s.answered(n)
	s.quiet(n)
}
