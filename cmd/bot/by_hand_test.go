package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// byHand opens a pull request into a maintenance branch, from someone's fork.
func (s *stage) byHand(author, base, title string) int {
	s.Helper()
	head := fmt.Sprintf("%s:mine-%d", author, len(s.cpython.PRs()))
	_, err := s.cpython.Push(head, ghtest.Commit{Message: title, From: base, Author: author,
		Files: map[string]ghtest.File{"Misc/" + author: ghtest.Text(title + "\n")}})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: author, Association: "NONE", Head: head, Base: base})
	s.check(err)
	return number
}

// TestBackportsByHand of a triager are announced on the original though nothing
// there shows them, two at once, whatever becomes of them; its labels go before
// the merge, and theirs come.
func TestBackportsByHand(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("carol", "triage"))
	s.check(s.cpython.Collaborator("dana", "write"))
	number := s.change("gh-140001: Fix it", acks, "type-bug", "skip news", "needs backport to 3.14")
	s.rests()
	title := func(base string) string { return fmt.Sprintf("[%s] gh-140001: Fix it (GH-%d)", base, number) }
	s.github.Pause()
	newer, older := s.byHand("carol", "3.14", title("3.14")), s.byHand("carol", "3.13", title("3.13"))
	s.github.Resume()
	s.shows(number, fmt.Sprintf("| 3.14 | open: #%d | opened by carol", newer), fmt.Sprintf("| 3.13 | open: #%d | opened by carol", older),
		fmt.Sprintf("[GH-%d](%s/python/cpython/pull/%d) is a backport of this pull request to the [3.14 branch](", newer, s.github.URL, newer))
	s.rests()
	if labels := s.pr(number).Labels; slices.Contains(labels, "needs backport to 3.14") {
		t.Errorf("the original has the labels %s", labels)
	}
	for _, backport := range []int{newer, older} {
		if labels := s.pr(backport).Labels; !slices.Contains(labels, "skip news") || !slices.Contains(labels, "type-bug") {
			t.Errorf("#%d has the labels %s", backport, labels)
		}
	}
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.check(s.cpython.Close(older, "carol"))
	_, err = s.cpython.Merge(newer, "dana")
	s.check(err)
	s.shows(number, fmt.Sprintf("| 3.14 | merged: #%d |", newer), fmt.Sprintf("| 3.13 | closed: #%d |", older))
	s.quiet(number)
	s.quiet(newer)
	if n := len(s.backports("3.14")) + len(s.backports("3.13")); n > 0 {
		t.Errorf("the bot made %d backports", n)
	}
	s.inPlace()
}

// TestTitleBecomesThatOfABackport: an edit is as good as an opening. One of a
// stranger gets no comment made, until someone merges it.
func TestTitleBecomesThatOfABackport(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("carol", "triage"))
	s.check(s.cpython.Collaborator("dana", "write"))
	m := s.afterMerge()
	s.github.Resume()
	s.rests()
	title := func(base string) string { return fmt.Sprintf("[%s] gh-140001: Fix it (GH-%d)", base, m.number) }
	strangers := s.byHand("mallory", "3.13", title("3.13"))
	s.rests()
	if comment := s.statusComment(m.number); comment != "" {
		t.Errorf("a stranger got a comment made: %s", comment)
	}
	triagers := s.byHand("carol", "3.14", "[3.14] Fix that")
	s.rests()
	s.check(s.cpython.EditTitle(triagers, title("3.14")))
	s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d |", triagers))
	if comment := s.statusComment(m.number); strings.Contains(comment, "3.13") {
		t.Errorf("a stranger got a row: %s", comment)
	}
	_, err := s.cpython.Merge(strangers, "dana")
	s.check(err)
	s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d |", triagers), fmt.Sprintf("| 3.13 | merged: #%d |", strangers))
	s.quiet(m.number)
	s.inPlace()
}

// conflicting is a stage with a merge whose backport to 3.13 is a draft with
// conflicts, since something there isn't as on main.
func conflicting(t *testing.T) (*stage, *merged, ghtest.PRState) {
	t.Helper()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	_, err := s.cpython.Push("3.13", ghtest.Commit{Message: "gh-1: Other words (GH-9)", Author: "carol",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n")}})
	s.check(err)
	m := s.afterMerge("needs backport to 3.13")
	s.github.Resume()
	s.shows(m.number, "| 3.13 | conflict: #")
	s.rests()
	return s, m, s.fromBranch(m.branch("3.13"))
}

// settles takes away what the conflict on 3.13 comes from.
func (s *stage) settles() {
	s.Helper()
	_, err := s.cpython.Push("3.13", ghtest.Commit{Message: "gh-1: The same words (GH-10)", Author: "carol",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Acknowledgements\n")}})
	s.check(err)
}

// TestDraftIsPickedAgain when its label is set again: it still conflicts, then it
// doesn't, and the draft is as if there had been no conflict.
func TestDraftIsPickedAgain(t *testing.T) {
	t.Parallel()
	for name, closed := range map[string]bool{"open": false, "closed": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m, draft := conflicting(t)
			s.asks(m.number, "3.13")
			s.shows(m.number, fmt.Sprintf("| 3.13 | conflict: #%d | tried again, and it still has conflicts; resolve", draft.Number))
			s.rests()
			if now := s.pr(draft.Number); now.HeadSHA != draft.HeadSHA || !now.Draft {
				t.Errorf("the draft is another one: %+v", now)
			}
			s.settles()
			if closed {
				s.check(s.cpython.Close(draft.Number, "dana"))
				s.shows(m.number, fmt.Sprintf("| 3.13 | closed: #%d |", draft.Number))
				s.rests()
			}
			s.asks(m.number, "3.13")
			s.shows(m.number, fmt.Sprintf("| 3.13 | open: #%d |", draft.Number))
			s.rests()
			now := s.pr(draft.Number)
			if now.HeadSHA == draft.HeadSHA || now.State != "open" || now.Draft || strings.Contains(now.Body, "onflict") {
				t.Errorf("the draft is %+v", now)
			}
			if status := now.Statuses["concorde/backport-conflict"]; status.State != "success" {
				t.Errorf("the status is %+v", status)
			}
			if labels := s.pr(m.number).Labels; slices.Contains(labels, "needs backport to 3.13") {
				t.Errorf("the original has the labels %s", labels)
			}
			s.quiet(m.number)
			s.quiet(draft.Number)
			s.inPlace()
		})
	}
}

// TestDraftThatSomebodyPushedTo is left alone, and the status comment says why.
func TestDraftThatSomebodyPushedTo(t *testing.T) {
	t.Parallel()
	s, m, draft := conflicting(t)
	_, err := s.cpython.Push(m.branch("3.13"), ghtest.Commit{Message: "Half of it", Author: "dana",
		Files: map[string]ghtest.File{"Misc/dana": ghtest.Text("x\n")}})
	s.check(err)
	s.settles()
	s.rests()
	theirs := s.pr(draft.Number).HeadSHA
	s.asks(m.number, "3.13")
	s.shows(m.number, fmt.Sprintf("| 3.13 | conflict: #%d | someone pushed to its branch, so I left it alone; resolve", draft.Number))
	s.quiet(m.number)
	if now := s.pr(draft.Number); now.HeadSHA != theirs || !now.Draft {
		t.Errorf("the draft is %+v", now)
	}
	s.inPlace()
}
