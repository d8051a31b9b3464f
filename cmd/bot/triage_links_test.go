package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// The blocks in the bodies, as python/cpython has them.
const (
	issueBlock = "<!-- gh-issue-number: gh-%[1]d -->\n* Issue: gh-%[1]d\n<!-- /gh-issue-number -->"
	pullsBlock = "<!-- gh-linked-prs -->\n### Linked PRs\n* gh-%d\n<!-- /gh-linked-prs -->"
)

// links waits until a body has a block with people's own words before it.
func (s *stage) links(number int, words, block string, numbers ...any) {
	s.Helper()
	want := words
	if block != "" {
		want += "\n\n" + fmt.Sprintf(block, numbers...)
	}
	s.eventually(fmt.Sprintf("the body of #%d to be %q", number, want), func() bool {
		body := strings.ReplaceAll(s.pr(number).Body, "\r\n", "\n")
		return strings.TrimSpace(body) == strings.TrimSpace(want)
	}, func() string { return fmt.Sprintf("%q", s.pr(number).Body) })
}

// linked is a pull request of alice with a body.
func (s *stage) linked(title, body string) int {
	s.Helper()
	head := fmt.Sprintf("alice:change-%d", len(s.cpython.PRs())+1)
	_, err := s.cpython.Push(head, ghtest.Commit{Message: title, Author: "alice",
		Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text(title)}})
	s.check(err)
	number, err := s.cpython.OpenPR(ghtest.PR{Title: title, Body: body, Author: "alice", Head: head})
	s.check(err)
	return number
}

// TestLinks: both bodies get their blocks, and retitling moves them.
func TestLinks(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.check(s.cpython.EditBody(140001, "It burns."))
	n := s.linked("gh-140000: Fry", "It was cold.")
	s.links(n, "It was cold.", issueBlock, 140000)
	s.links(140000, "", pullsBlock, n)
	s.check(s.cpython.EditTitle(n, "gh-140001: Fry"))
	s.links(n, "It was cold.", issueBlock, 140001)
	s.links(140001, "It burns.", pullsBlock, n)
	s.links(140000, "", "")
	s.check(s.cpython.EditTitle(n, "Fry"))
	s.links(n, "It was cold.", "")
	s.links(140001, "It burns.", "")
	s.has(n, "bedevere/issue-number", "failure", `No issue # in title or "skip issue" label found`)
}

// TestLinksLeaveOtherWords: what people write while the bot is at work is there in
// the end.
func TestLinksLeaveOtherWords(t *testing.T) {
	t.Parallel()
	for name, moment := range map[string]ghtest.Fault{
		"as it is loaded":    {Path: "^/graphql$", Contains: `"number":%d,`},
		"after its status":   {Path: "/statuses/"},
		"after its mutation": {Path: "^/graphql$", Contains: "updatePullRequest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t).start()
			s.github.Pause()
			n := s.linked("gh-140000: Fry", "It was cold.")
			if strings.Contains(moment.Contains, "%d") {
				moment.Contains = fmt.Sprintf(moment.Contains, n)
			}
			edited := make(chan error, 1)
			moment.Then = func() { edited <- s.cpython.EditBody(n, "It was very cold.") }
			s.check(s.github.Fault(moment))
			s.github.Resume()
			s.check(<-edited)
			s.links(n, "It was very cold.", issueBlock, 140000)
			s.links(140000, "", pullsBlock, n)
			s.check(s.cpython.EditBody(n, s.pr(n).Body+"\n\nAnd more."))
			flush(t, s.github)
			if body := s.pr(n).Body; !strings.HasSuffix(body, "\n\nAnd more.") || strings.Count(body, "* Issue: gh-140000") != 1 {
				t.Errorf("the body is %q", body)
			}
		})
	}
}

// TestIssueIsDeleted: the status follows at the next push.
func TestIssueIsDeleted(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	n := s.linked("gh-140002: Fry", "It was cold.")
	s.links(n, "It was cold.", issueBlock, 140002)
	s.has(n, "bedevere/issue-number", "success", "Issue number 140002 found")
	s.links(140002, "", pullsBlock, n)
	s.check(s.cpython.DeleteIssue(140002, "dana"))
	_, err := s.cpython.Push(s.pr(n).Head, ghtest.Commit{Message: "More", Author: "alice",
		Files: map[string]ghtest.File{"Lib/spam.py": ghtest.Text("fry twice\n")}})
	s.check(err)
	s.has(n, "bedevere/issue-number", "failure", "GH Issue #140002 is not valid.")
	s.links(n, "It was cold.", "")
	s.check(s.cpython.EditTitle(n, fmt.Sprintf("gh-%d: Fry", n))) // a pull request is no issue
	s.has(n, "bedevere/issue-number", "failure", fmt.Sprintf("GH Issue #%d is not valid.", n))
	s.check(s.cpython.Label(n, "carol", "skip issue"))
	s.has(n, "bedevere/issue-number", "success", "Issue report skipped")
	s.links(n, "It was cold.", "")
}

// TestLinksOfWhatCloses: an issue lists the pull request that closes it, whose title
// names none, for as long as it does. The merge, which closes the issue, changes
// nothing about the list.
func TestLinksOfWhatCloses(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	n := s.linked("Fry", "Fixes #140000")
	s.links(140000, "", pullsBlock, n)
	s.check(s.cpython.EditBody(n, "Fixes #140001"))
	s.links(140001, "", pullsBlock, n)
	s.links(140000, "", "")
	s.check(s.cpython.EditBody(n, "It was cold."))
	s.links(140001, "", "")
	s.check(s.cpython.Link(n, 140000, true)) // no event tells
	s.check(s.cpython.EditTitle(n, "gh-140001: Fry"))
	s.links(140001, "", pullsBlock, n)
	s.links(140000, "", pullsBlock, n)
	s.links(n, "It was cold.", issueBlock, 140001)
	_, err := s.cpython.Merge(n, "dana")
	s.check(err)
	s.rests()
	s.links(140000, "", pullsBlock, n)
	if issue := s.pr(140000); issue.State != "closed" {
		t.Errorf("the issue is %s", issue.State)
	}
}

// TestLinksWithLateMentions: GitHub may see a mention seconds after it was made, and
// sends no event then (python-github-backup#528). The issue's list has it all the
// same, and the sweep has no part in it.
func TestLinksWithLateMentions(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.github.SetWeather(ghtest.Weather{MentionsLate: 3 * time.Second})
	n := s.linked("gh-140000: Fry", "It was cold.")
	s.links(n, "It was cold.", issueBlock, 140000)
	s.links(140000, "", pullsBlock, n)
	s.check(s.cpython.EditTitle(n, "gh-140001: Fry"))
	s.links(140001, "", pullsBlock, n)
	s.links(140000, "", "")
}

// TestLinksOfSeveral: pull requests of one issue that come at the same moment are
// all in its list, once, and those that are retitled leave it, whatever GitHub knows
// of mentions by then.
func TestLinksOfSeveral(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.check(s.cpython.EditBody(140001, "It burns."))
	s.github.Pause()
	var numbers []int
	for i := range 6 {
		numbers = append(numbers, s.linked(fmt.Sprintf("gh-140000: Fry %d", i), "It was cold."))
	}
	s.github.Resume()
	s.rests()
	listed := func(issue int) (all []int) {
		for _, n := range numbers {
			if strings.Count(s.pr(issue).Body, fmt.Sprintf("* gh-%d\n", n)) == 1 {
				all = append(all, n)
			}
		}
		return all
	}
	if got := listed(140000); !slices.Equal(got, numbers) {
		t.Errorf("the list has %v, want %v: %q", got, numbers, s.pr(140000).Body)
	}
	s.github.Pause()
	for _, n := range numbers[:3] {
		s.check(s.cpython.EditTitle(n, fmt.Sprintf("gh-140001: Fry %d", n)))
	}
	s.github.Resume()
	s.rests()
	if old, now := listed(140000), listed(140001); !slices.Equal(old, numbers[3:]) || !slices.Equal(now, numbers[:3]) {
		t.Errorf("after the titles changed, the lists have %v and %v", old, now)
	}
	if s.pr(140001).Body == "" || !strings.HasPrefix(s.pr(140001).Body, "It burns.") {
		t.Errorf("people's words: %q", s.pr(140001).Body)
	}
}
