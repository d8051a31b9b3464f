package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// reverting is a running stage with a merged change, and who the bot is.
func reverting(t *testing.T) (s *stage, m *merged, me string) {
	t.Helper()
	s, me = commanded(t, "")
	m = s.lands("gh-140001: Fix it", "type-bug")
	_, err := s.cpython.Push("main", ghtest.Commit{Message: "Something else",
		Files: map[string]ghtest.File{"Lib/else.py": ghtest.Text("1\n")}})
	s.check(err)
	s.rests()
	return s, m, me
}

// reverts are the bot's pull requests that revert one.
func (s *stage) reverts(number int) (found []ghtest.PRState) {
	for _, p := range s.cpython.PRs() {
		if p.Author == s.github.BotLogin() && strings.HasPrefix(p.Body, fmt.Sprintf("Reverts #%d,", number)) {
			found = append(found, p)
		}
	}
	return found
}

// note is the bot's comment with some words, "" without one.
func (s *stage) note(number int, words string) string {
	for _, c := range s.pr(number).Comments {
		if c.Author == s.github.BotLogin() && strings.Contains(c.Body, words) {
			return c.Body
		}
	}
	return ""
}

// TestRevert: a core developer's command makes the pull request that reverts a merged one, once. It has the labels, leads back, and once
// it's merged, the branch is as it was.
func TestRevert(t *testing.T) {
	t.Parallel()
	s, m, me := reverting(t)
	id := s.says(m.number, "dana", me+" revert it breaks the refleak buildbots")
	s.eventually("the revert to be open", func() bool { return s.note(m.number, "reverts this pull request") != "" },
		func() string { return fmt.Sprintf("%+v", s.pr(m.number).Comments) })
	s.rests()
	s.reacted(m.number, id, "+1")
	s.says(m.number, "dana", me+" revert")
	s.rests()
	all := s.reverts(m.number)
	if len(all) != 1 {
		t.Fatalf("there are %d reverts", len(all))
	}
	p := s.pr(all[0].Number)
	title := fmt.Sprintf(`Revert "gh-140001: Fix it (GH-%d)"`, m.number)
	if p.Title != title || !slices.Contains(p.Labels, "type-bug") || !slices.Contains(p.Labels, "skip news") || p.Base != "main" ||
		!strings.Contains(p.Body, m.sha) || !strings.Contains(p.Body, "it breaks the refleak buildbots") {
		t.Errorf("the revert is %+v", p)
	}
	if state := p.Statuses["bedevere/issue-number"]; state.State != "success" {
		t.Errorf("its title has no issue for the bot: %+v", state)
	}
	if note := s.note(m.number, "reverts this pull request"); !strings.Contains(note, fmt.Sprintf("#%d", p.Number)) {
		t.Errorf("the comment doesn't lead there: %s", note)
	}
	_, err := s.cpython.Merge(p.Number, "dana")
	s.check(err)
	s.eventually("the comment to say that it's merged", func() bool { return s.note(m.number, "has reverted this pull request") != "" },
		func() string { return fmt.Sprintf("%+v", s.pr(m.number).Comments) })
	s.rests()
	if _, err := s.cpython.ReadFile("main", "Lib/gh-140001:_Fix_it"); err == nil {
		t.Error("the change is still there")
	}
	if _, err := s.cpython.ReadFile("main", "Lib/else.py"); err != nil {
		t.Errorf("what came later is gone: %v", err)
	}
	if branch := p.Head[strings.Index(p.Head, ":")+1:]; slices.Contains(s.cpython.Branches(), branch) {
		t.Errorf("the branch %s is left", branch)
	}
	s.quiet(m.number)
}

// TestRevertByOthers: who may not revert is told so, and nothing is pushed.
func TestRevertByOthers(t *testing.T) {
	t.Parallel()
	s, m, me := reverting(t)
	for _, login := range []string{"carol", "eric", "mallory"} { // a triager, the author, a stranger
		id := s.says(m.number, login, me+" revert")
		s.rests()
		s.reacted(m.number, id, "confused")
		if s.note(m.number, login+", I couldn't do that") == "" {
			t.Errorf("%s isn't told why", login)
		}
	}
	for _, w := range s.cpython.Writes() {
		if w.Kind == "push" || w.Kind == "pull" {
			t.Errorf("the bot wrote %+v", w)
		}
	}
	if all := s.reverts(m.number); len(all) > 0 {
		t.Errorf("there are %d reverts", len(all))
	}
}

// TestRevertConflict: a conflict is told with its files and the command for people, and nothing is pushed.
func TestRevertConflict(t *testing.T) {
	t.Parallel()
	s, m, me := reverting(t)
	_, err := s.cpython.Push("main", ghtest.Commit{Message: "Edit it", Files: map[string]ghtest.File{
		"Lib/gh-140001:_Fix_it": ghtest.Text("edited since\n")}})
	s.check(err)
	s.says(m.number, "dana", me+" revert")
	s.eventually("the conflict to be told", func() bool { return s.note(m.number, "git revert "+m.sha) != "" },
		func() string { return fmt.Sprintf("%+v", s.pr(m.number).Comments) })
	s.rests()
	if note := s.note(m.number, "git revert"); !strings.Contains(note, "`Lib/gh-140001:_Fix_it` (modify/delete)") {
		t.Errorf("it doesn't name the file: %s", note)
	}
	if all := s.reverts(m.number); len(all) > 0 || slices.ContainsFunc(s.cpython.Branches(), func(name string) bool {
		return strings.HasPrefix(name, "revert-")
	}) {
		t.Errorf("something was pushed: %+v", all)
	}
	s.quiet(m.number)
}

// TestRevertOfARevert: what a revert took away comes back by the same command on the revert.
func TestRevertOfARevert(t *testing.T) {
	t.Parallel()
	s, m, me := reverting(t)
	file := "Lib/gh-140001:_Fix_it"
	for i, number := range []int{m.number, 0} {
		if i == 1 {
			number = s.reverts(m.number)[0].Number
		}
		s.says(number, "dana", me+" revert")
		s.eventually("the revert to be open", func() bool { return len(s.reverts(number)) == 1 },
			func() string { return fmt.Sprintf("%+v", s.pr(number).Comments) })
		s.rests()
		_, err := s.cpython.Merge(s.reverts(number)[0].Number, "dana")
		s.check(err)
		s.rests()
		if _, err := s.cpython.ReadFile("main", file); (err == nil) != (i == 1) {
			t.Errorf("after revert %d: %v", i+1, err)
		}
	}
	first := s.reverts(m.number)[0].Number
	title := fmt.Sprintf(`Revert "Revert "gh-140001: Fix it (GH-%d)" (GH-%d)"`, m.number, first)
	if p := s.reverts(first)[0]; p.Title != title || !strings.Contains(p.Body, fmt.Sprintf("Reverts #%d, as", first)) {
		t.Errorf("%s\n%s", p.Title, p.Body)
	}
}

// TestRevertOfABackport: a merged backport is reverted on its own branch.
func TestRevertOfABackport(t *testing.T) {
	t.Parallel()
	s, me := commanded(t, "")
	head := "eric:backport"
	_, err := s.cpython.Push(head, ghtest.Commit{Message: "Fix", Author: "eric", From: "3.14", Files: map[string]ghtest.File{"Lib/b": ghtest.Text("b")}})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: "[3.14] gh-140001: Fix it (GH-1)", Author: "eric", Head: head, Base: "3.14"})
	s.check(err)
	s.rests()
	_, err = s.cpython.Merge(number, "dana")
	s.check(err)
	s.rests()
	s.says(number, "dana", me+" revert")
	s.eventually("the revert to be open", func() bool { return len(s.reverts(number)) == 1 },
		func() string { return fmt.Sprintf("%+v", s.pr(number).Comments) })
	want := fmt.Sprintf(`[3.14] Revert "gh-140001: Fix it (GH-1) (GH-%d)"`, number)
	if p := s.reverts(number)[0]; p.Base != "3.14" || p.Title != want {
		t.Errorf("into %s: %s, want %s", p.Base, p.Title, want)
	}
	s.rests()
	for _, text := range []string{"conflict", "couldn't"} {
		if note := s.note(number, text); note != "" {
			t.Error(note)
		}
	}
}
