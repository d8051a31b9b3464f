package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Open pull requests come by the hundred, with what is known of their mergeability.
func TestMergeable(t *testing.T) {
	w := newWorld(t)
	var want []pull.Mergeability
	for i := range 103 {
		head, file := fmt.Sprint("alice:fix", i), fmt.Sprint("f", i)
		if i == 0 {
			file = "README.rst"
		}
		_, err := w.Repo.Push(head, ghtest.Commit{Message: "m", Author: "alice", From: "main",
			Files: map[string]ghtest.File{file: ghtest.Text("alice")}})
		trial.OK(t, err)
		n, err := w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: head, Labels: []string{"Docs"}})
		trial.OK(t, err)
		want = append(want, pull.Mergeability{Number: n, Conflicts: i == 0, Labels: []string{"Docs"}})
	}
	trial.OK(t, w.Repo.Close(want[50].Number, "alice"))
	want = slices.Delete(want, 50, 51)
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Files: map[string]ghtest.File{"README.rst": ghtest.Text("main")}})
	trial.OK(t, err)
	mergeable := func() []pull.Mergeability {
		t.Helper()
		w.Srv.ResetRequests()
		got, err := w.app.Mergeable(t.Context(), List{Key: pull.Key{Owner: "python", Repo: "cpython", Number: 5}})
		trial.OK(t, err)
		slices.SortFunc(got, func(a, b pull.Mergeability) int { return a.Number - b.Number })
		if w.Sent() != 2 {
			t.Errorf("%d requests, want 2", w.Sent())
		}
		return got
	}
	if diff := cmp.Diff(want, mergeable()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.Repo.LazyMergeability(true)
	for _, f := range mergeable() {
		if !f.Unknown || f.Conflicts || !f.HasLabel("docs") || f.HasLabel("doc") {
			t.Fatalf("while GitHub is at it: %+v", f)
		}
	}
	if diff := cmp.Diff(want, mergeable()); diff != "" {
		t.Errorf("asked again (-want +got):\n%s", diff)
	}
}

// Issues come by the hundred, those touched last first, down to a time or to so
// many pages.
func TestIssues(t *testing.T) {
	now := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) { c.Now = func() time.Time { return now } })
	w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}) // no issue
	var want []int
	for range 205 {
		w.Srv.Advance(time.Minute)
		n, err := w.Repo.OpenIssue(ghtest.Issue{Title: "t", Author: "eric"})
		trial.OK(t, err)
		want = append(want, n)
	}
	slices.Reverse(want)
	for _, c := range []struct {
		since           time.Time
		max, want, cost int
	}{
		{time.Time{}, 9, 205, 3}, {time.Time{}, 2, 200, 2}, {time.Time{}, 1, 100, 1},
		{now.Add(201 * time.Minute), 9, 5, 1}, {now.Add(100 * time.Minute), 9, 106, 2}, {now.Add(time.Hour * 24), 9, 0, 1},
	} {
		w.Srv.ResetRequests()
		got, err := w.app.Issues(t.Context(), List{Key: ghtrial.CPython, Since: c.since, Pages: c.max})
		trial.OK(t, err)
		if !slices.Equal(got, want[:c.want]) || w.Sent() != c.cost {
			t.Errorf("since %s, %d pages: %d issues, want %d; %d requests, want %d", c.since, c.max, len(got), c.want, w.Sent(), c.cost)
		}
	}
	w.Srv.Advance(time.Minute)
	trial.OK(t, w.Repo.Close(want[200], "eric"))
	if got, err := w.app.Issues(t.Context(), List{Key: ghtrial.CPython, Pages: 9}); err != nil || got[0] != want[200] {
		t.Errorf("a closed one that was touched last: %v, %v", got[0], err)
	}
}

// Nothing is better than a part of a list.
func TestListsInTrouble(t *testing.T) {
	lists := map[string]func(*world) (int, error){
		"listing the pull requests of python/cpython": func(w *world) (int, error) {
			found, err := w.app.Mergeable(w.T.Context(), List{Key: ghtrial.CPython})
			return len(found), err
		},
		"listing the issues of python/cpython": func(w *world) (int, error) {
			issues, err := w.app.Issues(w.T.Context(), List{Key: ghtrial.CPython, Pages: 9})
			return len(issues), err
		},
	}
	second := `{"data":{"repository":{"all":{"nodes":[{"number":1,"updatedAt":"2026-01-01T00:00:00Z"}],"pageInfo":{"hasNextPage":true,` +
		`"endCursor":"x"}}}}}`
	body := func(text string) ghtest.Fault { return ghtest.Fault{Status: 200, Body: text} }
	for name, c := range map[string]struct {
		faults []ghtest.Fault
		want   string
	}{
		"bad gateway":          {[]ghtest.Fault{ghtest.BadGateway()}, "Temporary"},
		"the second page":      {[]ghtest.Fault{body(second), ghtest.BadGateway()}, "Temporary"},
		"limited":              {[]ghtest.Fault{ghtest.SecondaryLimit(time.Minute)}, "Limited"},
		"limited in an answer": {[]ghtest.Fault{body(`{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded"}]}`)}, "Limited"},
		"forbidden": {[]ghtest.Fault{body(`{"data":{"repository":{"all":null}},"errors":[{"type":"FORBIDDEN","path":["repository",` +
			`"all"],"message":"Resource not accessible by integration"}]}`)}, "Denied"},
		"gone": {[]ghtest.Fault{body(`{"data":{"repository":null},"errors":[{"type":"NOT_FOUND","path":["repository"],` +
			`"message":"Could not resolve"}]}`)}, "Gone"},
		"too heavy":     {[]ghtest.Fault{body(`{"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"too much"}]}`)}, "Temporary"},
		"no repository": {[]ghtest.Fault{body(`{"data":{"repository":null}}`)}, "Temporary"},
		"another form":  {[]ghtest.Fault{body(`{"data":{"repository":{"all":[]}}}`)}, "Temporary"},
		"no data":       {[]ghtest.Fault{body(`{"data":null}`)}, "Temporary"},
	} {
		for what, list := range lists {
			w := newWorld(t)
			for _, f := range c.faults {
				f.Path = "^/graphql$"
				if f.Body != second {
					f.Times = -1
				}
				w.Fault(f)
			}
			n, err := list(w)
			if got := ghtrial.Kinds([]error{err})[0]; n != 0 || got != c.want {
				t.Errorf("%s, %s: %d, %v; want %s", name, what, n, err, c.want)
			} else if got := err.Error(); got[:len(what)] != what {
				t.Errorf("%s: %s", name, got)
			}
		}
	}
	w := newWorld(t)
	for what, list := range lists {
		if n, err := list(w); n != 0 || err != nil {
			t.Errorf("%s: nothing there, but %d, %v", what, n, err)
		}
	}
	_, err := w.app.Mergeable(t.Context(), List{Key: pull.Key{Owner: "python", Repo: "nothing"}})
	trial.As[*gh.Gone](t, err)
	_, err = w.app.Issues(t.Context(), List{Key: pull.Key{Owner: "python", Repo: "nothing"}, Pages: 1})
	trial.As[*gh.Gone](t, err)
}
