package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
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
	_, err := w.Repo.Push("3.14")
	trial.OK(t, err)
	start := w.Srv.Now()
	merge := func(base string, labels ...string) int {
		w.Srv.Advance(time.Hour)
		branch := fmt.Sprintf("%s-%d", base, len(w.Repo.PRs()))
		w.Backport(branch)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: branch, Author: "alice", Head: branch, Base: base, Labels: labels})
		trial.OK(t, err)
		_, err = w.Repo.MergeBy(n, "guido", "squash")
		trial.OK(t, err)
		return n
	}
	old, both, bug, docs, other := merge("main", "a"), merge("main", "a", "b"), merge("main", "b"), merge("main", "docs"), merge("3.14", "a")
	w.Open(map[string]ghtest.File{"open.txt": ghtest.Text("x")})
	w.Srv.Advance(time.Hour)
	trial.OK(t, w.Repo.EditBody(old, "touched lately"))
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
		"later":         {List{Since: w.Srv.Now().Add(time.Hour)}, nil},
	} {
		test.request.Key = ghtrial.CPython
		got, _, err := w.app.Merged(t.Context(), test.request)
		trial.OK(t, err)
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
		s, complete, err := w.app.Pulls(t.Context(), List{Key: ghtrial.CPython, Base: "3.14", Since: since, Pages: 30})
		trial.OK(t, err)
		if !complete {
			t.Error("there is more")
		}
		return s
	}
	for _, base := range []string{"3.14", "3.13"} {
		_, err := w.Repo.Push(base)
		trial.OK(t, err)
	}
	start := w.Srv.Now()
	var opened []int
	for i := range 205 {
		w.Srv.Advance(time.Minute)
		branch := fmt.Sprint("b", i)
		w.Backport(branch)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: "[3.14] " + branch, Author: "alice", Head: branch, Base: "3.14"})
		trial.OK(t, err)
		opened = append([]int{n}, opened...)
	}
	_, err := w.Repo.OpenPR(ghtest.PR{Title: "[3.13]", Author: "alice", Head: "b1", Base: "3.13"})
	trial.OK(t, err)
	trial.OK(t, w.Repo.Close(opened[0], "alice"))
	s := into(time.Time{}) // what is remembered
	if !slices.Equal(numbers(s), opened) || s[0].State != pull.Closed || s[1].State != pull.Open || s[1].Title != "[3.14] b203" {
		t.Errorf("%v", numbers(s))
	}
	w.Srv.ResetRequests()
	s = into(start.Add(190*time.Minute + 30*time.Second))
	if !slices.Equal(numbers(s), opened[:15]) || w.Sent() != 1 {
		t.Errorf("%v, %d requests", numbers(s), w.Sent())
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
		w.Fault(ghtest.Fault{Path: "^/graphql", Status: 200, Body: body})
	}
	all, _, err := w.app.Merged(t.Context(), List{Key: ghtrial.CPython, Pages: 30})
	trial.OK(t, err)
	if len(all) != 100 {
		t.Errorf("%d pull requests", len(all))
	}
	asked := 0
	for _, r := range w.Srv.Requests() {
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
	w.Fault(ghtest.Fault{Path: "^/app$", Status: 502})
	ghtrial.Check(t, "nobody knows who", merged(ghtrial.CPython), ghtrial.Temporary, "asking GitHub for the App")
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 6})
	ghtrial.Check(t, "502", merged(ghtrial.CPython), ghtrial.Temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	ghtrial.Check(t, "502", into(ghtrial.CPython), ghtrial.Temporary, "listing the pull requests of python/cpython: POST /graphql: 502")
	nothing := pull.Key{Owner: "python", Repo: "nothing"}
	ghtrial.Check(t, "no repository", merged(nothing), ghtrial.Gone, "404")
	ghtrial.Check(t, "no repository", into(nothing), ghtrial.Gone, "404")
	ghtrial.Check(t, "no key", into(pull.Key{}), ghtrial.Rejected, "isn't a valid owner name")
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", merged(ghtrial.CPython), ghtrial.Denied, "not accessible")
}
