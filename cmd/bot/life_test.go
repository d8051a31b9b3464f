package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// step of the life of a pull request, with what the bot asks of GitHub for it,
// tokens aside.
type step struct {
	name     string
	do       func(number int) error
	label    string // the stage afterwards; "" none
	requests int
}

const phrase = "I have made the requested changes; please review again"

// life is that of a typical pull request: three files by a contributor, labelled
// by a triager, reviewed by a core developer who asks for changes, and merged.
func (s *stage) life() []step {
	review := func(state string) func(int) error {
		return func(number int) error {
			_, err := s.cpython.Review(number, "dana", state, "So be it.")
			return err
		}
	}
	return []step{
		{"opened", nil, "awaiting review", 5},
		{"labelled by a triager", func(n int) error { return s.cpython.Label(n, "carol", "type-bug") }, "awaiting review", 1},
		{"changes requested", review("CHANGES_REQUESTED"), "awaiting changes", 2},
		{"pushed", func(int) error {
			_, err := s.cpython.Push("eric:spam", ghtest.Commit{Message: "As dana says",
				Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("fry twice\n")}})
			return err
		}, "awaiting changes", 3},
		{"changes made", func(n int) error { _, err := s.cpython.Comment(n, "eric", "Thanks, dana! "+phrase+"."); return err },
			"awaiting change review", 2},
		{"approved", review("APPROVED"), "awaiting merge", 2},
		{"merged", func(n int) error { _, err := s.cpython.Merge(n, "dana"); return err }, "", 2},
	}
}

// live plays a life, and gives the requests of each step.
func (s *stage) live() (routes [][]string) {
	s.Helper()
	s.check(s.cpython.Collaborator("dana", "write"))
	_, err := s.cpython.Push("eric:spam", ghtest.Commit{Message: "gh-140000: Fry", Files: map[string]ghtest.File{
		"Lib/spam.py": ghtest.Text("fry\n"), "Lib/test/test_spam.py": ghtest.Text("fry\n"),
		"Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst": ghtest.Text("Fry the spam.\n"),
	}})
	s.check(err)
	number := 0
	for _, step := range s.life() {
		s.rests()
		s.github.ResetRequests()
		s.clock.Advance(time.Minute) // GitHub's times are whole seconds
		if step.do == nil {
			number, err = s.cpython.OpenPR(ghtest.PR{Title: "gh-140000: Fry", Body: "It was cold.", Author: "eric", Head: "eric:spam"})
		} else {
			err = step.do(number)
		}
		s.check(err)
		s.rests()
		var asked []string
		for _, r := range s.github.Requests() {
			if !strings.Contains(r.Route, "access_tokens") {
				asked = append(asked, r.Route)
			}
		}
		routes = append(routes, asked)
		state, err := s.cpython.PR(number)
		s.check(err)
		stages := slices.DeleteFunc(slices.Clone(state.Labels), func(l string) bool { return !strings.HasPrefix(l, "awaiting") })
		if got := strings.Join(stages, ", "); got != step.label {
			s.Errorf("%s: the stage is %q, want %q", step.name, got, step.label)
		}
	}
	return routes
}

// TestRequestsOfALife counts them; docs/performance.md tells of these numbers.
func TestRequestsOfALife(t *testing.T) {
	t.Parallel()
	s := newStillStage(t).start()
	total := 0
	for i, asked := range s.live() {
		step := s.life()[i]
		total += len(asked)
		if len(asked) != step.requests {
			t.Errorf("%s: %d requests, want %d:\n%s", step.name, len(asked), step.requests, strings.Join(asked, "\n"))
		}
	}
	if total > 17 {
		t.Errorf("%d requests in all, more than 17", total)
	}
	t.Logf("%d requests in all", total)
}

// BenchmarkLife reports the requests of a whole life.
func BenchmarkLife(b *testing.B) {
	total := 0
	for range b.N {
		s := newStillStage(b).start()
		for _, asked := range s.live() {
			total += len(asked)
		}
	}
	b.ReportMetric(float64(total)/float64(b.N), "requests/life")
	b.ReportMetric(0, "ns/op") // the time is that of the play around it
	if total == 0 {
		b.Fatal(fmt.Errorf("no requests were counted"))
	}
}
