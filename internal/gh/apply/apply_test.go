package apply

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func newPull(t *testing.T) (*world, pull.Key) {
	t.Helper()
	w := newWorld(t)
	return w, w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
}

// newStillPull has the App's clock stand still: however slow the machine is, no body that was
// read is too old to be written back.
func newStillPull(t *testing.T) (w *world, key pull.Key, now time.Time) {
	t.Helper()
	now = time.Now()
	w = newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	return w, w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}), now
}

func TestApplyStatus(t *testing.T) {
	w, key := newPull(t)
	want := pull.Status{Context: "bedevere/news", State: pull.StatusFailure, Description: "No entry: " + strings.Repeat("ä", 60),
		URL: "https://example.com/?a=b#c"}
	w.apply(key, pull.SetStatus{SHA: w.Repo.Ref("alice:fix"), Status: want})
	if got := w.load(snapshot.Query{Key: key, Needs: pull.Statuses}).Statuses["bedevere/news"]; got != want {
		t.Errorf("got %+v", got)
	}
	for _, sha := range []string{"", "main", "../x", strings.Repeat("g", 40), strings.ToUpper(ghtrial.SomeSHA)} {
		trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.SetStatus{SHA: sha, Status: want}))
		trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.SetCheck{SHA: sha, Check: pull.Check{Name: "n"}}))
	}
	// No such commit: 422. There may be one in a moment.
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, pull.SetStatus{SHA: ghtrial.SomeSHA, Status: want}))
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key,
		pull.SetCheck{SHA: ghtrial.SomeSHA, Check: pull.Check{Name: "n", Conclusion: pull.Success, Title: "T"}}))
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key,
		pull.SetStatus{SHA: w.Repo.Ref("main"), Status: pull.Status{Context: "c", State: "odd"}}))
}

// All annotations come, 50 in a write, and only the last of them makes the check
// run complete. Up to 50 take one request, any more two.
func TestApplyCheck(t *testing.T) {
	w, key := newPull(t)
	w.load(snapshot.Query{Key: key})
	head := w.Repo.Ref("alice:fix")
	for _, n := range []int{0, 1, 50, 51, 200} {
		c := pull.Check{Name: fmt.Sprint("check ", n), Conclusion: pull.Failure, Title: "Title", Summary: "Summary\n"}
		for i := range n {
			c.Annotations = append(c.Annotations, pull.Annotation{Path: "a.txt", Line: i, Column: i / 2, Level: pull.WarningLevel,
				Title: strings.Repeat("ä", 200), Message: fmt.Sprint("message ", i)})
		}
		w.Srv.ResetRequests()
		w.apply(key, pull.SetCheck{SHA: head, Check: c})
		if want := 1 + min(n/51, 1); w.Sent() != want {
			t.Errorf("%d annotations: %d requests, want %d", n, w.Sent(), want)
		}
		runs := w.PR(key).CheckRuns
		got := runs[len(runs)-1]
		if got.Name != c.Name || got.Status != "completed" || got.Conclusion != "failure" || got.ExternalID != c.Digest() ||
			got.Title != "Title" || got.Summary != "Summary\n" || len(got.Annotations) != n {
			t.Fatalf("%d annotations: %+v", n, got)
		}
		for i, a := range got.Annotations {
			if a.Path != "a.txt" || a.StartLine != max(i, 1) || a.EndLine != a.StartLine || a.Column != i/2 || a.Level != "warning" ||
				a.Message != fmt.Sprint("message ", i) || len(a.Title) > maxAnnotationTitle || a.Title == "" {
				t.Fatalf("%d annotations: %+v", n, a)
			}
		}
	}
}

func TestUnfinishedCheck(t *testing.T) {
	w, key := newPull(t)
	c := pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "T", Annotations: make([]pull.Annotation, 120)}
	for i := range c.Annotations {
		c.Annotations[i] = pull.Annotation{Path: "a.txt", Line: 1, Level: pull.NoticeLevel, Message: fmt.Sprint(i)}
	}
	set := pull.SetCheck{SHA: w.Repo.Ref("alice:fix"), Check: c}
	f := ghtest.BadGateway()
	f.Path, f.Contains = "^/graphql$", "updateCheckRun"
	w.Fault(f)
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, set))
	if got := w.load(snapshot.Query{Key: key, Needs: pull.Checks}).Checks["NEWS"]; got.ID == 0 || got.Digest != "" {
		t.Errorf("an unfinished check run shows as %+v", got)
	}
	w.apply(key, set)
	if got := w.load(snapshot.Query{Key: key, Needs: pull.Checks}).Checks["NEWS"]; got.Digest != c.Digest() {
		t.Errorf("got %+v", got)
	}
}

func TestApplyLabels(t *testing.T) {
	w, key := newPull(t)
	names := []string{"a#b/c?d%e", "a", "skip news", ":hammer: test-with-buildbots", "ä", "50% off", "..."}
	for _, name := range names {
		w.apply(key, pull.AddLabel{Name: name})
	}
	if got := w.load(snapshot.Query{Key: key}).Labels; !slices.Equal(got, names) {
		t.Errorf("labels %q", got)
	}
	for i, name := range names {
		w.apply(key, pull.RemoveLabel{Name: name})
		if got := w.PR(key).Labels; !slices.Equal(got, names[i+1:]) {
			t.Errorf("after removing %q: %q, want %q", name, got, names[i+1:])
		}
		w.apply(key, pull.RemoveLabel{Name: name}) // off already
	}
	w.apply(key, pull.AddLabel{Name: "keep"})
	for _, name := range []string{"", ".", "..", "not there"} { // no repository has them
		w.apply(key, pull.RemoveLabel{Name: name})
	}
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddLabel{Name: " "}))
	if got := w.PR(key).Labels; !slices.Equal(got, []string{"keep"}) {
		t.Errorf("labels %q", got)
	}
}

func TestApplyNotes(t *testing.T) {
	w, key := newPull(t)
	first, second := pull.Note{Key: "news-help", Body: "Hello **you**\n"}, pull.Note{Key: "news-help", Body: "Bye"}
	w.apply(key, pull.AddNote{Note: first})
	posted := w.load(snapshot.Query{Key: key, Needs: pull.Notes}).Notes["news-help"]
	if c := w.PR(key).Comments; len(c) != 1 || !strings.HasPrefix(c[0].Body, first.Body) || c[0].ID != posted.ID ||
		posted.Digest != first.Digest() {
		t.Fatalf("posted %+v, read %+v", c, posted)
	}
	w.apply(key, pull.EditNote{ID: posted.ID, Node: posted.Node, Note: second})
	again := w.load(snapshot.Query{Key: key, Needs: pull.Notes}).Notes["news-help"]
	if again != (pull.PostedNote{ID: posted.ID, Node: posted.Node, Digest: second.Digest()}) {
		t.Errorf("after the edit: %+v", again)
	}
	trial.OK(t, w.Repo.DeleteComment(key.Number, "alice", posted.ID))
	w.apply(key, pull.EditNote{ID: posted.ID, Node: posted.Node, Note: first}) // gone: the next plan knows
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: pull.Note{Key: "No Key"}}))
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.EditNote{ID: 1, Note: pull.Note{Key: ""}}))

	w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "addComment", Status: 200,
		Body: `{"data":{"change0":null},"errors":[{"type":"FORBIDDEN","path":["change0"],"message":"Unable to create comment because issue is ` +
			`locked."}]}`})
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: first}))
	if n := len(w.PR(key).Comments); n != 0 {
		t.Errorf("%d comments", n)
	}
}

// A write whose answer is lost was done; the next load shows it.
func TestLostAnswer(t *testing.T) {
	w, key := newPull(t)
	w.load(snapshot.Query{Key: key}) // the connection and the token are there
	w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "addComment", DropAfter: true})
	note := pull.Note{Key: "k", Body: "b"}
	trial.As[*gh.Temporary](t, w.app.Apply(t.Context(), 0, key, pull.AddNote{Note: note}))
	if got := w.load(snapshot.Query{Key: key, Needs: pull.Notes}).Notes["k"]; got.Digest != note.Digest() {
		t.Errorf("got %+v", got)
	}
	if n := len(w.PR(key).Comments); n != 1 {
		t.Errorf("%d comments: the client repeated a write", n)
	}
}

func TestMissingPermission(t *testing.T) {
	w, key := newPull(t)
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "read"}))
	head := w.Repo.Ref("alice:fix")
	for action, says := range map[pull.Action]string{
		pull.SetStatus{SHA: head, Status: ghtrial.SomeStatus.Status}: "statuses",
		pull.AddLabel{Name: "docs"}:                                  "issues", // to make it
		pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}:           "pull",
	} {
		if e := trial.As[*gh.Denied](t, w.app.Apply(t.Context(), 0, key, action)); !strings.Contains(e.Permission, says) {
			t.Errorf("%v: permission %q, want one with %q", action, e.Permission, says)
		}
	}
	if e := trial.As[*gh.Denied](t, w.app.Apply(t.Context(), 0, key,
		pull.SetCheck{SHA: head, Check: pull.Check{Name: "n", Conclusion: pull.Success,
			Title: "t"}})); !strings.Contains(e.Permission, "checks") {
		t.Errorf("permission %q", e.Permission)
	}
	_, err := w.app.Load(t.Context(), snapshot.Query{Key: key, Needs: pull.Statuses | pull.Checks})
	trial.As[*gh.Denied](t, err)
	w.load(snapshot.Query{Key: key, Needs: pull.Files})
}

// A draft is made ready by those alone who may write contents too; a token with
// "pull requests: write" is answered "Resource not accessible by integration"
// (cli/cli#8910). Whoever reads the log learns which permission is missing.
func TestReadyNeedsContents(t *testing.T) {
	w, key := newPull(t)
	trial.OK(t, w.Repo.SetDraft(key.Number, true))
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write"}))
	e := trial.As[*gh.Denied](t, w.app.Apply(t.Context(), 0, key, pull.Ready{}))
	if want := "contents: write, pull requests: write"; e.Permission != want {
		t.Errorf("the error asks for %q, want %q", e.Permission, want)
	}
	if !w.PR(key).Draft {
		t.Error("it is ready all the same")
	}
}
