package apply

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Writes that go together are one request, and each has its own outcome.
func TestApplyTogether(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	must(t, w.repo.Label(key.Number, "dana", "awaiting review"))
	r := w.load(snapshot.Query{Key: key, Needs: everything})
	_, err := w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: cpython, SettingsPath: settingsPath, LabelRulesPath: "x"})
	must(t, err)
	block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "* Issue: gh-1"}
	actions := []pull.Action{
		pull.EditBlock{Block: block, Seen: r.Body, At: time.Now()},
		pull.AddNote{Note: pull.Note{Key: "k", Body: "Hello"}},
		pull.RemoveLabel{Name: "Awaiting Review"},
		pull.AddLabel{Name: "docs"},
		pull.React{Comment: 1, Node: "IC_nothing", With: pull.Confused},
		pull.AddLabel{Name: "renamed or mistyped", Existing: true},
	}
	w.srv.ResetRequests()
	faults := w.app.ApplyAll(t.Context(), 0, key, actions)
	if w.sent() != 2 { // the label that nobody knows is asked for first
		t.Errorf("%d requests", w.sent())
	}
	for i, want := range []string{"", "", "", "", "*gh.Gone", "*gh.Rejected"} {
		got := ""
		switch {
		case faults[i] != nil && want == "*gh.Gone":
			got = fmt.Sprintf("%T", as[*gh.Gone](t, faults[i]))
		case faults[i] != nil:
			got = fmt.Sprintf("%T", as[*gh.Rejected](t, faults[i]))
		}
		if got != want {
			t.Errorf("%s: %v, want %s", actions[i], faults[i], want)
		}
	}
	st := w.pr(key)
	if !slices.Equal(st.Labels, []string{"docs"}) || len(st.Comments) != 1 || st.Body != block.In("Body") {
		t.Errorf("%+v", st)
	}
}

// Whoever wrote or reviewed is known by an id, so that a review is asked for and
// somebody assigned in the same request as all else; an id that is no more, and
// those who were never seen, go by login.
func TestPeopleInTheSameRequest(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, login := range []string{"dana", "carol"} {
		must(t, w.repo.Collaborator(login, "write"))
	}
	_, err := w.repo.Review(key.Number, "dana", "CHANGES_REQUESTED", "no")
	must(t, err)
	note := pull.Note{Key: "k", Body: "b"}
	w.apply(key, pull.AddNote{Note: note})
	r := w.load(snapshot.Query{Key: key, Needs: everything})
	note.Body = "c"
	failure := pull.Check{Name: "NEWS", Conclusion: pull.Failure, Title: "t",
		Annotations: []pull.Annotation{{Path: "a.txt", Line: 1, Level: pull.FailureLevel, Message: "m"}}}
	w.srv.ResetRequests()
	for _, err := range w.app.ApplyAll(t.Context(), 0, key, []pull.Action{
		pull.EditNote{Node: r.Notes["k"].Node, Note: note}, pull.SetCheck{SHA: r.Head, Check: failure}, pull.RequestReview{Login: "Dana"},
		pull.Assign{Login: "dana"},
	}) {
		must(t, err)
	}
	st := w.pr(key)
	if w.sent() != 1 || !slices.Equal(st.Reviewers, []string{"dana"}) || !slices.Equal(st.Assignees, []string{"dana"}) ||
		len(st.CheckRuns) != 1 || w.load(snapshot.Query{Key: key, Needs: pull.Notes}).Notes["k"].Digest != note.Digest() {
		t.Errorf("%d requests: %+v", w.sent(), st)
	}
	w.app.IDs.SetPerson("carol", "U_gone")
	w.apply(key, pull.Assign{Login: "carol"})
	w.apply(key, pull.RequestReview{Login: "carol"})
	if st := w.pr(key); !slices.Equal(st.Reviewers, []string{"dana", "carol"}) || !slices.Equal(st.Assignees, []string{"dana", "carol"}) {
		t.Errorf("by login: %+v", st)
	}
}

// A body that somebody edits meanwhile keeps what they wrote.
func TestEditBlockReadsAgain(t *testing.T) {
	now := time.Now()
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	r := w.load(snapshot.Query{Key: key})
	block := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: "* gh-1"}
	edit := pull.EditBlock{Block: block, Seen: r.Body, At: now}
	must(t, w.repo.EditBody(key.Number, "Another body"))
	now = now.Add(freshBody + time.Second)
	w.apply(key, edit)
	if got := w.pr(key).Body; got != block.In("Another body") {
		t.Errorf("body %q", got)
	}
	w.srv.ResetRequests()
	w.apply(key, edit) // written a moment ago: nothing is asked, and nothing written
	if w.sent() != 0 {
		t.Errorf("%d requests", w.sent())
	}
	issue, err := w.repo.OpenIssue(ghtest.Issue{Title: "t", Body: "b", Author: "eric"})
	must(t, err)
	of := pull.Key{Owner: "python", Repo: "cpython", Number: issue}
	w.apply(of, pull.EditBlock{Block: block, Seen: "b", At: now})
	if st, err := w.repo.PR(issue); err != nil || st.Body != block.In("b") {
		t.Errorf("body of the issue %q, %v", st.Body, err)
	}
	long := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->", Text: string(make([]byte, gh.MaxBody))}
	w.apply(key, pull.EditBlock{Block: long, Seen: block.In("Another body"), At: now}) // GitHub would refuse it
	if got := w.pr(key).Body; got != block.In("Another body") {
		t.Errorf("%d bytes of body", len(got))
	}
}

// A label that is deleted and made again has another id.
func TestLabelMadeAgain(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.AddLabel{Name: "docs", Color: "c2e0c6", Description: "Documentation"})
	if got := w.repo.Labels(); len(got) != 1 || got[0] != (ghtest.Label{Name: "docs", Color: "c2e0c6", Description: "Documentation"}) {
		t.Errorf("labels %+v", got)
	}
	must(t, w.repo.DeleteLabel("docs"))
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	w.apply(key, pull.AddLabel{Name: "docs"})
	if st := w.pr(key); !slices.Equal(st.Labels, []string{"docs"}) {
		t.Errorf("labels %q", st.Labels)
	}
	w.apply(key, pull.Ready{})
	w.apply(key, pull.Close{})
	if st := w.pr(key); st.State != "closed" {
		t.Errorf("state %q", st.State)
	}
}

// A label that was renamed is not set by its old name.
func TestLabelRenamed(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	must(t, w.repo.SetLabel(ghtest.Label{Name: "docs"}))
	outline := func() {
		t.Helper()
		_, err := w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: cpython, SettingsPath: settingsPath, LabelRulesPath: "x"})
		must(t, err)
	}
	outline()
	must(t, w.app.EditLabel(t.Context(), 0, cpython, pull.LabelEdit{Old: "docs", LabelStyle: pull.LabelStyle{Name: "documentation"}}))
	outline()
	e := as[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddLabel{Name: "docs", Existing: true}))
	if want := `the repository has no label "docs": make it, or change the settings if it was renamed`; e.Message != want {
		t.Errorf("%q, want %q", e.Message, want)
	}
	w.apply(key, pull.AddLabel{Name: "documentation"})
	if st := w.pr(key); !slices.Equal(st.Labels, []string{"documentation"}) {
		t.Errorf("labels %q", st.Labels)
	}
}

// A pull request shows it too, where another replica got the event.
func TestLabelRenamedElsewhere(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.apply(key, pull.AddLabel{Name: "docs"})
	must(t, w.app.EditLabel(t.Context(), 0, key, pull.LabelEdit{Old: "docs", LabelStyle: pull.LabelStyle{Name: "documentation"}}))
	w.load(snapshot.Query{Key: key})
	as[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.AddLabel{Name: "docs", Existing: true}))
	w.apply(key, pull.AddLabel{Name: "docs"})
	if st := w.pr(key); !slices.Equal(st.Labels, []string{"documentation", "docs"}) {
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
