package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// tooHeavyFor are the ways in which GitHub says that a query asks for too much, for
// those of more nodes than it takes.
func tooHeavyFor(nodes int) map[string]ghtest.Fault {
	const give = "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug."
	return map[string]ghtest.Fault{
		"resources": {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 200,
			Body: `{"data":{"repository":null},"errors":[{"type":"RESOURCE_LIMITS_EXCEEDED","path":["repository"],"message":"Resource limits for ` +
				`this query exceeded."}]}`},
		"nodes": {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 200,
			Body: `{"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"too much"}]}`},
		"arguments": {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 200,
			Body: `{"data":null,"errors":[{"type":"ARGUMENT_LIMIT","path":["repository"],"message":"too many"}]}`},
		"a timeout":   {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 200, Body: `{"data":null,"errors":[{"message":"` + give + `"}]}`},
		"bad gateway": {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 502, Body: `{"data":null,"errors":[{"message":"` + give + `"}]}`},
		"gateway time": {Path: "^/graphql$", Nodes: nodes, Times: -1, Status: 504,
			Body: `{"message":"We couldn't respond to your request in time."}`},
	}
}

// longPull is a pull request with more of ghtrial.Everything than one page has.
func longPull(w *world) (Query, *pull.Request) {
	w.T.Helper()
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.txt": ghtest.Text("B\n")})
	var commits []ghtest.Commit
	for i := range 60 {
		commits = append(commits, ghtest.Commit{Message: fmt.Sprint("Commit ", i), Author: "alice",
			Files: map[string]ghtest.File{"a.txt": ghtest.Text(fmt.Sprint(i))}})
	}
	_, err := w.Repo.Push("alice:fix", commits...)
	trial.OK(w.T, err)
	for i := range 60 {
		_, err := w.Repo.Comment(key.Number, "bob", fmt.Sprint("Comment ", i))
		trial.OK(w.T, err)
		trial.OK(w.T, w.Repo.Label(key.Number, "bob", fmt.Sprint("label ", i)))
	}
	w.apply(key, pull.AddNote{Note: pull.Note{Key: "late", Body: "b"}})
	w.apply(key, pull.SetStatus{SHA: w.Repo.Ref("alice:fix"), Status: ghtrial.SomeStatus.Status})
	trial.OK(w.T, w.Repo.Collaborator("guido", "write"))
	trial.OK(w.T, w.Repo.RequestReview(key.Number, "alice", "guido"))
	q := Query{Key: key, Needs: ghtrial.Everything, Reads: all, Looks: looksAt(pull.Looks{
		Branches: []string{"main", "3.99"}, Requests: []int{key.Number, 4711}, Into: []string{"main"}, Issues: []int{key.Number},
		Compared: []string{"main"},
	})}
	return q, w.load(q)
}

// However GitHub says that it cannot answer so much at once, what is loaded is the
// same, in smaller parts; for a day the first question is small already.
func TestTooHeavy(t *testing.T) {
	for _, nodes := range []int{2000, 600} { // ghtrial.Everything in pages of 25 does, and each list by itself
		for name, fault := range tooHeavyFor(nodes) {
			t.Run(fmt.Sprint(name, " of ", nodes), func(t *testing.T) {
				clock := trial.NewClock()
				w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = clock.Now })
				q, want := longPull(w)
				refused := 0
				fault.Before = func() { refused++ }
				w.Fault(fault)
				same := func(when string, requests int) {
					t.Helper()
					refused = 0
					got := w.load(q)
					if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pull.Request{}, "Now", "BodyAt"), ignoreTimes); diff != "" {
						t.Errorf("%s (-want +got):\n%s", when, diff)
					}
					if (refused > 0) != (requests > 0) || refused > requests {
						t.Errorf("%s: %d questions were too heavy, want up to %d", when, refused, requests)
					}
				}
				same("the first time", 2)
				same("the second time", 0)
				clock.Advance(24*time.Hour + time.Minute)
				same("a day later", 2)
			})
		}
	}
}

// In an outage a load ends soon, and it says nothing of the size of the next one.
func TestOutageIsNotHeavy(t *testing.T) {
	w := newWorld(t)
	q, want := longPull(w)
	outage := ghtest.BadGateway()
	outage.Path, outage.Times = "^/graphql$", -1
	w.Fault(outage)
	w.Srv.ResetRequests()
	_, err := w.app.Load(t.Context(), q)
	ghtrial.Check(t, "an outage", err, ghtrial.Temporary, "502")
	if w.Sent() != 3 {
		t.Errorf("%d requests, want 3", w.Sent())
	}
	w.Srv.ClearFaults()
	c, err := w.app.Client(t.Context(), q.Key, 0)
	trial.OK(t, err)
	trial.OK(t, c.Asking("load", func(s *gh.Size) error {
		if *s != gh.Whole {
			t.Errorf("the next load asks in size %d", *s)
		}
		return nil
	}))
	if diff := cmp.Diff(want, w.load(q), cmpopts.IgnoreFields(pull.Request{}, "Now", "BodyAt"), ignoreTimes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Lists of a repository are read in smaller pages as well.
func TestHeavyLists(t *testing.T) {
	for name, fault := range tooHeavyFor(3000) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			for i := range 60 {
				trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i), Color: "ededed"}))
				_, err := w.Repo.Push(fmt.Sprint("3.", i), ghtest.Commit{Message: "m",
					Files: map[string]ghtest.File{fmt.Sprint(i, ".txt"): ghtest.Text("x")}})
				trial.OK(t, err)
				_, err = w.Repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: fmt.Sprint("3.", i)})
				trial.OK(t, err)
			}
			for _, n := range []int{1, 2, 3} {
				_, err := w.Repo.Queue(n)
				trial.OK(t, err)
			}
			all := func() []any {
				t.Helper()
				out, err := w.outline("")
				trial.OK(t, err)
				found, complete, err := w.app.Pulls(t.Context(), List{Key: ghtrial.CPython, Pages: 1})
				trial.OK(t, err)
				fits, err := w.app.Mergeable(t.Context(), List{Key: ghtrial.CPython})
				trial.OK(t, err)
				past, err := w.app.History(t.Context(), HistoryRequest{Key: ghtrial.CPython, Revisions: []string{"3.1", "3.2", "main"},
					Paths: []string{"1.txt", "2.txt"}})
				trial.OK(t, err)
				return []any{out, found, complete, fits, past}
			}
			want := all()
			heaviest := slices.MaxFunc(w.Srv.Requests(), func(a, b ghtest.Request) int { return a.Nodes - b.Nodes })
			if heaviest.Nodes < 3000 {
				t.Fatalf("the heaviest asks for %d nodes only", heaviest.Nodes)
			}
			w.Fault(fault)
			fault.Nodes, fault.Contains = 100, "refs("
			w.Fault(fault)
			fault.Contains = "history("
			w.Fault(fault)
			if diff := cmp.Diff(want, all()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
