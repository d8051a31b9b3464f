package snapshot

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func (w *world) outline(branches ...string) (pull.Repository, error) {
	w.T.Helper()
	w.Srv.ResetRequests()
	query := RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath, LabelRulesPath: "x", Queues: branches}
	return w.app.Repository(w.T.Context(), query)
}

// What is queued comes with the outline: the commit of its group, what is
// reported there, and what is said of the pull request itself.
func TestQueued(t *testing.T) {
	w := newWorld(t)
	_, err := w.Repo.Push("3.14")
	trial.OK(t, err)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	head := w.PR(key).HeadSHA
	own := pull.Status{Context: "bedevere/news", State: pull.StatusFailure, Description: "no entry", URL: "https://example.com/"}
	check := pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "T", Summary: "S"}
	w.apply(key, pull.SetStatus{SHA: head, Status: own})
	w.apply(key, pull.SetCheck{SHA: head, Check: check})
	group, err := w.Repo.Queue(key.Number)
	trial.OK(t, err)
	there := pull.Status{Context: "ci", State: pull.StatusPending}
	w.apply(key, pull.SetStatus{SHA: group, Status: there})

	out, err := w.outline("", "3.14", "3.99")
	trial.OK(t, err)
	if w.Sent() != 2 || len(out.Queued) != 1 { // the outline, and the one queue that is not empty
		t.Fatalf("%d requests, queued %+v", w.Sent(), out.Queued)
	}
	got := out.Queued[0]
	got.Own.Checks["NEWS"] = pull.CheckState{Digest: got.Own.Checks["NEWS"].Digest, Conclusion: got.Own.Checks["NEWS"].Conclusion}
	want := pull.QueueEntry{
		Number: key.Number, Group: group,
		Reported: pull.Reports{Statuses: map[string]pull.Status{"ci": there}, Checks: map[string]pull.CheckState{}},
		Own: pull.Reports{Statuses: map[string]pull.Status{"bedevere/news": own},
			Checks: map[string]pull.CheckState{"NEWS": {Digest: check.Digest(), Conclusion: pull.Failure}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("queued (-want +got):\n%s", diff)
	}
	out, err = w.outline("3.14")
	trial.OK(t, err)
	if len(out.Queued) != 0 {
		t.Errorf("the other branch has no queue: %+v", out.Queued)
	}
}

// A GitHub that knows no merge queues is asked for them once; one that does not
// show them to the App, each time, since somebody may grant that.
func TestWithoutMergeQueues(t *testing.T) {
	unknown := `{"errors":[{"path":["query","repository","queue0"],"extensions":{"code":"undefinedField"},"message":"Field 'mergeQueue' ` +
		`doesn't exist on type 'Repository'"}]}`
	hidden := `{"data":{"repository":{"queue0":null}},"errors":[{"type":"FORBIDDEN","path":["repository","queue0"],"message":"Resource not ` +
		`accessible by integration"}]}`
	for name, c := range map[string]struct {
		body   string
		second int // requests, of the second time
	}{"unknown": {unknown, 1}, "hidden": {hidden, 2}} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mergeQueue", Times: -1, Status: 200, Body: c.body})
			for i, requests := range []int{2, c.second} {
				out, err := w.outline("")
				trial.OK(t, err)
				if out.DefaultBranch != "main" || len(out.Queued) != 0 || w.Sent() != requests {
					t.Errorf("time %d: %d requests, want %d; %+v", i, w.Sent(), requests, out)
				}
			}
			w.Srv.ClearFaults()
			key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
			_, err := w.Repo.Queue(key.Number)
			trial.OK(t, err)
			out, err := w.outline("")
			trial.OK(t, err)
			if again := len(out.Queued) == 1; again != (name == "hidden") {
				t.Errorf("once it shows: %+v", out.Queued)
			}
		})
	}
}

// What is refused with and without merge queues says nothing of them, and no
// other trouble does.
func TestOutlineTroubleIsNotOfQueues(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	_, err := w.Repo.Queue(key.Number)
	trial.OK(t, err)
	refused := ghtest.Fault{Path: "^/graphql$", Times: 3, Status: 200,
		Body: `{"errors":[{"type":"MAX_NODE_LIMIT_EXCEEDED","message":"too much"}]}`}
	for _, f := range []ghtest.Fault{refused, {Path: "^/graphql$", Times: 3, Status: 502},
		{Path: "^/graphql$", Status: 200, Body: `{"data":{"repository":{"queue0":null}}}`}} {
		w.Fault(f)
		_, err := w.outline("")
		if err == nil {
			t.Fatalf("no error for %+v", f)
		}
		out, err := w.outline("")
		trial.OK(t, err)
		if len(out.Queued) != 1 {
			t.Errorf("after %+v: queued %+v", f, out.Queued)
		}
	}
}

// What GitHub leaves open in an entry is passed over, and a broken form is said.
func TestOddQueues(t *testing.T) {
	const sha = "0123456789012345678901234567890123456789"
	for _, c := range []struct{ entry, want string }{
		{`{"headCommit":null,"pullRequest":{"number":6}}`, ""},
		{`{"headCommit":{"oid":"x"},"pullRequest":{"number":6}}`, ""},
		{`{"headCommit":{"oid":"` + sha + `"},"pullRequest":null}`, ""},
		{`{"headCommit":{"oid":"` + sha + `"},"pullRequest":{"number":7,"tip":{"nodes":[]}}}`, sha},
	} {
		var e entryOfQueue
		trial.OK(t, json.Unmarshal([]byte(c.entry), &e))
		if got, built := e.queued(); got.Group != c.want || built != (c.want != "") {
			t.Errorf("%s: %+v, built %v", c.entry, got, built)
		}
	}
	w := newWorld(t)
	c, err := w.app.Client(t.Context(), ghtrial.CPython, 0)
	trial.OK(t, err)
	l := &repositoryLoad{Client: c, RepositoryQuery: RepositoryQuery{Queues: []string{""}}}
	_, err = l.queued(t.Context(), gh.Fields{"queue0": []byte(`{"entries":[]}`)})
	trial.As[*gh.Temporary](t, err)
	_, err = l.queued(t.Context(), gh.Fields{})
	trial.As[*gh.Temporary](t, err)
	// meanwhile it's gone
	if none, err := l.queued(t.Context(), gh.Fields{"queue0": []byte(`{"entries":{"totalCount":3}}`)}); len(none) != 0 || err != nil {
		t.Errorf("%v, %v", none, err)
	}
}
