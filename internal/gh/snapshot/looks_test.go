package snapshot

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func readJSON(text string, into any) error { return json.Unmarshal([]byte(text), into) }

func looksAt(l pull.Looks) func(*pull.Request) pull.Looks {
	return func(*pull.Request) pull.Looks { return l }
}

// Branches and other pull requests come with what is known of them, those that
// are not there as nothing, and all of it costs one request.
func TestLooks(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	closed, tip := w.openBackport("backport-1-3.14")
	note := pull.Note{Key: "board", Body: "b", Data: `{"a":1}`}
	w.apply(closed, pull.AddNote{Note: note})
	w.apply(closed, pull.AddLabel{Name: "docs"})
	trial.OK(t, w.Repo.Unlabel(closed.Number, "guido", "docs"))
	forged, err := gh.Mark(pull.Note{Key: "forged", Body: "b"})
	trial.OK(t, err)
	_, err = w.Repo.Comment(closed.Number, "mallory", forged)
	trial.OK(t, err)
	trial.OK(t, w.Repo.Label(closed.Number, "guido", "type-bug"))
	trial.OK(t, w.Repo.Close(closed.Number, "guido"))
	duplicate := pull.OpenPull{Head: "backport-1-3.14", Base: "main", Title: "Again", Draft: true}
	open, err := w.app.OpenPull(t.Context(), 0, ghtrial.CPython, duplicate)
	trial.OK(t, err)
	issue, err := w.Repo.OpenIssue(ghtest.Issue{Title: "An issue", Author: "bob"})
	trial.OK(t, err)
	merged := w.openMerged("merged")

	looks := pull.Looks{
		Branches: []string{"backport-1-3.14", "fix", "gone", "main", `a"){b}#%`, "refs/heads/main", ""},
		Requests: []int{closed.Number, issue, merged, 4711, 0, -1, math.MaxInt32 + 1},
	}
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Reads: all, Needs: pull.Files, Looks: looksAt(looks)})
	if n := w.Sent(); n != 2 { // the pull request; contents and looks
		t.Errorf("%d requests", n)
	}
	first := pull.Summary{Number: closed.Number, Title: "[3.14] gh-1: Fix it", State: pull.Closed, Own: true, Author: "concorde[bot]",
		Association: "CONTRIBUTOR", Base: "main", Head: tip, HeadBranch: "backport-1-3.14", HeadOwner: "python", Labels: []string{"type-bug"}}
	again := pull.Summary{Number: open.Number, Title: "Again", State: pull.Open, Draft: true, Own: true, Author: "concorde[bot]",
		Association: "CONTRIBUTOR", Base: "main", Head: tip, HeadBranch: "backport-1-3.14", HeadOwner: "python"}
	fork := pull.Summary{Number: key.Number, Title: "gh-1: Fix it", Body: "Body", State: pull.Open, Author: "alice",
		Association: "CONTRIBUTOR", Base: "main", Head: r.Head, HeadBranch: "fix", HeadOwner: "alice"}
	branches := map[string]pull.Branch{
		"backport-1-3.14": {Tip: tip, Requests: []pull.Summary{again, unlabelled(first)}}, "fix": {Requests: []pull.Summary{fork}},
		"main": {Tip: w.Repo.Ref("main")}, "gone": {}, `a"){b}#%`: {}, "refs/heads/main": {}, "": {},
	}
	ignore := cmp.Options{cmpopts.EquateEmpty(), cmpopts.IgnoreFields(pull.Summary{}, "ClosedAt"), cmpopts.IgnoreFields(pull.Event{}, "At"),
		cmpopts.IgnoreFields(pull.PostedNote{}, "ID", "Node")}
	if diff := cmp.Diff(branches, r.Branches, ignore); diff != "" {
		t.Errorf("branches (-want +got):\n%s", diff)
	}
	first.Notes = map[string]pull.PostedNote{"board": {Digest: note.Digest(), Data: note.Data}}
	first.Events = []pull.Event{{Kind: pull.Labeled, Subject: "docs", By: "concorde[bot]", Own: true},
		{Kind: pull.Unlabeled, Subject: "docs", By: "guido"}, {Kind: pull.Labeled, Subject: "type-bug", By: "guido"}}
	others := map[int]pull.Summary{
		closed.Number: first, issue: {}, 4711: {}, 0: {}, -1: {}, math.MaxInt32 + 1: {},
		merged: {Number: merged, Title: "[3.14] gh-1: Fix it", State: pull.Merged, Own: true, Author: "concorde[bot]",
			Association: "CONTRIBUTOR", Base: "main", Head: r.Others[merged].Head, HeadBranch: "merged", HeadOwner: "python", MergedBy: "guido"},
	}
	if diff := cmp.Diff(others, r.Others, ignore); diff != "" {
		t.Errorf("others (-want +got):\n%s", diff)
	}
	if r.Others[closed.Number].ClosedAt.IsZero() || r.Others[merged].ClosedAt.IsZero() || r.Others[closed.Number].Notes["board"].ID == 0 {
		t.Errorf("others %+v", r.Others)
	}
}

// openMerged makes a pull request of the App that guido merged.
func (w *world) openMerged(branch string) int {
	w.T.Helper()
	key, _ := w.openBackport(branch)
	_, err := w.Repo.MergeBy(key.Number, "guido", "squash")
	trial.OK(w.T, err)
	return key.Number
}

// Looks come after the files and before contents: what a rule may look at does
// not depend on what it reads.
func TestLooksSeeTheRest(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	called := 0
	looks := func(r *pull.Request) pull.Looks {
		called++
		if len(r.Files) != 1 || r.Files[0].Content != nil || r.HeadBranch != "fix" || r.Notes == nil || r.Branches != nil {
			t.Errorf("sees %+v", r)
		}
		return pull.Looks{Branches: []string{"main"}}
	}
	reads := func(r *pull.Request, _ string) bool {
		if r.Branches != nil {
			t.Errorf("sees branches %v", r.Branches)
		}
		return true
	}
	r := w.load(Query{Key: key, Needs: ghtrial.Everything, Looks: looks, Reads: reads})
	if called != 1 || r.Files[0].Content == nil || r.Branches["main"].Tip != w.Repo.Ref("main") || r.Others != nil {
		t.Errorf("called %d times, branches %v, others %v", called, r.Branches, r.Others)
	}
	w.Srv.ResetRequests()
	if r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{})}); r.Branches != nil || r.Others != nil || w.Sent() != 1 {
		t.Errorf("%d requests, branches %v, others %v", w.Sent(), r.Branches, r.Others)
	}
}

func TestManyLooks(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	var looks pull.Looks
	for i := range 95 {
		looks.Branches = append(looks.Branches, fmt.Sprint("b", i))
		_, err := w.Repo.Push(fmt.Sprint("b", i))
		trial.OK(t, err)
	}
	for i := range 65 {
		looks.Requests = append(looks.Requests, i)
	}
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Looks: looksAt(looks)})
	if n := w.Sent(); n != 1+4 { // 64 others, 20 at once
		t.Errorf("%d requests", n)
	}
	if len(r.Branches) != 95 || len(r.Others) != 65 || r.Others[key.Number].Title != "gh-1: Fix it" {
		t.Errorf("%d branches, %d others", len(r.Branches), len(r.Others))
	}
	for name, b := range r.Branches {
		if b.Tip != w.Repo.Ref("main") {
			t.Errorf("%s is at %q", name, b.Tip)
		}
	}
}

// Only what was asked for may be missing.
func TestLookFaults(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	for _, test := range []struct {
		name, body string
		says       string // "": all is well
	}{
		{"not there", `{"data":{"repository":{"tip0":null,"from0":{"nodes":[]},"maybe0":null}},"errors":[{"type":"NOT_FOUND",` +
			`"path":["repository","maybe0"],"message":"no"}]}`, ""},
		{"another error too", `{"data":{"repository":{"tip0":null,"from0":{"nodes":[]},"maybe0":null}},"errors":[{"type":"NOT_FOUND",` +
			`"path":["repository","maybe0"],"message":"no"},{"message":"Something went wrong"}]}`, "Something went wrong"},
		{"within", `{"data":{"repository":{"tip0":null,"from0":{"nodes":[]},"maybe0":{"title":"x"}}},"errors":[{"type":"NOT_FOUND",` +
			`"path":["repository","maybe0","labels"],"message":"no"}]}`, "no at [repository maybe0 labels]"},
		{"another field", `{"data":{"repository":{"tip0":null,"from0":null,"maybe0":null}},"errors":[{"type":"NOT_FOUND","path":["repository",` +
			`"from0"],"message":"no"}]}`, "no at [repository from0]"},
		// in the smallest question too
		{"another fault", `{"data":{"repository":{"tip0":null,"from0":{"nodes":[]},"maybe0":null}},"errors":[{"type":"SERVICE_UNAVAILABLE",` +
			`"path":["repository","maybe0"],"message":"no"}]}`, ""},
		{"no data", `{"data":null,"errors":[{"type":"NOT_FOUND","path":["repository","maybe0"],"message":"no"}]}`, "no data"},
		{"nothing", `{"data":{"repository":{}}}`, "lacks what was asked for"},
		{"another form", `{"data":{"repository":{"tip0":7,"from0":{"nodes":[]},"maybe0":null}}}`, "unknown form"},
	} {
		fresh, err := newHub(w.Cfg) // else the first query asks for it, too, or in another size
		trial.OK(t, err)
		w.app = fresh
		w.Srv.ClearFaults()
		w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "maybe0", Times: -1, Status: 200, Body: test.body})
		r, err := w.app.Load(t.Context(), Query{Key: key, Looks: looksAt(pull.Looks{Branches: []string{"x"}, Requests: []int{7}})})
		if test.says != "" {
			ghtrial.Check(t, test.name, err, ghtrial.Temporary, test.says)
			continue
		}
		trial.OK(t, err)
		if diff := cmp.Diff(map[int]pull.Summary{7: {}}, r.Others); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
	w.Srv.ClearFaults()
	w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "maybe0", Status: 200,
		Body: `{"errors":[{"type":"NOT_FOUND","path":["repository"],"message":"no"}]}`})
	_, err := w.app.Load(t.Context(), Query{Key: key, Looks: looksAt(pull.Looks{Requests: []int{7}})})
	ghtrial.Check(t, "no repository", err, ghtrial.Gone, "loading python/cpython#1: ")
	if err == nil || strings.Contains(err.Error(), "maybe") {
		t.Errorf("%v", err)
	}
}

// The newest pull requests into a branch come with the same request.
func TestLooksInto(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	w.Srv.ResetRequests()
	r := w.load(Query{Key: key, Looks: looksAt(pull.Looks{Branches: []string{"main"}, Into: []string{"main", "3.99"}})})
	if into := r.Into["main"]; len(into) != 1 || into[0].Number != key.Number || into[0].Base != "main" {
		t.Errorf("into main go %+v", into)
	}
	if into, asked := r.Into["3.99"]; !asked || len(into) != 0 {
		t.Errorf("into a branch that is not there go %+v", into)
	}
	if n := len(w.Srv.Requests()); n > 4 { // the installation and a token among them
		t.Errorf("%d requests", n)
	}
}

// unlabelled is a pull request as it shows in a list.
func unlabelled(s pull.Summary) pull.Summary {
	s.Labels = nil
	return s
}
