package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// TestFreezeStatusAlways: a branch that never froze requires the status. Without the setting
// nobody can merge ("About protected branches": a required status that's missing blocks, in
// the queue too); with it, the next night's sweep has the status on all that are open, merge
// groups have it, and new pull requests come with it.
func TestFreezeStatusAlways(t *testing.T) {
	t.Parallel()
	w := newWinter(t, 3)
	w.must(w.cpython.Protect("3.15", ghtest.Protection{RequiredContexts: []string{freezeContext}, MergeQueue: true}))
	if _, err := w.cpython.Queue(w.theirs[0]); err == nil {
		t.Fatal("a pull request without the required status was queued")
	}
	own := fmt.Sprintf("release: {issues: [{version: \"3.15\", issue: %d}]}\nfreeze: {always: true}\n", w.issue)
	_, err := w.cpython.Push("main", ghtest.Commit{Message: "Always", Files: map[string]ghtest.File{config.RepositoryFile: ghtest.Text(own)}})
	w.must(err)
	w.flush()
	w.run(w.clock().Add(24 * time.Hour))
	w.must(w.reconciler.Sweep(t.Context()))
	w.run(w.clock().Add(time.Hour))
	if got, want := w.shows(), `0 fail, 3 succeed, 0 neither; the release manager's: "success"; into main: ""`; got != want {
		t.Fatalf("%s, want %s", got, want)
	}
	group, err := w.cpython.Queue(w.theirs[0])
	w.must(err)
	w.flush()
	w.run(w.clock().Add(time.Minute))
	if merged, err := w.cpython.PR(w.theirs[0]); err != nil || !merged.Merged {
		t.Errorf("the group shows %q, and nobody merged it: %v", w.onGroup(group), err)
	}
	_, err = w.cpython.Push("eric:new", ghtest.Commit{Message: "New", From: "3.15", Files: map[string]ghtest.File{"new": ghtest.Text("new")}})
	w.must(err)
	number, err := w.cpython.OpenPR(ghtest.PR{Title: "[3.15] New", Author: "eric", Head: "eric:new", Base: "3.15", Association: "MEMBER"})
	w.must(err)
	w.flush()
	w.run(w.clock().Add(time.Minute))
	if got := w.status(number); got.State != "success" || got.Description != "3.15 isn't frozen" {
		t.Errorf("a new pull request shows %+v", got)
	}
}
