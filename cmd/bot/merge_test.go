package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// phases puts the branches of the small CPython into phases that do not depend
// on the day on which the tests run. Most tests have no CI to wait for.
const phases = `
preset: cpython
backport:
  wait-for-checks: 0
  overrides:
    - {version: "3.15", phase: bugfix}
    - {version: "3.14", phase: bugfix}
    - {version: "3.13", phase: bugfix}
    - {version: "3.12", phase: security}
    - {version: "3.9", phase: end-of-life}
`

// backportStage is a stage whose branches have fixed phases. More lines of the
// settings may follow them.
func backportStage(t testing.TB, more ...string) *stage {
	t.Helper()
	return newStage(t).settings(phases + strings.Join(more, "\n"))
}

// settings are those of the operator.
func (s *stage) settings(text string) *stage {
	s.Helper()
	file := filepath.Join(s.TempDir(), "concorde.yml")
	s.check(os.WriteFile(file, []byte(text), 0o600))
	s.environment["BOT_CONFIG"] = file
	return s
}

// change opens a pull request, with labels.
func (s *stage) change(title string, files map[string]ghtest.File, labels ...string) int {
	s.Helper()
	head := fmt.Sprintf("eric:change-%d", len(s.cpython.PRs())+1)
	_, err := s.cpython.Push(head, ghtest.Commit{Message: title, Author: "eric", Files: files})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: "eric", Association: "MEMBER", Head: head, Labels: labels})
	s.check(err)
	return number
}

// backports are the pull requests of the bot into a branch.
func (s *stage) backports(base string) []ghtest.PRState {
	var found []ghtest.PRState
	for _, p := range s.cpython.PRs() {
		if p.Base == base && p.Author == s.github.BotLogin() {
			found = append(found, p)
		}
	}
	return found
}

// statusComment is the status comment of a pull request, "" without one.
func (s *stage) statusComment(number int) string {
	s.Helper()
	state, err := s.cpython.PR(number)
	s.check(err)
	comment, count := "", 0
	for _, c := range state.Comments {
		if strings.Contains(c.Body, "concorde:backports:") {
			comment, count = c.Body, count+1
		}
	}
	if count > 1 {
		s.Errorf("#%d has %d status comments", number, count)
	}
	return comment
}

// shows waits until the status comment has all of the words.
func (s *stage) shows(number int, words ...string) {
	s.Helper()
	s.eventually(fmt.Sprintf("the status comment of #%d to show %q", number, words), func() bool {
		comment := s.statusComment(number)
		for _, word := range words {
			if !strings.Contains(comment, word) {
				return false
			}
		}
		return true
	}, func() string { return s.statusComment(number) })
}

// eventually tells what there was instead.
func (s *stage) eventually(what string, is func() bool, instead func() string) {
	s.Helper()
	if s.rest != nil {
		if s.rest(); !is() {
			s.Fatalf("%s: there is %s", what, instead())
		}
		return
	}
	before := s.Failed()
	defer func() {
		if s.Failed() && !before {
			s.Logf("there is:\n%s\nlog:\n%s", instead(), s.bot.log)
		}
	}()
	within(s, cmp.Or(s.patience, patience), what, func() bool { s.pace(); return is() })
}

// A merge with three targets: one clean, one with conflicts, one at its end of
// life. Then the backports live on.
func TestMergeWithThreeTargets(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	_, err := s.cpython.Push("3.13", ghtest.Commit{Message: "gh-1: Other words (GH-9)", Author: "carol",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n")}})
	s.check(err)
	number := s.change("gh-140001: Fix it", map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n\nEric\n")},
		"type-bug", "skip news", "needs backport to 3.14", "needs backport to 3.13", "needs backport to 3.9")
	s.shows(number, "| 3.9 | not allowed |", "| 3.14 | waiting |")
	_, err = s.cpython.Merge(number, "dana")
	s.check(err)
	s.shows(number, "| 3.14 | open: #", "| 3.13 | conflict: #", "| 3.9 | not allowed |")
	clean, draft := s.backports("3.14"), s.backports("3.13")
	if len(clean) != 1 || len(draft) != 1 || clean[0].Draft || !draft[0].Draft {
		t.Fatalf("backports: %+v, %+v", clean, draft)
	}
	if !strings.Contains(draft[0].Body, "`Misc/ACKS`, line 1") {
		t.Errorf("the draft does not name the conflict: %s", draft[0].Body)
	}
	if want := fmt.Sprintf("[3.14] gh-140001: Fix it (GH-%d)", number); clean[0].Title != want {
		t.Errorf("the title is %q, want %q", clean[0].Title, want)
	}
	s.eventually("labels", func() bool {
		state, err := s.cpython.PR(clean[0].Number)
		s.check(err)
		original, err := s.cpython.PR(number)
		s.check(err)
		return len(state.Labels) == 3 && len(original.Labels) == 2 // the backport awaits a review, too
	}, func() string { return fmt.Sprint(s.cpython.PRs()) })
	s.eventually("the draft to be somebody's", func() bool {
		state, err := s.cpython.PR(draft[0].Number)
		s.check(err)
		return state.Statuses["concorde/backport-conflict"].State == "failure" && len(state.Assignees) == 1 && state.Assignees[0] == "dana"
	}, func() string { return fmt.Sprint(s.cpython.PRs()) })

	// Someone resolves the conflict and approves.
	_, err = s.cpython.Push(s.headOf(draft[0]), ghtest.Commit{Message: "Resolve", Author: "dana",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n\nEric\n")}})
	s.check(err)
	s.eventually("the conflict to be resolved", func() bool {
		state, err := s.cpython.PR(draft[0].Number)
		s.check(err)
		return state.Statuses["concorde/backport-conflict"].State == "success"
	}, func() string { return fmt.Sprint(s.cpython.PRs()) })
	s.check(s.cpython.SetDraft(draft[0].Number, false))
	s.shows(number, "| 3.13 | open: #")
	for _, p := range []ghtest.PRState{clean[0], draft[0]} {
		_, err = s.cpython.Review(p.Number, "dana", "APPROVED", "")
		s.check(err)
	}
	s.shows(number, "| 3.14 | merged: #", "| 3.13 | merged: #")
	eventually(t, "rest", s.bot.idle)
	for _, name := range s.cpython.Branches() {
		if strings.HasPrefix(name, "backport-") {
			t.Errorf("the branch %s is left", name)
		}
	}
}

func (s *stage) headOf(p ghtest.PRState) string {
	_, branch, _ := strings.Cut(p.Head, ":")
	return branch
}
