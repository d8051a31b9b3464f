package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func numbers(all []pull.Summary) []int {
	var out []int
	for _, s := range all {
		out = append(out, s.Number)
	}
	return out
}

func TestMergedPulls(t *testing.T) {
	w := newWorld(t)
	_, err := w.repo.Push("3.14")
	must(t, err)
	start := w.srv.Now()
	merge := func(base string, labels ...string) int {
		w.srv.Advance(time.Hour)
		branch := fmt.Sprintf("%s-%d", base, len(w.repo.PRs()))
		w.backport(branch)
		n, err := w.repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch, Base: base, Labels: labels})
		must(t, err)
		_, err = w.repo.MergeBy(n, "guido", "squash")
		must(t, err)
		return n
	}
	old, both, bug, docs, other := merge("main", "a"), merge("main", "a", "b"), merge("main", "b"), merge("main", "docs"), merge("3.14", "a")
	w.open(map[string]ghtest.File{"open.txt": ghtest.Text("x")})
	w.srv.Advance(time.Hour)
	must(t, w.repo.EditBody(old, "touched lately"))
	since := start.Add(90 * time.Minute)
	for name, test := range map[string]struct {
		request List
		want    []int
	}{
		"any":           {List{}, []int{other, docs, bug, both, old}},
		"since":         {List{Since: since}, []int{other, docs, bug, both}},
		"base":          {List{Base: "main"}, []int{docs, bug, both, old}},
		"label":         {List{Labels: []string{"a"}}, []int{other, both, old}},
		"either label":  {List{Base: "main", Labels: []string{"b", "a"}, Since: since}, []int{bug, both}},
		"unheard label": {List{Labels: []string{"unheard of"}}, nil},
		"later":         {List{Since: w.srv.Now().Add(time.Hour)}, nil},
	} {
		test.request.Key = cpython
		got, _, err := w.app.Merged(t.Context(), test.request)
		must(t, err)
		if !slices.Equal(numbers(got), test.want) {
			t.Errorf("%s: %v, want %v", name, numbers(got), test.want)
		}
		for _, s := range got {
			if s.State != pull.Merged || s.MergedBy != "guido" || s.Author != "alice" || s.Own || s.ClosedAt.IsZero() || len(s.Labels) == 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// The pull requests into a branch, page by page.
func TestWalkInto(t *testing.T) {
	w := newWorld(t)
	into := func(since time.Time) []pull.Summary {
		s, complete, err := w.app.Pulls(t.Context(), List{Key: cpython, Base: "3.14", Since: since, Pages: 30})
		must(t, err)
		if !complete {
			t.Error("there is more")
		}
		return s
	}
	for _, base := range []string{"3.14", "3.13"} {
		_, err := w.repo.Push(base)
		must(t, err)
	}
	start := w.srv.Now()
	var opened []int
	for i := range 205 {
		w.srv.Advance(time.Minute)
		branch := fmt.Sprint("b", i)
		w.backport(branch)
		n, err := w.repo.OpenPR(ghtest.PR{Title: "[3.14] " + branch, Author: "alice", Head: branch, Base: "3.14"})
		must(t, err)
		opened = append([]int{n}, opened...)
	}
	_, err := w.repo.OpenPR(ghtest.PR{Title: "[3.13]", Author: "alice", Head: "b1", Base: "3.13"})
	must(t, err)
	must(t, w.repo.Close(opened[0], "alice"))
	s := into(time.Time{}) // what is remembered
	if !slices.Equal(numbers(s), opened) || s[0].State != pull.Closed || s[1].State != pull.Open || s[1].Title != "[3.14] b203" {
		t.Errorf("%v", numbers(s))
	}
	w.srv.ResetRequests()
	s = into(start.Add(190*time.Minute + 30*time.Second))
	if !slices.Equal(numbers(s), opened[:15]) || w.sent() != 1 {
		t.Errorf("%v, %d requests", numbers(s), w.sent())
	}
}

// A list without end ends, and what moved to the next page comes once.
func TestPullsAreBounded(t *testing.T) {
	w := newWorld(t)
	var nodes []string
	for i := range 100 {
		nodes = append(nodes, fmt.Sprintf(`{"number":%d,"state":"MERGED","updatedAt":"2026-11-05T12:00:00Z","closedAt":"2026-11-05T12:00:00Z"}`,
			i+1))
	}
	for page := range 40 {
		body := fmt.Sprintf(`{"data":{"repository":{"all":{"nodes":[%s],"pageInfo":{"hasNextPage":true,"endCursor":"%d"}}}}}`,
			strings.Join(nodes, ","), page)
		w.fault(ghtest.Fault{Path: "^/graphql", Status: 200, Body: body})
	}
	all, _, err := w.app.Merged(t.Context(), List{Key: cpython, Pages: 30})
	must(t, err)
	if len(all) != 100 {
		t.Errorf("%d pull requests", len(all))
	}
	asked := 0
	for _, r := range w.srv.Requests() {
		if r.Route == "fault" {
			asked++
		}
	}
	if asked != 30 {
		t.Errorf("%d pages", asked)
	}
}

func TestPullsFaults(t *testing.T) {
	w := newWorld(t)
	merged := func(key pull.Key) error {
		_, _, err := w.app.Merged(t.Context(), List{Key: key})
		return err
	}
	into := func(key pull.Key) error {
		_, _, err := w.app.Pulls(t.Context(), List{Key: key, Base: "main", Pages: 1})
		return err
	}
	w.fault(ghtest.Fault{Path: "^/app$", Status: 502})
	check(t, "nobody knows who", merged(cpython), temporary, "asking GitHub for the App")
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 6})
	check(t, "502", merged(cpython), temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	check(t, "502", into(cpython), temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	nothing := pull.Key{Owner: "python", Repo: "nothing"}
	check(t, "no repository", merged(nothing), gone, "404")
	check(t, "no repository", into(nothing), gone, "404")
	check(t, "no key", into(pull.Key{}), rejected, "isn't a valid owner name")
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.srv.RevokeTokens()
	check(t, "may not", merged(cpython), denied, "not accessible")
}
