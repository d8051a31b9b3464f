package gh

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
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
		walk Walk
		want []int
	}{
		"any":       {Walk{}, []int{merged, closed, into, bug, open1}},
		"since":     {Walk{Since: since}, []int{merged, closed, into}},
		"base":      {Walk{Base: "3.14"}, []int{into}},
		"label":     {Walk{Label: "type-bug"}, []int{into, bug}},
		"both":      {Walk{Label: "type-bug", Base: "main"}, []int{bug}},
		"state":     {Walk{States: []string{"MERGED"}}, []int{merged}},
		"states":    {Walk{States: []string{"OPEN", "CLOSED"}, Base: "main"}, []int{closed, bug, open1}},
		"no branch": {Walk{Base: "3.99"}, nil},
	} {
		c.walk.Key, c.walk.Max = cpython, 1
		got, complete, err := w.app.Walk(t.Context(), c.walk)
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
		got, complete, err := w.app.Walk(t.Context(), Walk{Key: cpython, Max: c.max})
		must(t, err)
		if len(got) != c.want || complete != c.complete || w.sent() > min(c.max, 3)+1 {
			t.Errorf("%d pages: %d pull requests, complete %v, %d requests", c.max, len(got), complete, w.sent())
		}
	}
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	_, _, err := w.app.Walk(t.Context(), Walk{Key: cpython, Max: 1})
	check(t, "502", err, temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	w.fault(ghtest.Fault{Path: "^/app$", Status: 502})
	other, err := New(w.cfg)
	must(t, err)
	_, _, err = other.Walk(t.Context(), Walk{Key: cpython, Max: 1})
	check(t, "nobody knows who", err, temporary, "asking GitHub for the App")
}
