package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// A status of a third party sends neither check_suite nor a pull request (dt-mergebot#2). An approved backport that waits for one
// is merged when it comes; statuses for which nobody waits cost no request.
func TestStatusOfOthersMergesABackport(t *testing.T) {
	t.Parallel()
	s := backportStage(t).start()
	s.check(s.cpython.Collaborator("dana", "write"))
	number := s.change("gh-140001: Fix it", one(1), "type-bug", "skip news", "needs backport to 3.14")
	s.github.Advance(time.Second) // what changes twice within a second is checked again a few seconds later
	_, err := s.cpython.Merge(number, "dana")
	s.check(err)
	s.shows(number, "| 3.14 | open: #")
	backport := s.backports("3.14")[0]
	docs := func(sha, state string) {
		s.Helper()
		s.check(s.cpython.SetStatus(sha, "readthedocs[bot]", ghtest.Status{Context: "docs", State: state}))
	}
	state := func() ghtest.PRState {
		state, err := s.cpython.PR(backport.Number)
		s.check(err)
		return state
	}
	head := state().HeadSHA
	docs(head, "pending")
	s.github.Advance(time.Second)
	_, err = s.cpython.Review(backport.Number, "dana", "APPROVED", "")
	s.check(err)
	s.rests()
	if state().Merged {
		t.Fatal("merged while the docs are built")
	}
	s.github.ResetRequests()
	for i := range 20 {
		s.check(s.cpython.SetStatus(s.cpython.Ref("main"), "buildbot", ghtest.Status{Context: fmt.Sprint("buildbot/", i), State: "success"}))
	}
	docs(head, "pending")
	s.rests()
	for _, r := range s.github.Requests() {
		if !strings.Contains(r.Route, "access_tokens") {
			t.Errorf("a status for which nobody waits costs %s", r.Route)
		}
	}
	docs(head, "success")
	s.shows(number, "| 3.14 | merged: #")
}
