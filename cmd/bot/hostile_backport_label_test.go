package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestOddLabelsOfBackports: what is no branch is explained and taken off, before
// the merge and after it, and never reaches git.
func TestOddLabelsOfBackports(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	cases := []struct{ text, comment string }{
		{" --upload-pack=x", "| `--upload-pack=x` | not allowed | the label doesn't name a version: use one like `needs backport to 3.14` |"},
		{" --x", "| `--x` | not allowed | the label doesn't name a version"},
		{"", "| (none) | not allowed | the label doesn't name a version"},
		{"  3.14", "| ` 3.14` | not allowed | the label doesn't name a version"},
		{" 3.14.1", "| 3.14.1 | not allowed | the label doesn't name a version"},
		{" 03.14", "| 03.14 | not allowed | the label doesn't name a version"},
		{" ../../main", "| `../../main` | not allowed | the label doesn't name a version"},
		{" `@python|<b>\\", "| `'@python\\|<b>\\` | not allowed | the label doesn't name a version"},
		{" 3.14\u202e\u00a0", "| `3.14\u202e\u00a0` | not allowed | the label doesn't name a version"},
		{" main", "| `main` | not allowed | main is the source branch, so it can't be a target |"},
		{" 3.99", "| 3.99 | not allowed | the branch 3.99 doesn't exist: is the version right? |"},
		{" 3.9", "| 3.9 | not allowed | 3.9 reached its end of life on 2025-10-31 and accepts no more changes |"},
		{" 3.12", "| 3.12 | not allowed | 3.12 accepts only security fixes: if this is one, add `type-security` and set the label again; " +
			"Yhg1s can comment `@concorde allow 3.12`"},
	}
	var numbers []int
	for i, c := range cases {
		numbers = append(numbers, s.change(fmt.Sprintf("gh-140001: Case %d", i), one(i), "skip news", "needs backport to"+c.text))
	}
	for i, c := range cases {
		s.shows(numbers[i], c.comment)
	}
	s.rests()
	for i, c := range cases { // and once more after the merge
		_, err := s.cpython.Merge(numbers[i], "dana")
		s.check(err)
		s.check(s.cpython.Label(numbers[i], "eric", "needs backport to"+c.text, "NEEDS BACKPORT to 3.14"))
		s.shows(numbers[i], c.comment, "| 3.14 | open: #") // picks all at once would wait for turns
	}
	s.rests()
	for i, c := range cases {
		state, err := s.cpython.PR(numbers[i])
		s.check(err)
		if !slices.Equal(state.Labels, []string{"skip news", "stdlib"}) {
			t.Errorf("%q: the labels are %q", c.text, state.Labels)
		}
		if n := strings.Count(s.statusComment(numbers[i]), "\n| "); n != 4 {
			t.Errorf("%q: the status comment has %d rows, want 2:\n%s", c.text, n-2, s.statusComment(numbers[i]))
		}
	}
	s.quiet(numbers[0])
	s.inPlace()
	if n := len(s.backports("3.14")); n != len(cases) {
		t.Errorf("%d backports, want %d", n, len(cases))
	}
}

// one is a change of one file that nobody else changes.
func one(i int) map[string]ghtest.File {
	return map[string]ghtest.File{fmt.Sprintf("Lib/case%d.py", i): ghtest.Text("pass\n")}
}

// TestLabelSetAndRemoved: whoever takes a label off in time gets no backport.
func TestLabelSetAndRemoved(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	m := s.afterMerge("needs backport to 3.14", "needs backport to 3.13")
	s.check(s.cpython.Unlabel(m.number, "dana", "needs backport to 3.14"))
	s.check(s.cpython.Label(m.number, "dana", "needs backport to 3.14"))
	s.check(s.cpython.Unlabel(m.number, "dana", "needs backport to 3.14"))
	s.github.Resume()
	s.shows(m.number, "| 3.13 | open: #")
	s.quiet(m.number)
	if comment := s.statusComment(m.number); strings.Contains(comment, "3.14") || len(s.backports("3.14")) > 0 {
		t.Errorf("a backport to 3.14 was not asked for: %s", comment)
	}
	s.asks(m.number, "3.14")
	s.shows(m.number, "| 3.14 | open: #", "| 3.13 | open: #")
}

// TestManyLabels: an original with as many labels as GitHub allows.
func TestManyLabels(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	labels := []string{"skip news"}
	for i := range 97 { // the original has one for its stage, and one that asks
		labels = append(labels, fmt.Sprintf("topic-%d", i))
	}
	number := s.change("gh-140001: Fix it", acks, append(labels, "needs backport to 3.14")...)
	m := s.merge(number)
	s.github.Resume()
	s.shows(m.number, "| 3.14 | open: #")
	s.rests()
	s.quiet(m.number)
	if got := s.backports("3.14")[0].Labels; len(got) != len(labels)+1 {
		t.Errorf("the backport has %d labels, want %d: %q", len(got), len(labels)+1, got)
	}
}
