package main

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// labeler pushes the repository's own file of label rules.
func (s *stage) labeler(text string) {
	s.Helper()
	_, err := s.cpython.Push("main", ghtest.Commit{Message: "Label rules", Author: "dana",
		Files: map[string]ghtest.File{".github/labeler.yml": ghtest.Text(text)}})
	s.check(err)
	if s.bot != nil {
		s.rests()
	}
}

// tool opens a pull request that changes one file, with a NEWS entry.
func (s *stage) tool(path string) int {
	s.Helper()
	return s.proposes(ghtest.PR{Title: "gh-140000: Fry", Author: "alice"}, map[string]ghtest.File{
		path: ghtest.Text(path), "Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst": ghtest.Text("Fry the spam.\n"),
	})
}

// TestLabeler: the file of a repository holds as it is on main; a broken one
// leaves the last good one in force, over a restart too.
func TestLabeler(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\nsweep: {pull-requests-per-minute: 400}\n") // the sweep of the restart is paced
	s.labeler("topic-tools:\n- changed-files:\n  - any-glob-to-any-file: Tools/**\n")
	s.start()
	s.labelled(s.tool("Tools/a.py"), "awaiting review", "topic-tools")
	s.labelled(s.tool("PC/a.py"), "awaiting review")

	s.labeler("topic-mac:\n- changed-files:\n  - any-glob-to-any-file: Mac/**\n")
	s.labelled(s.tool("Mac/b.py"), "awaiting review", "topic-mac")
	s.labelled(s.tool("Tools/b.py"), "awaiting review")

	s.labeler("topic-tools:\n- changed-files:\n  - any-glob-to-any-file: 'Tools/[a'\nnonsense: {a: [}\n")
	s.labelled(s.tool("Mac/c.py"), "awaiting review", "topic-mac")
	if line := s.awaitLog("a repository's file has faults: its last good version stays in force"); !strings.Contains(line,
		".github/labeler.yml:") {
		t.Errorf("the log does not name the place: %s", line)
	}
	s.bot.stop(t)
	s.start()
	n := s.tool("Mac/d.py")
	s.labelled(n, "awaiting review", "topic-mac")
	s.quiet(n)

	s.labeler("topic-tools:\n- changed-files:\n  - any-glob-to-any-file: Tools/**\n")
	s.labelled(s.tool("Tools/e.py"), "awaiting review", "topic-tools")
}

// TestPeopleWin: a suggested label that a person took off is not put back, and one
// that a person set stays.
func TestPeopleWin(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	n := s.tool("Lib/spam.py")
	s.labelled(n, "awaiting review", "stdlib")
	s.then(func() error { return s.cpython.Unlabel(n, "carol", "stdlib") })
	s.then(func() error { return s.cpython.Label(n, "carol", "interpreter-core") })
	s.then(func() error {
		_, err := s.cpython.Push(s.pr(n).Head, ghtest.Commit{Message: "More", Author: "alice",
			Files: map[string]ghtest.File{"Lib/eggs.py": ghtest.Text("fry\n")}})
		return err
	})
	s.then(func() error { return s.cpython.EditTitle(n, "gh-140001: Fry") })
	s.labelled(n, "awaiting review", "interpreter-core")
	s.bot.stop(t)
	s.start()
	s.rests()
	s.labelled(n, "awaiting review", "interpreter-core")
	s.quiet(n)
}

// oddLabels are names that a path, a query or a program may take for something
// else.
var oddLabels = []string{"a#b/c?d%e", "%2e%2e", "..", "🐍 snake", ":hammer: test-with-buildbots", "<b>&amp;</b>", "\"quoted\" \\ 'name'",
	"ünïcödé"}

// TestOddLabels: they are made, set, taken off and counted as any other.
func TestOddLabels(t *testing.T) {
	t.Parallel()
	for name, there := range map[string]bool{"made by the bot": false, "there already": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			var rules strings.Builder
			for _, label := range oddLabels {
				if there {
					s.check(s.cpython.SetLabel(ghtest.Label{Name: label}))
				}
				rules.WriteString("'" + strings.ReplaceAll(label, "'", "''") + "':\n- changed-files:\n  - any-glob-to-any-file: Tools/**\n")
			}
			s.labeler(rules.String())
			s.start()
			n := s.tool("Tools/a.py")
			s.labelled(n, append(slices.Clone(oddLabels), "awaiting review")...)
			s.then(func() error { return s.cpython.Unlabel(n, "carol", oddLabels...) })
			s.says(n, "eric", "Nice!")
			s.labelled(n, "awaiting review")
			s.quiet(n)
			known := map[string]int{}
			for _, l := range s.cpython.Labels() {
				known[strings.ToLower(l.Name)]++
			}
			for _, label := range oddLabels {
				if known[strings.ToLower(label)] != 1 {
					t.Errorf("the repository has the label %q %d times", label, known[strings.ToLower(label)])
				}
			}
		})
	}
}

// TestMissingLabels: labels that the repository does not have are made as the
// settings say how they look, or are left out, and the rest goes on.
func TestMissingLabels(t *testing.T) {
	t.Parallel()
	for _, missing := range []string{"create", "refuse"} {
		t.Run(missing, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			s.settings("preset: cpython\nlabels: {missing: " + missing + "}\n")
			for _, name := range []string{"stdlib", "skip news", "awaiting merge"} {
				s.check(s.cpython.DeleteLabel(name))
			}
			s.labeler("topic-spam:\n- changed-files:\n  - any-glob-to-any-file: Lib/**\ntype-feature:\n- changed-files:\n  - " +
				"any-glob-to-any-file: Lib/**\n")
			s.start()
			n := s.tool("Lib/spam.py")
			s.has(n, newsContext, "success", "News entry found in Misc/NEWS.d")
			labels := s.cpython.Labels()
			at := slices.IndexFunc(labels, func(l ghtest.Label) bool { return l.Name == "stdlib" })
			if missing == "refuse" {
				s.labelled(n, "awaiting review", "type-feature")
				if at >= 0 || slices.ContainsFunc(labels, func(l ghtest.Label) bool { return l.Name == "topic-spam" }) {
					t.Errorf("labels were made: %+v", labels)
				}
				s.gives(n, "dana", "APPROVED") // the bot still works on it
				s.labelled(n, "type-feature")
				s.quiet(n)
				return
			}
			s.labelled(n, "awaiting review", "stdlib", "topic-spam", "type-feature")
			s.gives(n, "dana", "APPROVED")
			s.labelled(n, "awaiting merge", "stdlib", "topic-spam", "type-feature")
			if want := (ghtest.Label{Name: "stdlib", Color: "09fc59", Description: "Standard library modules in Lib"}); at < 0 ||
				labels[at] != want {
				t.Errorf("the labels are %+v, want %+v among them", labels, want)
			}
			s.quiet(n)
		})
	}
}

// TestLabelIsDeletedMeanwhile: a label that someone deletes while the bot is about
// to set it is made again, and the others are set.
func TestLabelIsDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.labelled(s.tool("Lib/spam.py"), "awaiting review", "stdlib") // the ids are known now
	s.check(s.github.Fault(ghtest.Fault{Method: http.MethodPost, Path: "^/graphql$", Contains: `"number":2,`, Then: func() {
		if err := s.cpython.DeleteLabel("stdlib"); err != nil {
			t.Error(err)
		}
	}}))
	s.github.Advance(time.Minute)
	n := s.tool("Lib/eggs.py")
	s.labelled(n, "awaiting review", "stdlib")
	s.quiet(n)
}

// TestLooksOfLabels: whichever rule sets a label, it looks as the settings say.
func TestLooksOfLabels(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.settings("preset: cpython\nconflicts: {mode: on}\n")
	s.check(s.cpython.DeleteLabel("awaiting review"))
	s.start()
	_, err := s.cpython.ForcePush("alice:3.13", "3.13")
	s.check(err)
	_, err = s.cpython.OpenPR(ghtest.PR{Title: "3.13", Author: "alice", Head: "alice:3.13"})
	s.check(err)
	s.rests()
	_, err = s.cpython.ForcePush("alice:conflict", "3.13",
		ghtest.Commit{Message: "Level", Author: "alice", Files: map[string]ghtest.File{"Include/patchlevel.h": ghtest.Text("1\n")}})
	s.check(err)
	n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Level", Author: "alice", Head: "alice:conflict"})
	s.check(err)
	s.rests()
	s.labelled(n, "awaiting review", "merge conflict")
	want := []ghtest.Label{
		{Name: "awaiting review", Color: "fbca04", Description: "Waits for a first review"},
		{Name: "invalid", Color: "e6e6e6", Description: "Spam or a mistake"},
		{Name: "merge conflict", Color: "d93f0b", Description: "Conflicts with its base branch"},
	}
	for _, label := range want {
		if got := s.cpython.Labels(); !slices.Contains(got, label) {
			t.Errorf("there is no label %+v among %+v", label, got)
		}
	}
}
