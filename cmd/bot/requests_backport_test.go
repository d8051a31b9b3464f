package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestBackportRequests counts what a merge with three targets makes the bot ask
// of GitHub's API until all is at rest, tokens aside.
func TestBackportRequests(t *testing.T) {
	t.Parallel()
	s := newStillStage(t).settings(phases).start()
	warm := s.afterMerge("needs backport to 3.14") // who the App is, is asked once
	s.github.Resume()
	s.shows(warm.number, "| 3.14 | open: #")
	m := s.merge(s.change("gh-140002: Fix that", one(2), "type-bug", "skip news", "needs backport to 3.15", "needs backport to 3.14",
		"needs backport to 3.13"))
	s.github.ResetRequests()
	s.github.Resume()
	s.shows(m.number, "| 3.15 | open: #", "| 3.14 | open: #", "| 3.13 | open: #")
	s.rests()
	asked, total := map[string]int{}, 0
	for _, r := range s.github.Requests() {
		if r.Route == "git" {
			asked["git "+r.Method+" "+r.Path[strings.LastIndex(r.Path, "/")+1:]]++
		} else if !strings.Contains(r.Route, "access_tokens") {
			asked[r.Route]++
			total++
		}
	}
	want := map[string]int{
		// The original, what it looks at again, and what is written to the original;
		// each backport with what it looks at, and what is written to it and to its
		// issue.
		"POST /graphql":                             3 + 3*3,
		"POST /repos/{owner}/{repo}/pulls":          3,
		"POST /repos/{owner}/{repo}/statuses/{sha}": 3 * 3,
		"git GET refs":                              3, "git POST git-upload-pack": 3, "git POST git-receive-pack": 1,
	}
	if diff := cmp.Diff(want, asked); diff != "" {
		t.Errorf("the requests of a merge with three targets (-want +got):\n%s", diff)
	}
	t.Logf("%d requests", total)
}
