package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestWalk(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.repo.Push("3.14")
	must(t, err)
	open := func(base string, labels ...string) int {
		t.Helper()
		w.srv.Advance(time.Minute)
		branch := fmt.Sprintf("%s-%d", base, len(w.repo.PRs()))
		w.backport(branch)
		n, err := w.repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch, Base: base, Labels: labels})
		must(t, err)
		return n
	}
	merged, closed, open1, bug := open("main"), open("main"), open("main", "docs"), open("main", "type-bug")
	since := w.srv.Now().Add(30 * time.Second)
	into := open("3.14", "type-bug")
	w.srv.Advance(time.Minute)
	must(t, w.repo.Close(closed, "alice"))
	w.srv.Advance(time.Minute)
	_, err = w.repo.MergeBy(merged, "guido", "squash")
	must(t, err)
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
		c.list.Key, c.list.Pages = cpython, 1
		got, complete, err := w.app.Pulls(t.Context(), c.list)
		must(t, err)
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
		w.backport(branch)
		_, err := w.repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch})
		must(t, err)
	}
	for _, c := range []struct {
		max, want int
		complete  bool
	}{{1, 100, false}, {2, 200, false}, {3, 205, true}, {100, 205, true}} {
		w.srv.ResetRequests()
		got, complete, err := w.app.Pulls(t.Context(), List{Key: cpython, Pages: c.max})
		must(t, err)
		if len(got) != c.want || complete != c.complete || w.sent() > min(c.max, 3)+1 {
			t.Errorf("%d pages: %d pull requests, complete %v, %d requests", c.max, len(got), complete, w.sent())
		}
	}
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	_, _, err := w.app.Pulls(t.Context(), List{Key: cpython, Pages: 1})
	check(t, "502", err, temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	w.fault(ghtest.Fault{Path: "^/app$", Status: 502})
	other, err := newHub(w.cfg)
	must(t, err)
	_, _, err = other.Pulls(t.Context(), List{Key: cpython, Pages: 1})
	check(t, "nobody knows who", err, temporary, "asking GitHub for the App")
}
