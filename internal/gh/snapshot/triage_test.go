package snapshot

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// The history by which stages are told comes whole and in order: drafts, pushes,
// reviews with their commits, dismissals.
func TestHistoryOfStages(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	first := w.Repo.Ref("alice:fix")
	trial.OK(t, w.Repo.SetDraft(key.Number, true))
	trial.OK(t, w.Repo.SetDraft(key.Number, false))
	_, err := w.Repo.Review(key.Number, "eve", "CHANGES_REQUESTED", "no")
	trial.OK(t, err)
	_, err = w.Repo.Review(key.Number, "eve", "COMMENTED", "hm")
	trial.OK(t, err)
	dismissed, err := w.Repo.Review(key.Number, "dana", "APPROVED", "")
	trial.OK(t, err)
	trial.OK(t, w.Repo.DismissReview(key.Number, "carol", dismissed, "not yet"))
	_, err = w.Repo.Push("alice:fix", ghtest.Commit{Message: "More", Author: "alice",
		Files: map[string]ghtest.File{"a.txt": ghtest.Text("B\n")}})
	trial.OK(t, err)
	third, err := w.Repo.ForcePush("alice:fix", first, ghtest.Commit{Message: "Other", Author: "alice",
		Files: map[string]ghtest.File{"a.txt": ghtest.Text("C\n")}})
	trial.OK(t, err)
	_, err = w.Repo.Review(key.Number, "dana", "APPROVED", "")
	trial.OK(t, err)

	r := w.load(Query{Key: key, Needs: pull.Events | pull.Opinions})
	opinions := []pull.Opinion{
		{By: "eve", Review: pull.ChangesRequested, Commit: first},
		{By: "dana", Review: pull.Approved, Commit: third},
	}
	if diff := cmp.Diff(opinions, r.Opinions, cmpopts.IgnoreFields(pull.Opinion{}, "At")); diff != "" {
		t.Errorf("opinions (-want +got):\n%s", diff)
	}
	var got []string
	for i, e := range r.Events {
		got = append(got, fmt.Sprint(e.Kind, " ", e.Subject))
		if i > 0 && e.At.Before(r.Events[i-1].At) {
			t.Errorf("%v is before %v", e, r.Events[i-1])
		}
	}
	want := []string{"drafted ", "readied ", "dismissed dana", "force-pushed " + third}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// Comments tell who wrote and edited them, and which the App answered.
func TestComments(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
	plain, err := w.Repo.Comment(key.Number, "eric", "@concorde help")
	trial.OK(t, err)
	edited, err := w.Repo.Comment(key.Number, "eric", "@concorde")
	trial.OK(t, err)
	trial.OK(t, w.Repo.EditComment(key.Number, "mallory", edited, "@concorde label +x"))
	trial.OK(t, w.Repo.React(key.Number, "mallory", plain, "+1"))
	load := func() []pull.Comment {
		return w.load(Query{Key: key, Needs: pull.Comments}).Comments
	}
	want := []pull.Comment{{ID: plain, By: "eric", Body: "@concorde help"},
		{ID: edited, By: "eric", Body: "@concorde label +x", Editor: "mallory"}}
	ignore := cmpopts.IgnoreFields(pull.Comment{}, "Node", "At")
	if diff := cmp.Diff(want, load(), ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range 2 { // a second one changes nothing
		w.apply(key, pull.React{Comment: plain, Node: load()[0].Node, With: pull.ThumbsUp})
	}
	want[0].Answered, want[0].Done = true, true
	if diff := cmp.Diff(want, load(), ignore); diff != "" {
		t.Errorf("once it is answered (-want +got):\n%s", diff)
	}
}

// A pull request knows the issues of its repository that it closes, and so does the
// issue that it mentions. What GitHub leaves out of the list is no error; the rest
// is known to be less than all.
func TestCloses(t *testing.T) {
	w, key := newPull(t)
	issue, other := newIssue(t, w), newIssue(t, w)
	elsewhere, err := w.Srv.Repo("python/devguide", ghtest.RepoOptions{})
	trial.OK(t, err)
	number, err := elsewhere.OpenIssue(ghtest.Issue{Title: "t", Author: "eric"})
	trial.OK(t, err)
	trial.OK(t, w.Repo.EditBody(key.Number, fmt.Sprintf("Fixes #%d, fixes python/devguide#%d", issue.Number, number)))
	trial.OK(t, w.Repo.Link(key.Number, other.Number, true))
	check := func(what string, want []int, more bool) {
		t.Helper()
		w.Srv.ResetRequests()
		r := w.load(Query{Key: key, Needs: pull.Mentions})
		if !slices.Equal(r.Closes, want) || r.MoreCloses != more || w.Sent() != 1 {
			t.Errorf("%s: %v, more %v, %d requests", what, r.Closes, r.MoreCloses, w.Sent())
		}
		s := w.load(Query{Key: issue, Needs: pull.Mentions}).Mentions
		if len(s) != 1 || s[0].Number != key.Number || !slices.Equal(s[0].Closes, want) || s[0].MoreCloses != more {
			t.Errorf("%s: the issue knows %+v", what, s)
		}
	}
	check("all", []int{issue.Number, other.Number}, false)
	trial.OK(t, w.Srv.Hole(ghtest.Hole{Path: `.*closes\.nodes\.0`, Type: "FORBIDDEN",
		Message: "Resource protected by organization SAML enforcement."}))
	check("one is left out", []int{other.Number}, true)
	trial.OK(t, w.Srv.Hole(ghtest.Hole{Path: `.*closes`, Type: "FORBIDDEN", Message: "Resource not accessible by integration"}))
	check("none is told", nil, true)
	w.Srv.ClearFaults()
	for range 9 {
		trial.OK(t, w.Repo.Link(key.Number, newIssue(t, w).Number, true))
	}
	if r := w.load(Query{Key: key, Needs: pull.Mentions}); len(r.Closes) < 9 || !r.MoreCloses {
		t.Errorf("of 12: %v, more %v", r.Closes, r.MoreCloses)
	}
}

// An issue has no branches; it knows the pull requests that mention it.
func TestLoadIssue(t *testing.T) {
	w := newWorld(t)
	number, err := w.Repo.OpenIssue(ghtest.Issue{Title: "Spam is cold", Body: "Really.", Author: "eric", Labels: []string{"type-bug"}})
	trial.OK(t, err)
	issue := pull.Key{Owner: "python", Repo: "cpython", Number: number}
	_, err = w.Repo.Comment(number, "eric", "still")
	trial.OK(t, err)
	trial.OK(t, w.Repo.Label(number, "dana", "docs"))
	_, err = w.Repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Author: "alice",
		Files: map[string]ghtest.File{"a": ghtest.Text("A\n")}})
	trial.OK(t, err)
	title := fmt.Sprintf("gh-%d: Fix it", number)
	pr, err := w.Repo.OpenPR(ghtest.PR{Title: title, Body: fmt.Sprintf("* Issue: gh-%d", number), Author: "alice", Head: "alice:fix"})
	trial.OK(t, err)

	w.Srv.ResetRequests()
	r := w.load(Query{Key: issue, Needs: ghtrial.Everything, Reads: all})
	if !r.Issue || r.State != pull.Open || r.Title != "Spam is cold" || r.Body != "Really." || r.Author != "eric" ||
		!slices.Equal(r.Labels, []string{"type-bug", "docs"}) {
		t.Errorf("%+v", r)
	}
	if len(r.Mentions) != 1 || r.Mentions[0].Number != pr || r.Mentions[0].Title != title || r.Mentions[0].State != pull.Open {
		t.Errorf("mentions %+v", r.Mentions)
	}
	if len(r.Comments) != 1 || len(r.Events) != 1 || r.Events[0].Subject != "docs" || w.Sent() != 1 {
		t.Errorf("%d comments, events %v, %d requests", len(r.Comments), r.Events, w.Sent())
	}
	trial.OK(t, w.Repo.Close(number, "dana"))
	if r := w.load(Query{Key: issue}); r.State != pull.Closed {
		t.Errorf("state %q", r.State)
	}
	// From the pull request's side, and what is none.
	looks := looksAt(pull.Looks{Issues: []int{number, pr, 4711, 0, -1, 1 << 40}})
	w.Srv.ResetRequests()
	around := w.load(Query{Key: pull.Key{Owner: "python", Repo: "cpython", Number: pr}, Looks: looks})
	want := map[int]pull.Issue{
		number: {Exists: true, Closed: true, Title: "Spam is cold", Body: "Really."}, pr: {Exists: true, Pull: true, Title: title}, 4711: {},
		0: {}, -1: {}, 1 << 40: {},
	}
	if diff := cmp.Diff(want, around.Issues, ignoreTimes); diff != "" || w.Sent() != 2 {
		t.Errorf("%d requests (-want +got):\n%s", w.Sent(), diff)
	}
	w.Srv.ResetRequests()
	again := w.load(Query{Key: around.Key, Looks: looks})
	if diff := cmp.Diff(want, again.Issues, ignoreTimes); diff != "" || w.Sent() != 1 {
		t.Errorf("the second time: %d requests (-want +got):\n%s", w.Sent(), diff)
	}
	other := w.load(Query{Key: around.Key, Looks: looksAt(pull.Looks{Issues: []int{number, 5}})})
	if diff := cmp.Diff(map[int]pull.Issue{number: want[number], 5: {}}, other.Issues, ignoreTimes); diff != "" {
		t.Errorf("other looks (-want +got):\n%s", diff)
	}
}

// Contents of a head are read once, and after a push only if they are others: the
// hashes come with the first query.
func TestContentsAreRemembered(t *testing.T) {
	w := newWorld(t)
	key := w.Open(map[string]ghtest.File{"a.rst": ghtest.Text("A\n")})
	load := func() string {
		t.Helper()
		w.Srv.ResetRequests()
		r := w.load(Query{Key: key, Needs: pull.Files, Reads: func(_ *pull.Request, path string) bool { return path == "a.rst" }})
		r.Files[0].Content.Data[1] = '!' // whoever writes to it does so alone
		return fmt.Sprintf("%s%d", r.Files[0].Content.Data, w.Sent())
	}
	for _, want := range []string{"A!2", "A!1", "A!1"} {
		if got := load(); got != want {
			t.Errorf("contents and requests %q, want %q", got, want)
		}
	}
	_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice",
		Files: map[string]ghtest.File{"a.rst": ghtest.Text("B\n")}})
	trial.OK(t, err)
	if got := load(); got != "B!2" {
		t.Errorf("after a push: %q", got)
	}
	for i, c := range []struct {
		files map[string]ghtest.File
		want  string
	}{
		{map[string]ghtest.File{"b.txt": ghtest.Text("B\n")}, "B!1"},
		{map[string]ghtest.File{"b.txt": ghtest.Text("C\n")}, "B!1"},
		{map[string]ghtest.File{"a.rst": ghtest.Text("A\n")}, "A!1"}, // as it was before
	} {
		_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice", Files: c.files})
		trial.OK(t, err)
		if got := load(); got != c.want {
			t.Errorf("push %d: %q, want %q", i, got, c.want)
		}
	}
	_, err = w.Repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice",
		Files: map[string]ghtest.File{"a.rst": {Content: "A\n", Mode: "120000"}}})
	trial.OK(t, err)
	if r := w.load(Query{Key: key, Needs: pull.Files, Reads: all}); r.Files[0].Content.Kind != pull.Symlink ||
		string(r.Files[0].Content.Data) != "A\n" {
		t.Errorf("a link of the same contents: %+v", r.Files[0].Content)
	}
}

// What is kept of contents has a bound, and each is the reader's own.
func TestBlobsAreBounded(t *testing.T) {
	b, err := newBlobs()
	trial.OK(t, err)
	at := func(i int) blobAt { return blobAt{ghtrial.CPython, fmt.Sprint(i)} }
	for i := range 400 {
		b.add(at(i), make([]byte, rememberedSize))
		b.add(at(i), make([]byte, rememberedSize)) // known
	}
	if b.bytes != rememberedBytes || b.lru.Len() != rememberedBytes/rememberedSize {
		t.Errorf("%d bytes of %d files", b.bytes, b.lru.Len())
	}
	_, first := b.get(at(0))
	last, there := b.get(at(399))
	if first || !there {
		t.Errorf("the first is there: %v, the last: %v", first, there)
	}
	last[0] = 'x'
	if again, _ := b.get(at(399)); again[0] == 'x' {
		t.Error("a reader changed what is kept")
	}
}
