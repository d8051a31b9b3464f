package main

import (
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestRequests counts what the bot asks of GitHub, tokens and the look at the
// App at the start aside. docs/performance.md tells of these numbers.
func TestRequests(t *testing.T) {
	t.Parallel()
	s := newStillStage(t).start()
	const entry = "Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst"
	for _, c := range []struct {
		name   string
		author string
		third  string
		want   int
	}{
		{"with an entry", "CONTRIBUTOR", entry, 5},
		{"by a newcomer without one", "NONE", "Lib/test/test_spam.py", 5},
	} {
		head := "eric:" + strings.ReplaceAll(c.name, " ", "-")
		_, err := s.cpython.Push(head, ghtest.Commit{Message: "gh-140000: Fry", Files: map[string]ghtest.File{
			"Lib/spam.py": ghtest.Text("fry\n"), "Lib/eggs.py": ghtest.Text("fry\n"), c.third: ghtest.Text("Fry the spam.\n"),
		}})
		s.check(err)
		number := 0
		asked := func(what string, want int, change func() error) {
			t.Helper()
			s.rests()
			s.clock.Advance(time.Second) // what changes twice within one is checked again
			s.github.ResetRequests()
			s.check(change())
			s.rests()
			var routes []string
			for _, r := range s.github.Requests() {
				if !strings.Contains(r.Route, "access_tokens") {
					routes = append(routes, r.Route)
				}
			}
			if len(routes) != want {
				t.Errorf("%s, %s: %d requests, want %d:\n%s", c.name, what, len(routes), want, strings.Join(routes, "\n"))
			}
		}
		asked("opened", c.want, func() (err error) {
			number, err = s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fry", Author: "eric", Association: c.author, Head: head})
			return err
		})
		asked("labelled", 1, func() error { return s.cpython.Label(number, "carol", "type-bug") })
		for where, of := range map[string]int{"pull request": number, "issue": 140000} {
			var said int64
			asked("a comment on the "+where+" that says nothing to the bot", 0, func() (err error) {
				said, err = s.cpython.Comment(of, "carol", "Thanks!")
				return err
			})
			asked("another word in it", 0, func() error { return s.cpython.EditComment(of, "carol", said, "Thank you!") })
			asked("it is deleted", 0, func() error { return s.cpython.DeleteComment(of, "carol", said) })
			asked("a comment that names the bot", 1, func() error { _, err := s.cpython.Comment(of, "carol", "Who is @concorde?"); return err })
		}
	}
}
