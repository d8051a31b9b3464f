package snapshot

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// prefetched is a pull request whose rules look around, which was loaded once.
func prefetched(t *testing.T) (w *world, q Query, want *pull.Request) {
	t.Helper()
	w = newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "Spam is cold", Author: "eric"})
	trial.OK(t, err)
	q = Query{Key: key, Looks: looksAt(pull.Looks{Branches: []string{"main", "gone"}, Requests: []int{key.Number, 4711},
		Into: []string{"main"}, Issues: []int{issue, 4712}})}
	return w, q, w.load(q)
}

func around(t *testing.T, when string, want, got *pull.Request) {
	t.Helper()
	type seen struct {
		Branches map[string]pull.Branch
		Others   map[int]pull.Summary
		Into     map[string][]pull.Summary
		Issues   map[int]pull.Issue
	}
	of := func(r *pull.Request) seen { return seen{r.Branches, r.Others, r.Into, r.Issues} }
	if diff := cmp.Diff(of(want), of(got), ignoreTimes); diff != "" {
		t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// What is prefetched comes in the first query, also what is not there: GitHub
// answers NOT_FOUND for that.
func TestPrefetched(t *testing.T) {
	w, q, want := prefetched(t)
	w.Srv.ResetRequests()
	around(t, "the second time", want, w.load(q))
	if w.Sent() != 1 {
		t.Errorf("%d requests, want 1", w.Sent())
	}
	// More than was prefetched is asked for, and only that.
	more := q.Looks(nil)
	more.Issues, more.Branches = append(more.Issues, 4713), append(more.Branches, "other")
	q.Looks = looksAt(more)
	w.Srv.ResetRequests()
	got := w.load(q)
	if _, there := got.Branches["other"]; !there || len(got.Issues) != 3 || w.Sent() != 2 {
		t.Errorf("%d requests, branches %v, issues %v", w.Sent(), got.Branches, got.Issues)
	}
	// Less than was prefetched does not show.
	q.Looks = looksAt(pull.Looks{})
	if got := w.load(q); got.Branches != nil || got.Others != nil || got.Into != nil || got.Issues != nil {
		t.Errorf("what nobody looks at: %+v", got)
	}
}

// A first query that goes wrong because of what was prefetched does not go wrong
// again and again: where it was too heavy, the same load asks for the pull request
// alone, else the next one does.
func TestPrefetchedInTrouble(t *testing.T) {
	forbidden := `{"data":{"repository":{"tip0":null}},"errors":[{"type":"FORBIDDEN","path":["repository","tip0"],"message":"Resource not ` +
		`accessible by integration"}]}`
	slow := `{"data":{"repository":null},"errors":[{"message":"Something went wrong while executing your query. This may be the result of ` +
		`a timeout."}]}`
	heavy := `{"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"too much"}]}`
	for name, fault := range map[string]ghtest.Fault{
		"forbidden": {Status: 200, Body: forbidden}, "slow": {Status: 200, Body: slow}, "heavy": {Status: 200, Body: heavy},
		"bad gateway": ghtest.BadGateway(),
	} {
		t.Run(name, func(t *testing.T) {
			w, q, want := prefetched(t)
			calls := 0
			fault.Path, fault.Contains = "^/graphql$", "maybe0:" // here it is what was prefetched
			fault.Before = func() { calls++ }
			w.Fault(fault)
			if r, err := w.app.Load(t.Context(), q); calls != 1 || (err == nil) != (name != "forbidden") {
				t.Fatalf("%v, %d queries with prefetched looks", err, calls)
			} else if err == nil {
				around(t, "in smaller parts", want, r)
			}
			w.Srv.ResetRequests()
			around(t, "the next time", want, w.load(q))
			if w.Sent() != 2 {
				t.Errorf("%d requests, want 2: nothing is prefetched after that", w.Sent())
			}
		})
	}
}

// An answer that lacks a part, or has it in another form, is no answer.
func TestPrefetchedIsBroken(t *testing.T) {
	for _, part := range []string{"into0", "tip0", "from0", "maybe0", "maybeIssue0"} {
		at := pull.Looks{Into: []string{"main"}, Branches: []string{"main"}, Requests: []int{1}, Issues: []int{2}}
		for _, form := range []string{"", "7"} {
			found := gh.Fields{"into0": []byte("{}"), "tip0": []byte("null"), "from0": []byte("{}"), "maybe0": []byte("null"),
				"maybeIssue0": []byte("null")}
			delete(found, part)
			if form != "" {
				found[part] = []byte(form)
			}
			l := &loading{out: &pull.Request{}, prefetched: at, brought: found}
			_, err := l.known(at)
			trial.As[*gh.Temporary](t, err)
		}
	}
}
