package snapshot

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Whatever was done to a pull request is told in order, and who did it.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, login := range []string{"guido", "concorde"} { // a person who is called as the App is
		trial.OK(t, w.Repo.Collaborator(login, "write"))
	}
	w.apply(key, pull.AddLabel{Name: "docs"})
	trial.OK(t, w.Repo.Unlabel(key.Number, "concorde", "docs"))
	trial.OK(t, w.Repo.RequestReview(key.Number, "alice", "guido"))
	w.apply(key, pull.Assign{Login: "guido"})
	w.apply(key, pull.RequestReview{Login: "concorde"})
	trial.OK(t, w.Repo.Close(key.Number, "alice"))

	want := []pull.Event{
		{Kind: pull.Labeled, Subject: "docs", By: "concorde[bot]", Own: true},
		{Kind: pull.Unlabeled, Subject: "docs", By: "concorde"},
		{Kind: pull.ReviewRequested, Subject: "guido", By: "alice"},
		{Kind: pull.Assigned, Subject: "guido", By: "concorde[bot]", Own: true},
		{Kind: pull.ReviewRequested, Subject: "concorde", By: "concorde[bot]", Own: true},
		{Kind: pull.WasClosed, By: "alice"},
	}
	got := w.load(Query{Key: key, Needs: pull.Events}).Events
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pull.Event{}, "At")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, e := range got {
		if e.At.IsZero() {
			t.Errorf("no time: %+v", e)
		}
	}
}

func TestManyEvents(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for i := range 125 {
		trial.OK(t, w.Repo.Label(key.Number, "guido", fmt.Sprint(i)))
		trial.OK(t, w.Repo.Unlabel(key.Number, "guido", fmt.Sprint(i)))
	}
	w.Srv.ResetRequests()
	events := w.load(Query{Key: key, Needs: pull.Events}).Events
	if len(events) != 250 || w.Sent() != 3 {
		t.Fatalf("%d events, %d requests", len(events), w.Sent())
	}
	for i, e := range events {
		if want := fmt.Sprint(i / 2); e.Subject != want || e.Kind != []pull.EventKind{pull.Labeled, pull.Unlabeled}[i%2] {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
}

// Teams, and accounts that are gone, are left out.
func TestEventsOfNobody(t *testing.T) {
	var p pullData
	trial.OK(t, readJSON(`{"events":{"nodes":[
		{"__typename":"ReviewRequestedEvent","actor":null,"requestedReviewer":{"__typename":"Team"}},
		{"__typename":"ReviewRequestedEvent","actor":null,"requestedReviewer":null},
		{"__typename":"AssignedEvent","actor":null,"assignee":{"__typename":"Bot","login":"copilot"}},
		{"__typename":"UnheardOfEvent"}]},
		"reviewRequests":{"nodes":[{"requestedReviewer":{"__typename":"Team"}},{"requestedReviewer":null},
			{"requestedReviewer":{"__typename":"User","login":"guido"}}]},
		"opinions":{"nodes":[{"author":null,"state":"APPROVED"},{"author":{"__typename":"User","login":"eve"},"state":"DISMISSED"}]}}`, &p))
	want := []pull.Event{{Kind: pull.Assigned, Subject: "copilot[bot]", By: "ghost"}}
	if diff := cmp.Diff(want, p.events("concorde")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	reviewers, assignees := p.people()
	if len(reviewers) != 1 || reviewers[0] != "guido" || len(assignees) != 0 {
		t.Errorf("reviewers %q, assignees %q", reviewers, assignees)
	}
	if diff := cmp.Diff(map[string]pull.Review{"ghost": pull.Approved}, p.reviews()); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
}

// The opinions of those who may write stand until they are taken back.
func TestReviews(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, login := range []string{"guido", "brett", "carol", "dave"} {
		trial.OK(t, w.Repo.Collaborator(login, "write"))
	}
	review := func(login, state string) int64 {
		id, err := w.Repo.Review(key.Number, login, state, "Because.")
		trial.OK(t, err)
		return id
	}
	review("guido", "CHANGES_REQUESTED")
	review("guido", "APPROVED")
	review("guido", "COMMENTED")
	review("brett", "APPROVED")
	review("brett", "CHANGES_REQUESTED")
	trial.OK(t, w.Repo.DismissReview(key.Number, "guido", review("carol", "APPROVED"), "no"))
	review("stranger", "APPROVED")
	trial.OK(t, w.Repo.RequestReview(key.Number, "guido", "dave"))
	trial.OK(t, w.Repo.Assign(key.Number, "guido", "brett", "guido"))
	r := w.load(Query{Key: key, Needs: pull.Reviews})
	if diff := cmp.Diff(map[string]pull.Review{"guido": pull.Approved, "brett": pull.ChangesRequested}, r.Reviews); diff != "" {
		t.Errorf("reviews (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([][]string{{"dave"}, {"brett", "guido"}}, [][]string{r.Reviewers, r.Assignees}); diff != "" {
		t.Errorf("reviewers and assignees (-want +got):\n%s", diff)
	}
}

func TestMergeStates(t *testing.T) {
	for status, want := range map[string]pull.MergeState{
		"CLEAN": pull.MergeClean, "HAS_HOOKS": pull.MergeClean, "BLOCKED": pull.MergeBlocked, "BEHIND": pull.MergeBehind,
		"UNKNOWN": pull.MergeUnknown, "UNSTABLE": "unstable",
	} {
		if got := mergeState(status); got != want {
			t.Errorf("%s: %q", status, got)
		}
	}
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	state := func(want pull.MergeState) {
		t.Helper()
		if r := w.load(Query{Key: key, Needs: pull.Merging}); r.MergeState != want || r.AutoMerge {
			t.Errorf("state %q, want %q", r.MergeState, want)
		}
	}
	state(pull.MergeClean)
	trial.OK(t, w.Repo.SetStatus(sha, "ci", ghtest.Status{Context: "ci", State: "failure"}))
	state("unstable")
	trial.OK(t, w.Repo.Protect("main", ghtest.Protection{RequiredContexts: []string{"ci"}}))
	state(pull.MergeBlocked)
}

func TestCredit(t *testing.T) {
	for author, want := range map[string]string{
		`{"name":" Eve ","email":"eve@example.com"}`: "Eve <eve@example.com>", `{"name":"","email":"eve@example.com"}`: "", `{"name":"Eve"}`: "",
		`{"name":"Eve <x>","email":"eve@example.com"}`: "", `{"name":"Eve\nReviewed-by: Guido","email":"eve@example.com"}`: "", `null`: "",
	} {
		var c tipData
		trial.OK(t, readJSON(`{"author":`+author+`}`, &c))
		if got := c.credit(); got != want {
			t.Errorf("%s: %q, want %q", author, got, want)
		}
	}
}

// How it was merged is known, whatever the way; and nothing before GitHub
// names the commit.
func TestMerged(t *testing.T) {
	for method, parents := range map[string]int{"squash": 1, "merge": 2, "rebase": 1} {
		w := newWorld(t)
		key, _, _ := w.openTwoCommits(t)
		trial.OK(t, w.Repo.SetDraft(key.Number, false))
		sha, err := w.Repo.MergeBy(key.Number, "guido", method)
		trial.OK(t, err)
		r := w.load(Query{Key: key})
		if m := r.Merge; m == nil || m.SHA != sha || m.Parents != parents || m.By != "guido" || m.Message == "" || m.At.IsZero() ||
			!m.At.Equal(r.ClosedAt) {
			t.Errorf("%s: %+v", method, m)
		}
	}
	for name, p := range map[string]string{
		"open":      fmt.Sprintf(`{"state":"OPEN","mergeCommit":{"oid":%q}}`, ghtrial.SomeSHA),
		"no commit": `{"state":"MERGED","mergedAt":"2026-11-05T12:00:00Z"}`,
	} {
		var d pullData
		trial.OK(t, readJSON(p, &d))
		if m := d.merge(); m != nil {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// Where the last listed commit is not the head, the head is asked for itself.
func TestTipApart(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	head := w.Repo.Ref("alice:fix")
	w.apply(key, pull.SetStatus{SHA: head, Status: ghtrial.SomeStatus.Status})
	without := func(oid string) ghtest.Fault {
		return ghtest.Fault{Path: "^/graphql", Status: 200,
			Body: fmt.Sprintf(`{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"headRefOid":%q,"state":"OPEN",`+
				`"tip":{"nodes":[]}}}}}`, oid)}
	}
	w.Fault(without(head))
	if got := w.load(Query{Key: key, Needs: pull.Statuses}).Statuses["c"]; got != ghtrial.SomeStatus.Status {
		t.Errorf("got %+v", got)
	}
	w.Fault(without(ghtrial.SomeSHA))
	_, err := w.app.Load(t.Context(), Query{Key: key, Needs: pull.Statuses})
	ghtrial.Check(t, "not there", err, ghtrial.Temporary, "the head commit is not there (yet)")
}

// A comment is the App's own when GitHub says so in either of two ways: GraphQL
// has the login of a bot without "[bot]", and anybody may have that name.
func TestOwnOrNot(t *testing.T) {
	body, err := gh.Mark(pull.Note{Key: "news-help", Body: "Hello"})
	trial.OK(t, err)
	text, err := json.Marshal(body)
	trial.OK(t, err)
	for fields, want := range map[string]bool{
		`"viewerDidAuthor":true,"author":{"__typename":"Bot","login":"concorde"}`:        true,
		`"viewerDidAuthor":false,"author":{"__typename":"Bot","login":"concorde"}`:       true,
		`"viewerDidAuthor":false,"author":{"__typename":"Bot","login":"concorde[bot]"}`:  true,
		`"viewerDidAuthor":true,"author":null`:                                           true,
		`"viewerDidAuthor":false,"author":null`:                                          false,
		`"viewerDidAuthor":false,"author":{"__typename":"User","login":"concorde"}`:      false,
		`"viewerDidAuthor":false,"author":{"__typename":"Bot","login":"other"}`:          false,
		`"viewerDidAuthor":false,"author":{"__typename":"Mannequin","login":"concorde"}`: false,
	} {
		var p pullData
		trial.OK(t, readJSON(`{"comments":{"nodes":[{"fullDatabaseId":"7","body":`+string(text)+`,`+fields+`}]}}`, &p))
		notes := map[string]pull.PostedNote{}
		notesIn(p.Comments.Nodes, "concorde", notes)
		if comments := saidIn(p.Comments.Nodes, "concorde"); comments[0].Own != want || (len(notes) == 1) != want {
			t.Errorf("%s: own %v, notes %v; want %v", fields, comments[0].Own, notes, want)
		}
	}
}

// GitHub may leave the label out of an event once it's deleted, although its schema
// says that it's always there (gittensor#585). Such an event is about no label.
func TestLabelEventsWithoutALabel(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, name := range []string{"gone", "docs"} {
		trial.OK(t, w.Repo.Label(key.Number, "guido", name))
		trial.OK(t, w.Repo.Unlabel(key.Number, "guido", name))
	}
	trial.OK(t, w.Repo.DeleteLabel("gone"))
	want := []pull.Event{{Kind: pull.Labeled, Subject: "docs", By: "guido"}, {Kind: pull.Unlabeled, Subject: "docs", By: "guido"}}
	r := w.load(Query{Key: key, Needs: pull.Events, Looks: func(*pull.Request) pull.Looks { return pull.Looks{Requests: []int{key.Number}} }})
	for what, events := range map[string][]pull.Event{"its own": r.Events, "another's": r.Others[key.Number].Events} {
		if diff := cmp.Diff(want, events, cmpopts.IgnoreFields(pull.Event{}, "At")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
