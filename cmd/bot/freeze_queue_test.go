package main

import (
	"testing"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// onGroup is what a merge group's commit shows.
func (w *winter) onGroup(group string) (state string) {
	for _, status := range w.cpython.Statuses(group) { // the newest is the last
		if status.Context == freezeContext {
			state = status.State
		}
	}
	return state
}

// TestFreezeStopsTheMergeQueue: a required status is reported on the group's commit, too
// ("Managing a merge queue"). A freeze fails on the group of a pull request that was queued
// before, which leaves the queue, and on no group of the release manager's.
func TestFreezeStopsTheMergeQueue(t *testing.T) {
	t.Parallel()
	w := newWinterOn(t, newDay(t, config.Preset()), 2, true)
	w.must(w.cpython.Protect("3.15", ghtest.Protection{RequiredContexts: []string{freezeContext, "ci"}, MergeQueue: true}))
	queue := func(number int) string {
		t.Helper()
		pr, err := w.cpython.PR(number)
		w.must(err)
		w.must(w.cpython.SetStatus(pr.HeadSHA, "ci", ghtest.Status{Context: "ci", State: "success"}))
		group, err := w.cpython.Queue(number)
		w.must(err)
		w.flush()
		return group
	}
	merged := func(number int) bool {
		t.Helper()
		pr, err := w.cpython.PR(number)
		w.must(err)
		return pr.Merged
	}
	minute := func() {
		t.Helper()
		w.flush()
		w.run(w.clock().Add(time.Minute))
	}
	w.says("freeze 3.15\n@" + w.me() + " thaw 3.15")
	minute()
	group := queue(w.theirs[0])
	minute()
	if got := w.onGroup(group); got != "success" {
		t.Fatalf("before the freeze, the group shows %q", got)
	}
	w.says("freeze 3.15")
	minute()
	if got := w.onGroup(group); got != "failure" {
		t.Errorf("the group of a pull request that was queued before the freeze shows %q", got)
	}
	w.must(w.cpython.SetStatus(group, "ci", ghtest.Status{Context: "ci", State: "success"}))
	if _, err := w.cpython.Queue(w.theirs[1]); err == nil || merged(w.theirs[0]) {
		t.Errorf("during the freeze, queueing said %v, and merged %t", err, merged(w.theirs[0]))
	}
	group = queue(w.manager)
	minute()
	w.must(w.cpython.SetStatus(group, "ci", ghtest.Status{Context: "ci", State: "success"}))
	minute()
	if got := w.onGroup(group); got != "success" || !merged(w.manager) {
		t.Errorf("the group of the release manager shows %q; merged: %t", got, merged(w.manager))
	}
	w.says("thaw 3.15")
	minute()
	group = queue(w.theirs[1])
	minute()
	w.must(w.cpython.SetStatus(group, "ci", ghtest.Status{Context: "ci", State: "success"}))
	minute()
	if !merged(w.theirs[1]) || merged(w.theirs[0]) {
		t.Errorf("after the thaw, merged: %t and %t", merged(w.theirs[1]), merged(w.theirs[0]))
	}
}
