package snapshot

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// The commits that touched a file come by revision and path, newest first, in
// one request; a branch is not taken for the tag of its name.
func TestHistory(t *testing.T) {
	w := newWorld(t)
	long := "gh-1: " + strings.Repeat("long ", 20) + "(GH-12)"
	push := func(branch, message string, files ...string) string {
		changes := map[string]ghtest.File{}
		for _, f := range files {
			changes[f] = ghtest.Text(message)
		}
		sha, err := w.Repo.Push(branch, ghtest.Commit{Message: message, Author: "guido", Files: changes})
		trial.OK(t, err)
		return sha
	}
	one := push("main", "One (#11)\n\nBody (GH-99)", "a", "b")
	_, err := w.Repo.Push("3.14")
	trial.OK(t, err)
	two := push("main", long, "a")
	trial.OK(t, w.Repo.Tag("3.14", two))
	push("main", "Three", "c")
	w.Srv.ResetRequests()
	got, err := w.app.History(t.Context(), HistoryRequest{Key: ghtrial.CPython,
		Revisions: []string{"main", "3.14", "refs/heads/3.14", two, "nothing", ghtrial.SomeSHA}, Paths: []string{"a", "b", `"){x}`, "dir/none"}})
	trial.OK(t, err)
	if w.Sent() != 1 {
		t.Errorf("%d requests", w.Sent())
	}
	for revision, paths := range got {
		for path, commits := range paths {
			for i := range commits {
				if commits[i].At.IsZero() {
					t.Errorf("%s %s: no time", revision, path)
				}
				commits[i].At = time.Time{}
			}
		}
	}
	first, second := PathCommit{SHA: one, Subject: "One (#11)", Message: "One (#11)\n\nBody (GH-99)", Number: 11}, PathCommit{SHA: two,
		Subject: long, Message: long, Number: 12}
	all := map[string][]PathCommit{"a": {second, first}, "b": {first}}
	fewer := map[string][]PathCommit{"a": {first}, "b": {first}}
	want := map[string]map[string][]PathCommit{
		"main": all, two: all, "3.14": fewer, "refs/heads/3.14": fewer, "nothing": {}, ghtrial.SomeSHA: {},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The parent of a commit is asked for as git writes it.
func TestHistoryOfParent(t *testing.T) {
	_, variables := HistoryRequest{Revisions: []string{ghtrial.SomeSHA + "^", ghtrial.SomeSHA, "3.14", "3.14^"}}.query()
	want := map[string]any{"r0": ghtrial.SomeSHA + "^", "r1": ghtrial.SomeSHA, "r2": "refs/heads/3.14", "r3": "refs/heads/3.14^"}
	if diff := cmp.Diff(want, variables); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLongHistory(t *testing.T) {
	w := newWorld(t)
	var commits []ghtest.Commit
	for i := range 25 {
		commits = append(commits, ghtest.Commit{Message: fmt.Sprintf("Change (GH-%d)", i), Author: "guido",
			Files: map[string]ghtest.File{"a": ghtest.Text(fmt.Sprint(i)), "f": ghtest.Text(fmt.Sprint(i))}})
	}
	_, err := w.Repo.Push("main", commits...)
	trial.OK(t, err)
	got, err := w.app.History(t.Context(), HistoryRequest{Key: ghtrial.CPython, Revisions: []string{"main"},
		Paths: []string{"a", "b", "c", "d", "e", "f"}})
	trial.OK(t, err)
	if newest := got["main"]["a"]; len(newest) != 20 || newest[0].Number != 24 || newest[19].Number != 5 || got["main"]["f"] != nil {
		t.Errorf("got %+v", got["main"])
	}
	w.Srv.ResetRequests()
	for _, h := range []HistoryRequest{{Key: ghtrial.CPython, Revisions: []string{"main"}}, {Key: ghtrial.CPython, Paths: []string{"a"}}} {
		got, err := w.app.History(t.Context(), h)
		trial.OK(t, err)
		if len(got) != len(h.Revisions) || w.Sent() != 0 {
			t.Errorf("%d requests, got %+v", w.Sent(), got)
		}
	}
}

func TestNumberOfCommit(t *testing.T) {
	for subject, want := range map[string]int{
		"Fix (GH-12)": 12, "Fix (gh-12)": 12, "Fix (#12)": 12, "Fix (GH-12) ": 12, "[3.14] Fix (GH-12) (GH-13)": 13, "Fix (#12)\r": 12,
		"Fix GH-12": 0, "gh-12: Fix": 0, "Fix (GH-12).": 0, "Fix (GH-99999999999999999999)": 0, "": 0, "(GH-)": 0,
	} {
		if got := (historyCommit{Message: subject + "\n\nbody (GH-7)"}).commit().Number; got != want {
			t.Errorf("%q: %d, want %d", subject, got, want)
		}
	}
}

func TestHistoryFaults(t *testing.T) {
	w := newWorld(t)
	ask := func(h HistoryRequest) error {
		h.Revisions, h.Paths = []string{"main"}, []string{"a"}
		_, err := w.app.History(t.Context(), h)
		return err
	}
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	ghtrial.Check(t, "502", ask(HistoryRequest{Key: ghtrial.CPython}), ghtrial.Temporary,
		"reading the history of python/cpython: POST /graphql: 502")
	ghtrial.Check(t, "no repository", ask(HistoryRequest{Key: pull.Key{Owner: "python", Repo: "nothing"}}), ghtrial.Gone, "404")
	ghtrial.Check(t, "no key", ask(HistoryRequest{}), ghtrial.Rejected, "isn't a valid owner name")
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", ask(HistoryRequest{Key: ghtrial.CPython}), ghtrial.Denied, "contents")
}
