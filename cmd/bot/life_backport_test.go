package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// opened is a stage with a merge whose backport to a branch is open.
func opened(t *testing.T, version, settings string, labels ...string) (*stage, *merged, ghtest.PRState) {
	t.Helper()
	return openedOn(backportStage(t, settings), version, labels...)
}

func openedOn(s *stage, version string, labels ...string) (*stage, *merged, ghtest.PRState) {
	s.Helper()
	s.start()
	for _, login := range []string{"dana", "carol", "Yhg1s"} {
		s.check(s.cpython.Collaborator(login, "write"))
	}
	m := s.afterMerge(append(labels, "needs backport to "+version)...)
	s.github.Resume()
	s.shows(m.number, "| "+version+" | open: #")
	s.rests()
	return s, m, s.fromBranch(m.branch(version))
}

// pr is a pull request as it is now.
func (s *stage) pr(number int) ghtest.PRState {
	s.Helper()
	state, err := s.cpython.PR(number)
	s.check(err)
	return state
}

func (s *stage) reviewed(number int, by, state string) {
	s.Helper()
	_, err := s.cpython.Review(number, by, state, strings.Repeat("Hm.", len(state)-len("APPROVED")))
	s.check(err)
}

// TestClosedBackport: the status comment tells that it is closed, its branch goes in
// time, and the label, set again, brings back both.
func TestClosedBackport(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]string{"branch kept": "", "branch deleted": "  delete-after: 0"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, m, p := opened(t, "3.14", settings)
			kept := settings == ""
			s.check(s.cpython.Close(p.Number, "carol"))
			s.shows(m.number, fmt.Sprintf("| 3.14 | closed: #%d | closed without merging; to request it again, set `needs backport to 3.14` "+
				"again |", p.Number))
			s.rests()
			if there := slices.Contains(s.cpython.Branches(), m.branch("3.14")); there != kept {
				t.Errorf("the branch is there: %v", there)
			}
			s.quiet(m.number)
			s.asks(m.number, "3.14")
			s.shows(m.number, fmt.Sprintf("| 3.14 | open: #%d |", p.Number))
			s.rests()
			again := s.fromBranch(m.branch("3.14"))
			if again.Number != p.Number || again.State != "open" || again.HeadSHA != p.HeadSHA || !again.HeadBranchExists {
				t.Errorf("the backport is %+v, want #%d at %s", again, p.Number, p.HeadSHA)
			}
			if labels := s.pr(m.number).Labels; !slices.Equal(labels, []string{"skip news"}) {
				t.Errorf("the original has the labels %q", labels)
			}
			s.quiet(m.number)
			s.reviewed(p.Number, "dana", "APPROVED")
			s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
			s.rests()
			if slices.Contains(s.cpython.Branches(), m.branch("3.14")) {
				t.Error("the branch of the merged backport is left")
			}
			s.quiet(m.number)
		})
	}
}

// TestBackportIsHeld: what is not to be merged is not, whoever approved it.
func TestBackportIsHeld(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	s.check(s.cpython.Label(p.Number, "carol", "DO-NOT-MERGE"))
	s.reviewed(p.Number, "dana", "APPROVED")
	s.quiet(p.Number)
	s.reviewed(p.Number, "carol", "CHANGES_REQUESTED")
	s.check(s.cpython.Unlabel(p.Number, "carol", "DO-NOT-MERGE"))
	s.quiet(p.Number)
	if state := s.pr(p.Number); state.State != "open" || state.AutoMerge != "" {
		t.Errorf("the backport is %+v", state)
	}
	s.reviewed(p.Number, "carol", "APPROVED")
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	head := s.commit(s.pr(p.Number).MergeSHA)
	if want := fmt.Sprintf("\n\n[3.14] gh-140001: Fix it (GH-%d) (GH-%d)\n\n(cherry picked from commit %s)\n", m.number, p.Number,
		m.sha); !strings.Contains(head, want) {
		t.Errorf("the merged commit is %q, want %q in it", head, want)
	}
	s.rests()
}

// TestSecurityBranch: the release manager is asked, and nobody else's approval
// merges.
func TestSecurityBranch(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.12", "", "type-security")
	if got := s.pr(p.Number).Reviewers; !slices.Equal(got, []string{"Yhg1s"}) {
		t.Errorf("asked for a review: %q", got)
	}
	s.reviewed(p.Number, "dana", "APPROVED")
	s.reviewed(p.Number, "Yhg1s", "APPROVED")
	s.quiet(p.Number)
	if state := s.pr(p.Number); state.State != "open" || state.AutoMerge != "" {
		t.Errorf("the bot merges into a security branch: %+v", state)
	}
	_, err := s.cpython.Merge(p.Number, "Yhg1s")
	s.check(err)
	s.shows(m.number, fmt.Sprintf("| 3.12 | merged: #%d |", p.Number))
	s.rests()
	if slices.Contains(s.cpython.Branches(), m.branch("3.12")) {
		t.Error("the branch is left")
	}
}

// protect has the base ask for a status that is not there yet.
func (s *stage) protect(base string) {
	s.Helper()
	s.check(s.cpython.Protect(base, ghtest.Protection{RequiredContexts: []string{"Tests"}}))
}

// guard has a push to a pull request into the base take its approvals back.
func (s *stage) guard(base string) {
	s.Helper()
	s.check(s.cpython.RequireReview(base, ghtest.RequiredReview{Required: 1, DismissStale: true}))
}

func (s *stage) green(p ghtest.PRState) {
	s.Helper()
	s.check(s.cpython.SetStatus(p.HeadSHA, "ci", ghtest.Status{Context: "Tests", State: "success"}))
}

// TestAutoMerge: where the base asks for more than an approval, GitHub merges in
// the end, unless someone objects.
func TestAutoMerge(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	s.protect("3.14")
	s.guard("3.14")
	s.reviewed(p.Number, "dana", "APPROVED")
	s.auto(p.Number, "squash")
	s.quiet(p.Number)
	s.reviewed(p.Number, "carol", "CHANGES_REQUESTED")
	s.auto(p.Number, "")
	s.quiet(p.Number)
	s.reviewed(p.Number, "carol", "APPROVED")
	s.auto(p.Number, "squash")
	s.check(s.cpython.Label(p.Number, "carol", "DO-NOT-MERGE"))
	s.auto(p.Number, "")
	s.check(s.cpython.Unlabel(p.Number, "carol", "DO-NOT-MERGE"))
	s.auto(p.Number, "squash")
	s.green(p)
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	s.rests()
}

// auto waits for auto-merge to be on, by a method, or off.
func (s *stage) auto(number int, method string) {
	s.Helper()
	s.eventually("auto-merge to be "+method, func() bool { return s.pr(number).AutoMerge == method },
		func() string { return fmt.Sprintf("%+v", s.pr(number)) })
}

// TestNoAutoMerge: where the repository does not allow auto-merge, the bot merges
// when all is green.
func TestNoAutoMerge(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	s.protect("3.14")
	s.guard("3.14")
	s.cpython.AllowAutoMerge(false)
	s.reviewed(p.Number, "dana", "APPROVED")
	s.rests()
	s.comments(p.Number)
	s.rests()
	if state := s.pr(p.Number); state.State != "open" || state.AutoMerge != "" {
		t.Errorf("it is merged before it is green: %+v", state)
	}
	s.green(p)
	s.comments(p.Number)
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	s.rests()
}

// TestConflictsAreNotMerged: neither a ready draft nor an approval merges what
// still has markers in it.
func TestConflictsAreNotMerged(t *testing.T) {
	t.Parallel()
	s := backportStage(t)
	s.check(s.cpython.Collaborator("carol", "write"))
	number := s.twoTargets()
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.ends(number)
	draft := s.backports("3.13")[0]
	s.check(s.cpython.SetDraft(draft.Number, false))
	s.reviewed(draft.Number, "dana", "APPROVED")
	s.quiet(draft.Number)
	if state := s.pr(draft.Number); state.State != "open" || state.Statuses["concorde/backport-conflict"].State != "failure" {
		t.Errorf("the draft is %+v", state)
	}
	_, err = s.cpython.Push(s.headOf(draft), ghtest.Commit{Message: "Resolve", Author: "dana",
		Files: map[string]ghtest.File{"Misc/ACKS": ghtest.Text("Thanks\n\nEric\n")}})
	s.check(err)
	resolved := func() bool { return s.pr(draft.Number).Statuses["concorde/backport-conflict"].State == "success" }
	s.eventually("the conflict to be resolved", resolved,
		func() string { return fmt.Sprintf("%+v", s.pr(draft.Number)) })
	s.reviewed(draft.Number, "carol", "APPROVED")
	s.shows(number, fmt.Sprintf("| 3.13 | merged: #%d |", draft.Number))
	if head := s.commit(s.pr(draft.Number).MergeSHA); strings.Contains(head, "backport-conflict") {
		t.Errorf("the merged commit speaks of conflicts: %s", head)
	}
	s.rests()
}
