package apply

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Writes that go together are one request, and each has its own outcome.
func TestApplyTogether(t *testing.T) {
	w, key, now := newStillPull(t)
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	trial.OK(t, w.Repo.Label(key.Number, "dana", "awaiting review"))
	r := w.load(snapshot.Query{Key: key, Needs: ghtrial.Everything})
	_, err := w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath, LabelRulesPath: "x"})
	trial.OK(t, err)
	block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "* Issue: gh-1"}
	actions := []pull.Action{
		pull.EditBlock{Block: block, Seen: r.Body, At: now},
		pull.AddNote{Note: pull.Note{Key: "k", Body: "Hello"}},
		pull.RemoveLabel{Name: "Awaiting Review"},
		pull.AddLabel{Name: "docs"},
		pull.React{Comment: 1, Node: "IC_nothing", With: pull.Confused},
		pull.AddLabel{Name: "renamed or mistyped", Existing: true},
	}
	w.Srv.ResetRequests()
	faults := w.app.ApplyAll(t.Context(), 0, key, actions)
	if w.Sent() != 2 { // the label that nobody knows is asked for first
		t.Errorf("%d requests", w.Sent())
	}
	for i, want := range []string{"", "", "", "", "*gh.Gone", "*gh.Rejected"} {
		got := ""
		switch {
		case faults[i] != nil && want == "*gh.Gone":
			got = fmt.Sprintf("%T", trial.As[*gh.Gone](t, faults[i]))
		case faults[i] != nil:
			got = fmt.Sprintf("%T", trial.As[*gh.Rejected](t, faults[i]))
		}
		if got != want {
			t.Errorf("%s: %v, want %s", actions[i], faults[i], want)
		}
	}
	st := w.PR(key)
	if !slices.Equal(st.Labels, []string{"docs"}) || len(st.Comments) != 1 || st.Body != block.In("Body") {
		t.Errorf("%+v", st)
	}
}

// Whoever wrote or reviewed is known by an id, so that a review is asked for and
// somebody assigned in the same request as all else; an id that is no more, and
// those who were never seen, go by login.
func TestPeopleInTheSameRequest(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, login := range []string{"dana", "carol"} {
		trial.OK(t, w.Repo.Collaborator(login, "write"))
	}
	_, err := w.Repo.Review(key.Number, "dana", "CHANGES_REQUESTED", "no")
	trial.OK(t, err)
	note := pull.Note{Key: "k", Body: "b"}
	w.apply(key, pull.AddNote{Note: note})
	r := w.load(snapshot.Query{Key: key, Needs: ghtrial.Everything})
	note.Body = "c"
	failure := pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "t",
		Annotations: []pull.Annotation{{Path: "a.txt", Line: 1, Level: pull.FailureLevel, Message: "m"}}}
	w.Srv.ResetRequests()
	for _, err := range w.app.ApplyAll(t.Context(), 0, key, []pull.Action{
		pull.EditNote{Node: r.Notes["k"].Node, Note: note}, pull.SetCheck{SHA: r.Head, Check: failure}, pull.RequestReview{Login: "Dana"},
		pull.Assign{Login: "dana"},
	}) {
		trial.OK(t, err)
	}
	st := w.PR(key)
	if w.Sent() != 1 || !slices.Equal(st.Reviewers, []string{"dana"}) || !slices.Equal(st.Assignees, []string{"dana"}) ||
		len(st.CheckRuns) != 1 || w.load(snapshot.Query{Key: key, Needs: pull.Notes}).Notes["k"].Digest != note.Digest() {
		t.Errorf("%d requests: %+v", w.Sent(), st)
	}
	w.app.IDs.SetPerson("carol", "U_gone")
	w.apply(key, pull.Assign{Login: "carol"})
	w.apply(key, pull.RequestReview{Login: "carol"})
	if st := w.PR(key); !slices.Equal(st.Reviewers, []string{"dana", "carol"}) || !slices.Equal(st.Assignees, []string{"dana", "carol"}) {
		t.Errorf("by login: %+v", st)
	}
}

// A body that somebody edits meanwhile keeps what they wrote.
func TestEditBlockReadsAgain(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	r := w.load(snapshot.Query{Key: key})
	block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "* gh-1"}
	edit := pull.EditBlock{Block: block, Seen: r.Body, At: now}
	trial.OK(t, w.Repo.EditBody(key.Number, "Another body"))
	now = now.Add(freshBody + time.Second)
	w.apply(key, edit)
	if got := w.PR(key).Body; got != block.In("Another body") {
		t.Errorf("body %q", got)
	}
	w.Srv.ResetRequests()
	w.apply(key, edit) // written a moment ago: nothing is asked, and nothing written
	if w.Sent() != 0 {
		t.Errorf("%d requests", w.Sent())
	}
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "t", Body: "b", Author: "eric"})
	trial.OK(t, err)
	of := pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	w.apply(of, pull.EditBlock{Block: block, Seen: "b", At: now})
	if st, err := w.Repo.PR(issue); err != nil || st.Body != block.In("b") {
		t.Errorf("body of the issue %q, %v", st.Body, err)
	}
	long := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: string(make([]byte, gh.MaxBody))}
	w.apply(key, pull.EditBlock{Block: long, Seen: block.In("Another body"), At: now}) // GitHub would refuse it
	if got := w.PR(key).Body; got != block.In("Another body") {
		t.Errorf("%d bytes of body", len(got))
	}
}

// A label that is deleted and made again has another id.
func TestLabelMadeAgain(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.AddLabel{Name: "docs", Color: "c2e0c6", Description: "Documentation"})
	if got := w.Repo.Labels(); len(got) != 1 || got[0] != (ghtest.Label{Name: "docs", Color: "c2e0c6", Description: "Documentation"}) {
		t.Errorf("labels %+v", got)
	}
	trial.OK(t, w.Repo.DeleteLabel("docs"))
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	w.apply(key, pull.AddLabel{Name: "docs"})
	if st := w.PR(key); !slices.Equal(st.Labels, []string{"docs"}) {
		t.Errorf("labels %q", st.Labels)
	}
	w.apply(key, pull.Ready{})
	w.apply(key, pull.Close{})
	if st := w.PR(key); st.State != "closed" {
		t.Errorf("state %q", st.State)
	}
}

// A label that was renamed is not set by its old name.
func TestLabelRenamed(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	outline := func() {
		t.Helper()
		_, err := w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath, LabelRulesPath: "x"})
		trial.OK(t, err)
	}
	outline()
	rename := pull.LabelEdit{Old: "docs", LabelStyle: pull.LabelStyle{Name: "documentation"}}
	trial.OK(t, w.app.EditLabel(t.Context(), 0, ghtrial.CPython, rename))
	outline()
	e := trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddLabel{Name: "docs", Existing: true}))
	if want := `the repository has no label "docs": make it, or change the settings if it was renamed`; e.Message != want {
		t.Errorf("%q, want %q", e.Message, want)
	}
	w.apply(key, pull.AddLabel{Name: "documentation"})
	if st := w.PR(key); !slices.Equal(st.Labels, []string{"documentation"}) {
		t.Errorf("labels %q", st.Labels)
	}
}

// A pull request shows it too, where another replica got the event.
func TestLabelRenamedElsewhere(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.AddLabel{Name: "docs"})
	trial.OK(t, w.app.EditLabel(t.Context(), 0, key, pull.LabelEdit{Old: "docs", LabelStyle: pull.LabelStyle{Name: "documentation"}}))
	w.load(snapshot.Query{Key: key})
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddLabel{Name: "docs", Existing: true}))
	w.apply(key, pull.AddLabel{Name: "docs"})
	if st := w.PR(key); !slices.Equal(st.Labels, []string{"documentation", "docs"}) {
		t.Errorf("labels %q", st.Labels)
	}
}

func TestBatches(t *testing.T) {
	label := func(n int) (all []pull.Action) {
		for i := range n {
			all = append(all, pull.AddLabel{Name: fmt.Sprint(i)})
		}
		return all
	}
	large := pull.SetCheck{Check: pull.Check{Annotations: make([]pull.Annotation, annotationsPerWrite+1)}} // it takes two
	actions := slices.Concat([]pull.Action{pull.SetStatus{}}, label(2), []pull.Action{pull.SetCheck{}, large, pull.SetStatus{}},
		label(mutationsPerRequest+1))
	var sizes []int
	for _, b := range Batches(actions) {
		sizes = append(sizes, len(b))
	}
	if want := []int{1, 3, 1, 1, mutationsPerRequest, 1}; !slices.Equal(sizes, want) {
		t.Errorf("sizes %v, want %v", sizes, want)
	}
	if len(Batches(nil)) != 0 {
		t.Error("nothing has batches")
	}
}
