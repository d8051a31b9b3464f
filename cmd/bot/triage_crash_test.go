package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/suite"
)

// triageMoments are those at which the bot is killed, in the plan that the phrase
// of an author with a command beside it makes.
var triageMoments = []moment{
	{name: "before the first status", method: http.MethodPost, path: "/statuses/"},
	{name: "between the statuses", method: http.MethodPost, path: "/statuses/", after: true},
	{name: "as the mutation comes", method: http.MethodPost, path: "^/graphql$", contains: "addComment"},
	{name: "after the mutation", method: http.MethodPost, path: "^/graphql$", contains: "addComment", after: true},
	{name: "as the block of the issue is written", method: http.MethodPost, path: "^/graphql$", contains: "updateIssue("},
	{name: "after the block of the issue", method: http.MethodPost, path: "^/graphql$", contains: "updateIssue(", after: true},
}

// TestKilledInTriage kills the bot with SIGKILL in the middle of a plan. The next
// start ends it, with the database of the first or without, although the webhooks
// of the meantime are lost: no comment twice, the right labels.
func TestKilledInTriage(t *testing.T) {
	t.Parallel()
	every := suite.Sizes[int]{Normal: 5, Long: 1, Full: 1}.Size()
	for i, m := range triageMoments {
		for k, lost := range []bool{false, true} {
			if (2*i+k)%every > 0 {
				continue
			}
			name := m.name
			if lost {
				name += ", database lost"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := twoReviewers(t)
				me := "@" + strings.TrimSuffix(s.github.BotLogin(), "[bot]")
				var n int
				s.killAt(m, func() {
					s.github.Pause()
					n = s.linked("gh-140000: Fry", "It was cold.")
					_, err := s.cpython.Review(n, "dana", "CHANGES_REQUESTED", "No.")
					s.check(err)
					s.github.Advance(time.Minute)
					_, err = s.cpython.Comment(n, "alice", phrase)
					s.check(err)
					_, err = s.cpython.Comment(n, "mallory", me+" label +type-bug")
					s.check(err)
					s.github.Resume()
				})
				flush(t, s.github) // what came meanwhile is lost
				if lost {
					s.environment["DATABASE_URL"] = filepath.Join(t.TempDir(), "another.db")
				}
				s.start()
				s.rests()
				s.links(n, "It was cold.", issueBlock, 140000)
				s.links(140000, "", pullsBlock, n)
				s.labelled(n, "awaiting change review", "stdlib")
				s.has(n, "bedevere/issue-number", "success", "Issue number 140000 found")
				s.has(n, newsContext, "failure", `No news entry in Misc/NEWS.d/next/ or "skip news" label found`)
				s.once(n, "mallory, I couldn't do that", "@dana, please review them")
				if asked := s.pr(n).Reviewers; !slices.Equal(asked, []string{"dana"}) {
					t.Errorf("asked again: %q, want dana", asked)
				}
				comments := s.pr(n).Comments
				s.reacted(n, comments[slices.IndexFunc(comments, func(c ghtest.Comment) bool { return c.Author == "mallory" })].ID, "confused")
				s.quiet(n)
				s.once(n, "mallory, I couldn't do that", "@dana, please review them")
			})
		}
	}
}

// once checks that the bot commented once for each of the words, in any order.
func (s *stage) once(number int, words ...string) {
	s.Helper()
	got := s.answers(number)
	for _, word := range words {
		if n := strings.Count(strings.Join(got, "\n"), word); n != 1 {
			s.Errorf("%q is there %d times", word, n)
		}
	}
	if len(got) != len(words) {
		s.Errorf("#%d has %s, want %d: %q", number, fmt.Sprint(len(got), " comments"), len(words), got)
	}
}
