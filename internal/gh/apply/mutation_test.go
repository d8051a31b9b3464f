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
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

var threeWrites = []pull.Action{
	pull.AddNote{Note: pull.Note{Key: "a", Body: "A"}}, pull.AddNote{Note: pull.Note{Key: "b", Body: "B"}},
	pull.AddNote{Note: pull.Note{Key: "c", Body: "C"}},
}

// Of several writes each has its own outcome, by what GitHub says of it.
func TestSomeWritesAreRefused(t *testing.T) {
	said := func(of, kind, message string) string {
		path := ""
		if of != "" {
			path = fmt.Sprintf(`,"path":[%q]`, of)
		}
		return fmt.Sprintf(`{"type":%q,"message":%q%s}`, kind, message, path)
	}
	for name, c := range map[string]struct {
		errors []string
		want   []string
	}{
		"one is forbidden": {[]string{said("change1", "FORBIDDEN", "Resource not accessible by integration")}, []string{"", "Denied", ""}},
		"locked": {[]string{said("change2", "FORBIDDEN", "Unable to create comment because issue is locked.")},
			[]string{"", "", "Rejected"}},
		"archived": {[]string{said("change0", "UNPROCESSABLE", "Repository was archived so is read-only.")},
			[]string{"Rejected", "", ""}},
		"limited in the middle": {[]string{said("change1", "RATE_LIMITED", "API rate limit exceeded"),
			said("change2", "RATE_LIMITED", "API rate limit exceeded")}, []string{"", "Limited", "Limited"}},
		"refused, then limited": {[]string{said("change0", "UNPROCESSABLE", "Body is too long"),
			said("change2", "RATE_LIMITED", "API rate limit exceeded")}, []string{"Rejected", "", "Limited"}},
		"too quick":              {[]string{said("change2", "UNPROCESSABLE", "was submitted too quickly")}, []string{"", "", "Limited"}},
		"one is odd":             {[]string{said("change1", "SERVICE_UNAVAILABLE", "Something went wrong")}, []string{"", "Temporary", ""}},
		"the request is limited": {[]string{said("", "RATE_LIMITED", "API rate limit exceeded")}, []string{"Limited", "Limited", "Limited"}},
		"the request went wrong": {[]string{said("change0", "FORBIDDEN", "no"),
			said("", "", "Something went wrong while executing your query.")}, []string{"Denied", "Denied", "Denied"}},
		"it is not understood": {[]string{`{"message":"Field 'addComment' doesn't exist on type 'Mutation'",` +
			`"extensions":{"code":"undefinedField"},"path":["mutation","change0"]}`}, []string{"Rejected", "Rejected", "Rejected"}},
		"the subject is gone": {[]string{said("change0", "NOT_FOUND", "Could not resolve to a node with the global id of 'PR_1'"),
			said("change1", "NOT_FOUND", "Could not resolve"), said("change2", "NOT_FOUND", "Could not resolve")}, []string{"Gone", "Gone", "Gone"}},
		"nothing that is of them": {nil, []string{"Temporary", "Temporary", "Temporary"}},
	} {
		t.Run(name, func(t *testing.T) {
			now := time.Now()
			w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Now = func() time.Time { return now } })
			key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
			w.load(snapshot.Query{Key: key})
			body := `{"data":{"change0":null,"change1":null,"change2":null},"errors":[` + strings.Join(c.errors, ",") + `]}`
			if c.errors == nil {
				body = `{"data":null}`
			}
			w.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "mutation(", Status: 200, Body: body})
			faults := w.app.ApplyAll(t.Context(), 0, key, threeWrites)
			if got := ghtrial.Kinds(faults); !slices.Equal(got, c.want) {
				t.Errorf("outcomes %q, want %q: %v", got, c.want, faults)
			}
			if !slices.Contains(c.want, "Limited") {
				return
			}
			w.Srv.ResetRequests()
			trial.As[*gh.Limited](t, w.app.ApplyAll(t.Context(), 0, key, threeWrites)[0])
			if w.Sent() != 0 {
				t.Errorf("%d requests under a limit", w.Sent())
			}
			now = now.Add(time.Minute + time.Second)
			if got := ghtrial.Kinds(w.app.ApplyAll(t.Context(), 0, key, threeWrites)); !slices.Equal(got, []string{"", "", ""}) {
				t.Errorf("after the limit: %q", got)
			}
		})
	}
}

// A lost answer or a bad gateway is the outcome of all of them. What GitHub did
// all the same shows the next time.
func TestAllWritesInTrouble(t *testing.T) {
	for name, c := range map[string]struct {
		fault    ghtest.Fault
		comments int
		want     string
	}{
		"bad gateway": {ghtest.BadGateway(), 0, "Temporary"}, "answer lost": {ghtest.Fault{DropAfter: true}, 3, "Temporary"},
		"cut off": {ghtest.Fault{Truncate: true}, 3, "Temporary"}, "no answer": {ghtest.Fault{Drop: true}, 0, "Temporary"},
		"limited": {ghtest.SecondaryLimit(time.Minute), 0, "Limited"}, "gone": {ghtest.Fault{Status: 404}, 0, "Gone"},
	} {
		t.Run(name, func(t *testing.T) {
			w, key := newPull(t)
			w.load(snapshot.Query{Key: key})
			c.fault.Path, c.fault.Contains = "^/graphql$", "mutation("
			w.Fault(c.fault)
			if got := ghtrial.Kinds(w.app.ApplyAll(t.Context(), 0, key, threeWrites)); !slices.Equal(got, []string{c.want, c.want, c.want}) {
				t.Errorf("outcomes %q", got)
			}
			if n := len(w.PR(key).Comments); n != c.comments {
				t.Errorf("%d comments, want %d", n, c.comments)
			}
		})
	}
}

// Many writes go by the batch, and all are done.
func TestManyWrites(t *testing.T) {
	w, key := newPull(t)
	w.load(snapshot.Query{Key: key})
	var actions []pull.Action
	for i := range 2*mutationsPerRequest + 3 {
		actions = append(actions, pull.AddNote{Note: pull.Note{Key: fmt.Sprint("k", i), Body: "b"}})
	}
	w.Srv.ResetRequests()
	for _, batch := range Batches(actions) {
		for _, err := range w.app.ApplyAll(t.Context(), 0, key, batch) {
			trial.OK(t, err)
		}
	}
	if n := len(w.PR(key).Comments); n != len(actions) || w.Sent() != 3 {
		t.Errorf("%d comments in %d requests", n, w.Sent())
	}
}

// Among others, a label that was deleted meanwhile: one that must be there is
// refused, one that may be made is made, one to take off is off.
func TestLabelsDeletedMeanwhile(t *testing.T) {
	w, key := newPull(t)
	for _, name := range []string{"docs", "tests", "stale"} {
		trial.OK(t, w.Repo.Label(key.Number, "dana", name))
	}
	w.load(snapshot.Query{Key: key})
	for _, name := range []string{"docs", "tests", "stale"} {
		trial.OK(t, w.Repo.DeleteLabel(name))
	}
	note := pull.AddNote{Note: pull.Note{Key: "k", Body: "b"}}
	faults := w.app.ApplyAll(t.Context(), 0, key, []pull.Action{
		pull.AddLabel{Name: "docs", Existing: true}, note, pull.AddLabel{Name: "Tests"}, pull.RemoveLabel{Name: "stale"},
	})
	if got := ghtrial.Kinds(faults); !slices.Equal(got, []string{"Rejected", "", "", ""}) ||
		!strings.Contains(fmt.Sprint(faults[0]), `no label "docs"`) {
		t.Errorf("outcomes %q: %v", got, faults)
	}
	if st := w.PR(key); len(st.Comments) != 1 || !slices.Equal(st.Labels, []string{"Tests"}) {
		t.Errorf("%d comments, labels %q", len(st.Comments), st.Labels)
	}
}

// A conversation that is locked takes no comment, and all else.
func TestLockedConversation(t *testing.T) {
	w, key := newPull(t)
	trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: "docs"}))
	trial.OK(t, w.Repo.Lock(key.Number, "dana", "too heated"))
	faults := w.app.ApplyAll(t.Context(), 0, key, []pull.Action{threeWrites[0], pull.AddLabel{Name: "docs"}})
	if got := ghtrial.Kinds(faults); !slices.Equal(got, []string{"Rejected", ""}) {
		t.Errorf("outcomes %q: %v", got, faults)
	}
	if st := w.PR(key); len(st.Comments) != 0 || !slices.Equal(st.Labels, []string{"docs"}) {
		t.Errorf("%d comments, labels %q", len(st.Comments), st.Labels)
	}
}

// What a write must know first may be in trouble, too: no write is sent then but
// those that do not need it.
func TestTroubleBeforeWrites(t *testing.T) {
	label, edit := pull.AddLabel{Name: "new"}, pull.EditBlock{Block: pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->",
		End: "<!-- /a -->", Text: "x"}}
	refused := `{"message":"Validation Failed","errors":[{"resource":"Label","field":"name","code":"invalid"}]}`
	exists := `{"message":"Validation Failed","errors":[{"resource":"Label","field":"name","code":"already_exists"}]}`
	for name, c := range map[string]struct {
		write    pull.Action
		fault    ghtest.Fault
		want     []string
		comments int
	}{
		"no ids": {label, ghtest.Fault{Contains: "label0:label", Path: "^/graphql$", Times: 2, Status: 502},
			[]string{"Temporary", "Temporary"}, 0},
		"ids are odd": {label, ghtest.Fault{Contains: "label0:label", Path: "^/graphql$", Status: 200,
			Body: `{"data":{"repository":{"label0":[]}}}`}, []string{"Temporary", "Temporary"}, 0},
		"ids are missing": {label, ghtest.Fault{Contains: "label0:label", Path: "^/graphql$", Status: 200, Body: `{"data":{"repository":{}}}`},
			[]string{"Temporary", "Temporary"}, 0},
		"no subject": {label, ghtest.Fault{Contains: "label0:label", Path: "^/graphql$", Status: 200,
			Body: `{"data":{"repository":{"label0":null,"issueOrPullRequest":{"__typename":"PullRequest","id":""}}}}`},
			[]string{"Temporary", "Temporary"}, 0},
		"broken subject": {label, ghtest.Fault{Contains: "label0:label", Path: "^/graphql$", Status: 200,
			Body: `{"data":{"repository":{"label0":null,"issueOrPullRequest":7}}}`}, []string{"Temporary", "Temporary"}, 0},
		"label is refused": {label, ghtest.Fault{Method: "POST", Path: "/labels$", Status: 422, Body: refused}, []string{"Rejected", ""}, 1},
		"label is there":   {label, ghtest.Fault{Method: "POST", Path: "/labels$", Status: 422, Body: exists}, []string{"Temporary", ""}, 1},
		"no label now":     {label, ghtest.Fault{Method: "POST", Path: "/labels$", Status: 502}, []string{"Temporary", ""}, 1},
		"no body":          {edit, ghtest.Fault{Contains: "id body", Path: "^/graphql$", Status: 502}, []string{"Temporary", ""}, 1},
		"body is odd": {edit, ghtest.Fault{Contains: "id body", Path: "^/graphql$", Status: 200,
			Body: `{"data":{"repository":{"issueOrPullRequest":[]}}}`}, []string{"Temporary", ""}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			w, key := newPull(t)
			w.Fault(c.fault)
			faults := w.app.ApplyAll(t.Context(), 0, key, []pull.Action{c.write, threeWrites[0]})
			if got := ghtrial.Kinds(faults); !slices.Equal(got, c.want) {
				t.Errorf("outcomes %q, want %q: %v", got, c.want, faults)
			}
			if n := len(w.PR(key).Comments); n != c.comments {
				t.Errorf("%d comments, want %d", n, c.comments)
			}
		})
	}
}
