package main

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestOddWordsOfBackports: whatever words a change was merged with, its backport
// has them, with GH-numbers and the line that says where it comes from.
func TestOddWordsOfBackports(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	long := strings.Repeat("very ", 60) + "long"
	body := strings.Repeat("All work and no play @python #24680 makes ``Jack``.\n", 1300)[:64999]
	cases := []struct{ name, subject, body, title, message string }{
		{"plain", "gh-1: Fix it", "Why.", "gh-1: Fix it", "Why.\nPICKED\n\nCREDIT\n"},
		{"no body", "gh-1: Fix it", "", "gh-1: Fix it", "PICKED\n\nCREDIT\n"},
		{"300 characters", "gh-1: " + long, "", "", "PICKED\n\nCREDIT\n"},
		{"newlines", "gh-1: One\ntwo", "Three.", "gh-1: One", "two\n\nThree.\nPICKED\n\nCREDIT\n"},
		{"control characters", "gh-1: One\x1b[31m\ttwo\x07", "\x00Three.", "gh-1: One [31m\ttwo", " Three.\nPICKED\n\nCREDIT\n"},
		{"Markdown and mentions", "gh-1: `x` | @python/core <!-- y --> #24680 #7", "|", "gh-1: `x` | @python/core <!-- y --> GH-24680 #7",
			"|\nPICKED\n\nCREDIT\n"},
		{"branch in the title", "[3.15] [3.16] gh-1: Fix it", "", "gh-1: Fix it", "PICKED\n\nCREDIT\n"},
		{"nothing but a branch", "[3.15]", "", "Backport", "PICKED\n\nCREDIT\n"},
		{"like an option", "--upload-pack=x", "--", "--upload-pack=x", "--\nPICKED\n\nCREDIT\n"},
		{"right to left", "gh-1: \u202eFix it", "", "gh-1: \u202eFix it", "PICKED\n\nCREDIT\n"},
		{"trailers", "gh-1: Fix it", "Why.\n\nCo-authored-by: A B <a@example.com>\nSigned-off-by: C <c@example.com>", "gh-1: Fix it",
			"Why.\nPICKED\n\nCREDIT\nCo-authored-by: A B <a@example.com>\nSigned-off-by: C <c@example.com>\n"},
		{"folded trailers", "gh-1: Fix it", "Why.\n\nReviewed-by: A\n  of B\nFixes: x", "gh-1: Fix it",
			"Why.\nPICKED\n\nCREDIT\nReviewed-by: A\n  of B\nFixes: x\n"},
		{"picked before", "gh-1: Fix it", "Why.\n(cherry picked from commit 1234567)\n\nCo-authored-by: A <a@example.com>", "gh-1: Fix it",
			"Why.\n(cherry picked from commit 1234567)\nPICKED\n\nCREDIT\nCo-authored-by: A <a@example.com>\n"},
		{"trailers alone", "gh-1: Fix it", "Co-authored-by: A <a@example.com>", "gh-1: Fix it",
			"PICKED\n\nCREDIT\nCo-authored-by: A <a@example.com>\n"},
		{"not quite trailers", "gh-1: Fix it", "Why.\n\nNote: this\nis text.", "gh-1: Fix it",
			"Why.\n\nNote: this\nis text.\nPICKED\n\nCREDIT\n"},
		{"CRLF", "gh-1: Fix it", "Why.\r\n\r\nCo-authored-by: A <a@example.com>\r\n", "gh-1: Fix it",
			"Why.\nPICKED\n\nCREDIT\nCo-authored-by: A <a@example.com>\n"},
		{"65,000 characters", "gh-1: Fix it", body, "gh-1: Fix it", strings.ReplaceAll(body, "#24680", "GH-24680") + "\nPICKED\n\nCREDIT\n"},
	}
	var all []*merged
	for i, c := range cases {
		number := s.change(c.name, one(i), "skip news", "needs backport to 3.14")
		sha, err := s.cpython.MergeWith(number, ghtest.MergeOptions{By: "dana", Title: c.subject, Body: c.body})
		s.check(err)
		all = append(all, &merged{number, sha})
		s.shows(number, "| 3.14 | open: #") // picks all at once would wait for turns
	}
	for i, c := range cases {
		m := all[i]
		p := s.fromBranch(m.branch("3.14"))
		ending := fmt.Sprintf(" (GH-%d)", m.number)
		if want := "[3.14] " + c.title + ending; c.title != "" && p.Title != want {
			t.Errorf("%s: the title is %q, want %q", c.name, p.Title, want)
		}
		if c.title == "" && (utf8.RuneCountInString(p.Title) != 256 || !strings.HasSuffix(p.Title, "…"+ending) ||
			!strings.HasPrefix(p.Body, "…")) {
			t.Errorf("%s: the title is %q, the body %q", c.name, p.Title, p.Body)
		}
		_, message, _ := strings.Cut(s.commit(p.HeadSHA), "\n\n")
		subject, rest, _ := strings.Cut(message, "\n\n")
		want := strings.Replace(c.message, "PICKED", "(cherry picked from commit "+m.sha+")", 1)
		want = strings.Replace(want, "CREDIT", "Co-authored-by: eric <eric@users.noreply.github.com>", 1)
		if diff := cmp.Diff(want, rest); diff != "" {
			t.Errorf("%s: the message of the commit (-want +got):\n%.3000s", c.name, diff)
		}
		if strings.ContainsAny(subject, "\n\x07\x1b") {
			t.Errorf("%s: the subject is %q", c.name, subject)
		}
	}
	s.rests()
	s.inPlace()
}

// TestWordsOfMergeCommits: the backport of a merge commit is by the author of the
// pull request and in their words, not "Merge pull request" by whoever merged.
func TestWordsOfMergeCommits(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	number := s.change("gh-1: Fix it [skip ci]", one(0), "skip news", "needs backport to 3.14")
	sha, err := s.cpython.MergeWith(number, ghtest.MergeOptions{By: "dana", Method: "merge"})
	s.check(err)
	s.shows(number, "| 3.14 | open: #")
	m := &merged{number, sha}
	p := s.fromBranch(m.branch("3.14"))
	if want := fmt.Sprintf("[3.14] gh-1: Fix it (GH-%d)", number); p.Title != want {
		t.Errorf("the title is %q, want %q", p.Title, want)
	}
	head, message, _ := strings.Cut(s.commit(p.HeadSHA), "\n\n")
	if want := "\nauthor eric <eric@users.noreply.github.com> "; !strings.Contains(head, want) {
		t.Errorf("the commit is\n%s, want %q", head, want)
	}
	if want := "(cherry picked from commit " + sha + ")\n\nCo-authored-by: eric " +
		"<eric@users.noreply.github.com>\n"; !strings.HasPrefix(message, "gh-1: Fix it\n\n") || !strings.HasSuffix(message, want) {
		t.Errorf("the message is %q, want it to end with %q", message, want)
	}
	s.rests()
	s.inPlace()
}

// fromBranch is the only pull request from a branch.
func (s *stage) fromBranch(branch string) ghtest.PRState {
	s.Helper()
	var found []ghtest.PRState
	for _, p := range s.cpython.PRs() {
		if s.headOf(p) == branch {
			found = append(found, p)
		}
	}
	if len(found) != 1 {
		s.Fatalf("%d pull requests from %s", len(found), branch)
	}
	return found[0]
}

// commit is a commit as git has it.
func (s *stage) commit(sha string) string {
	s.Helper()
	out, err := exec.Command("git", "-C", s.cpython.Dir(), "cat-file", "commit", sha).Output()
	s.check(err)
	return string(out)
}

// TestLongBodyWithConflicts: the words about the conflicts have room in the draft.
func TestLongBodyWithConflicts(t *testing.T) {
	t.Parallel()
	s := backportStage(t)
	number := s.twoTargets()
	sha, err := s.cpython.MergeWith(number, ghtest.MergeOptions{By: "dana", Title: "gh-1: Fix it", Body: strings.Repeat("ü", 65_000)})
	s.check(err)
	s.shows(number, "| 3.14 | open: #", "| 3.13 | conflict: #")
	s.rests()
	m := merged{number, sha}
	draft := s.fromBranch(m.branch("3.13"))
	for _, want := range []string{"`Misc/ACKS`, line", "<!-- /backport-conflict -->"} {
		if !strings.Contains(draft.Body, want) {
			t.Errorf("the body of the draft lacks %q: it ends in %q", want, draft.Body[len(draft.Body)-300:])
		}
	}
	if n := utf8.RuneCountInString(draft.Body); n > 65536 {
		t.Errorf("the body has %d characters", n)
	}
}

// TestOtherEncodings: a merge by rebase keeps the bytes of authors and messages,
// and so does its backport.
func TestOtherEncodings(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	files := one(1)
	const author, words = "Ren\xe9 \xd8 <rene@example.com>", "gh-1: R\xe9parer \xff\n\n\xe9t\xe9 \x80\n"
	_, err := s.cpython.Push("eric:latin", ghtest.Commit{Message: words, Ident: author, Files: files})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Head: "eric:latin",
		Labels: []string{"needs backport to 3.14", "skip news"}})
	s.check(err)
	sha, err := s.cpython.MergeBy(number, "dana", "rebase")
	s.check(err)
	if original := s.commit(sha); !strings.Contains(original, "\nauthor "+author) || !strings.HasSuffix(original, words) {
		t.Fatalf("the original is %q", original)
	}
	s.shows(number, "| 3.14 | open: #")
	m := merged{number, sha}
	p := s.fromBranch(m.branch("3.14"))
	picked := s.commit(p.HeadSHA)
	for _, want := range []string{"\nauthor " + author + " ", "\n\ngh-1: R\xe9parer \xff\n\n\xe9t\xe9 \x80\n(cherry picked from commit " +
		sha + ")\n"} {
		if !strings.Contains(picked, want) {
			t.Errorf("the pick lacks %q: %q", want, picked)
		}
	}
	if !utf8.ValidString(p.Title+p.Body) || !strings.HasSuffix(p.Title, fmt.Sprintf(" (GH-%d)", number)) {
		t.Errorf("the title is %q, the body %q", p.Title, p.Body)
	}
	t.Logf("%q, %q", p.Title, p.Body)
	s.rests()
	s.inPlace()
}
