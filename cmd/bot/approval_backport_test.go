package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// pushed is the pull request after someone pushed to its branch.
func (s *stage) pushed(p ghtest.PRState, by string) ghtest.PRState {
	s.Helper()
	_, err := s.cpython.Push(s.headOf(p), ghtest.Commit{Message: "More", Author: by,
		Files: map[string]ghtest.File{"Lib/more.py": ghtest.Text("import more\n")}})
	s.check(err)
	return s.pr(p.Number)
}

// unmerged checks that a pull request isn't merged, nor about to be.
func (s *stage) unmerged(number int) {
	s.Helper()
	if state := s.pr(number); state.State != "open" || state.AutoMerge != "" {
		s.Errorf("#%d is %s, its auto-merge %q", number, state.State, state.AutoMerge)
	}
}

// TestPushAfterApproval: where an approval outlives a push, GitHub isn't told to merge
// by itself, which would merge what was pushed since. The bot merges what was approved.
func TestPushAfterApproval(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "")
	s.check(s.cpython.Protect("3.14", ghtest.Protection{RequiredContexts: []string{"Tests"}, RequiredReviews: 1}))
	s.reviewed(p.Number, "dana", "APPROVED")
	s.quiet(p.Number)
	s.unmerged(p.Number)
	p = s.pushed(p, "carol")
	s.green(p)
	s.quiet(p.Number)
	s.unmerged(p.Number)
	s.reviewed(p.Number, "dana", "APPROVED")
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	s.rests()
}

// TestPushEndsAutoMerge: where a push takes approvals back, it ends the auto-merge too;
// so does another base, whatever the base asks for.
func TestPushEndsAutoMerge(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*stage, ghtest.PRState){
		"push": func(s *stage, p ghtest.PRState) { s.pushed(p, "carol") },
		"base": func(s *stage, p ghtest.PRState) { s.check(s.cpython.EditBase(p.Number, "3.13")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, p := opened(t, "3.14", "")
			for _, base := range []string{"3.14", "3.13"} {
				s.protect(base)
				s.guard(base)
			}
			s.reviewed(p.Number, "dana", "APPROVED")
			s.auto(p.Number, "squash")
			change(s, p)
			s.auto(p.Number, "")
			s.green(s.pr(p.Number))
			s.quiet(p.Number)
			s.unmerged(p.Number)
		})
	}
}

// TestWhoApproves: neither a bot nor a stranger, and with the setting nobody but core
// developers.
func TestWhoApproves(t *testing.T) {
	t.Parallel()
	s, m, p := opened(t, "3.14", "  approval-role: core\n")
	s.check(s.cpython.Collaborator("approver[bot]", "admin"))
	s.check(s.cpython.Collaborator("guido", "write"))
	for _, login := range []string{"approver[bot]", "mallory", "carol"} {
		s.reviewed(p.Number, login, "APPROVED")
		s.quiet(p.Number)
		s.unmerged(p.Number)
	}
	s.reviewed(p.Number, "guido", "APPROVED")
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	s.rests()
}

// TestSilenceIsNotGreen: while nobody but the bot reported on the head, the bot waits,
// until someone does.
func TestSilenceIsNotGreen(t *testing.T) {
	t.Parallel()
	waiting := newStage(t)
	waiting.settings(strings.Replace(phases, "wait-for-checks: 0", "wait-for-checks: 60", 1))
	s, m, p := openedOn(waiting, "3.14")
	s.reviewed(p.Number, "dana", "APPROVED")
	s.quiet(p.Number)
	s.unmerged(p.Number)
	s.check(s.cpython.CheckRun(p.HeadSHA, "github-actions", "Tests", ""))
	s.quiet(p.Number)
	s.unmerged(p.Number)
	s.check(s.cpython.CheckRun(p.HeadSHA, "github-actions", "Tests", "success"))
	s.shows(m.number, fmt.Sprintf("| 3.14 | merged: #%d |", p.Number))
	s.rests()
}

// TestLookAlikes: a stranger's branch is named like the bot's, and has its very pick
// in it. That neither stops the bot, nor shows on the status comment, nor keeps the bot's branch.
func TestLookAlikes(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	m := s.afterMerge("needs backport to 3.14", "needs backport to 3.13")
	alike := func(title, base, onto string) int {
		head := "mallory:" + m.branch(base)
		_, err := s.cpython.ForcePush(head, onto, ghtest.Commit{Message: "Evil", Author: "mallory",
			Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import evil\n")}})
		s.check(err)
		n, err := s.cpython.OpenPR(ghtest.PR{Title: title, Author: "mallory", Association: "NONE", Head: head, Base: base})
		s.check(err)
		return n
	}
	alike("Mine", "3.14", "3.14")
	alike(fmt.Sprintf("[3.13] gh-140001: Fix it (GH-%d)", m.number), "3.13", "3.13")
	s.github.Resume()
	s.shows(m.number, "| 3.14 | open: #", "| 3.13 | open: #")
	s.rests()
	for _, base := range []string{"3.14", "3.13"} {
		own := s.backports(base)
		if len(own) != 1 || !strings.Contains(s.statusComment(m.number), fmt.Sprintf("| %s | open: #%d |", base, own[0].Number)) {
			t.Fatalf("the bot's to %s: %+v", base, own)
		}
		s.reviewed(own[0].Number, "dana", "APPROVED")
	}
	s.shows(m.number, "| 3.14 | merged: #", "| 3.13 | merged: #")
	s.rests()
	for _, name := range s.cpython.Branches() {
		if strings.HasPrefix(name, "backport-") {
			t.Errorf("the branch %s is left", name)
		}
	}
	s.inPlace()
}

// TestQueuedWithConflicts: of what a merge queue merged, the draft is for whoever
// queued it.
func TestQueuedWithConflicts(t *testing.T) {
	t.Parallel()
	s := backportStage(t)
	s.check(s.cpython.Collaborator("carol", "write"))
	number := s.twoTargets()
	s.rests()
	_, err := s.cpython.QueueBy(number, "carol")
	s.check(err)
	_, err = s.cpython.MergeQueued(number)
	s.check(err)
	s.shows(number, "| 3.13 | conflict: #", "and carol for merging it")
	draft := s.backports("3.13")[0].Number
	s.eventually("the draft to be carol's", func() bool { a := s.pr(draft).Assignees; return len(a) == 1 && a[0] == "carol" },
		func() string { return fmt.Sprintf("%+v", s.pr(draft)) })
	s.quiet(draft)
}

// TestStackedPulls: what is merged into another pull request's branch is backported
// once it is on main: by itself, or with what brought it there.
func TestStackedPulls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		method, label, want string
		backports           int
	}{
		"merge commit": {"merge", "docs", "| 3.14 | open: #", 1},
		"squash": {"squash", "docs", "| 3.14 | not allowed | it reached main as part of #1, without a commit of its own: set " +
			"`needs backport to 3.14` on #1 instead |", 0},
		"both request the same": {"merge", "needs backport to 3.14",
			"| 3.14 | not allowed | it will be backported with #1, which brought it to main |", 1},
		"squash, both request it": {"squash", "needs backport to 3.14",
			"| 3.14 | not allowed | it will be backported with #1, which brought it to main |", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := backportStage(t).start()
			s.check(s.cpython.Collaborator("dana", "write"))
			open := func(head, base, file string, labels ...string) int {
				_, err := s.cpython.Push(head, ghtest.Commit{Message: "gh-140001: Fix " + file, From: base, Author: "dana",
					Files: map[string]ghtest.File{file: ghtest.Text("pass\n")}})
				s.check(err)
				n, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-140001: Fix " + file, Author: "dana", Association: "MEMBER", Head: head, Base: base,
					Labels: append(labels, "skip news")})
				s.check(err)
				return n
			}
			outer := open("feature", "main", "Lib/a.py", c.label)
			inner := open("detail", "feature", "Lib/b.py", "needs backport to 3.14")
			s.rests()
			_, err := s.cpython.Merge(inner, "dana")
			s.check(err)
			s.shows(inner, fmt.Sprintf("| 3.14 | waiting | it was merged into `feature`, and will be backported once #%d brings it to main |",
				outer))
			s.quiet(inner)
			if n := len(s.backports("3.14")); n != 0 {
				t.Fatalf("%d backports before it's on main", n)
			}
			_, err = s.cpython.MergeBy(outer, "dana", c.method)
			s.check(err)
			s.rests()
			s.check(s.cpython.Label(inner, "dana", "docs")) // or hours later, by itself
			s.shows(inner, c.want)
			s.quiet(inner)
			if all := s.backports("3.14"); len(all) != c.backports {
				t.Errorf("%d backports: %+v", len(all), all)
			}
		})
	}
}
