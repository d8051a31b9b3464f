package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Repo.Push("3.14")
	trial.OK(t, err)
	open := func(base string, labels ...string) int {
		t.Helper()
		w.Srv.Advance(time.Minute)
		branch := fmt.Sprintf("%s-%d", base, len(w.Repo.PRs()))
		w.Backport(branch)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch, Base: base, Labels: labels})
		trial.OK(t, err)
		return n
	}
	merged, closed, open1, bug := open("main"), open("main"), open("main", "docs"), open("main", "type-bug")
	since := w.Srv.Now().Add(30 * time.Second)
	into := open("3.14", "type-bug")
	w.Srv.Advance(time.Minute)
	trial.OK(t, w.Repo.Close(closed, "alice"))
	w.Srv.Advance(time.Minute)
	_, err = w.Repo.MergeBy(merged, "guido", "squash")
	trial.OK(t, err)
	for name, c := range map[string]struct {
		list List
		want []int
	}{
		"any":       {List{}, []int{merged, closed, into, bug, open1}},
		"since":     {List{Since: since}, []int{merged, closed, into}},
		"base":      {List{Base: "3.14"}, []int{into}},
		"label":     {List{Labels: []string{"type-bug"}}, []int{into, bug}},
		"both":      {List{Labels: []string{"type-bug"}, Base: "main"}, []int{bug}},
		"state":     {List{States: []pull.State{pull.Merged}}, []int{merged}},
		"states":    {List{States: []pull.State{pull.Open, pull.Closed}, Base: "main"}, []int{closed, bug, open1}},
		"no branch": {List{Base: "3.99"}, nil},
	} {
		c.list.Key, c.list.Pages = ghtrial.CPython, 1
		got, complete, err := w.app.Pulls(t.Context(), c.list)
		trial.OK(t, err)
		if !slices.Equal(numbers(got), c.want) || !complete {
			t.Errorf("%s: %v, complete %v, want %v", name, numbers(got), complete, c.want)
		}
	}
}

// A walk ends after so many pages, and says so.
func TestWalkIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 205 {
		branch := fmt.Sprint("b", i)
		w.Backport(branch)
		_, err := w.Repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch})
		trial.OK(t, err)
	}
	for _, c := range []struct {
		max, want int
		complete  bool
	}{{1, 100, false}, {2, 200, false}, {3, 205, true}, {100, 205, true}} {
		w.Srv.ResetRequests()
		got, complete, err := w.app.Pulls(t.Context(), List{Key: ghtrial.CPython, Pages: c.max})
		trial.OK(t, err)
		if len(got) != c.want || complete != c.complete || w.Sent() > min(c.max, 3)+1 {
			t.Errorf("%d pages: %d pull requests, complete %v, %d requests", c.max, len(got), complete, w.Sent())
		}
	}
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	_, _, err := w.app.Pulls(t.Context(), List{Key: ghtrial.CPython, Pages: 1})
	ghtrial.Check(t, "502", err, ghtrial.Temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	w.Fault(ghtest.Fault{Path: "^/app$", Status: 502})
	other, err := newHub(w.Cfg)
	trial.OK(t, err)
	_, _, err = other.Pulls(t.Context(), List{Key: ghtrial.CPython, Pages: 1})
	ghtrial.Check(t, "nobody knows who", err, ghtrial.Temporary, "asking GitHub for the App")
}
