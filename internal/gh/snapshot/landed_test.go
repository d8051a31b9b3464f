package snapshot

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestLanded: GitHub lists a branch's history (GraphQL, Commit.history), the newest first, and a
// commit names its parents, and the pull requests that merged it.
func TestLanded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	push := func(message string, files map[string]ghtest.File) string {
		t.Helper()
		sha, err := w.Repo.Push("main", ghtest.Commit{Message: message, Author: "guido", Files: files})
		trial.OK(t, err)
		return sha
	}
	push("before", map[string]ghtest.File{"dump": ghtest.Text("1")})
	trial.OK(t, w.Repo.Tag("v3.15.0a1", "main"))
	first := push("(ABI break) by hand\n\nWhy.", map[string]ghtest.File{"dump": ghtest.Text("2"), "manifest": ghtest.Text("m")})
	_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Author: "alice", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	trial.OK(t, err)
	number, err := w.Repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Author: "alice", Head: "alice:fix"})
	trial.OK(t, err)
	second, err := w.Repo.Merge(number, "guido")
	trial.OK(t, err)

	q := LandedQuery{Key: ghtrial.CPython, Branch: "main", Tag: "v3.15.0a1", Paths: []string{"dump", "manifest", "missing"},
		Compared: []string{"manifest", "missing"}, Commits: 300}
	w.Srv.ResetRequests()
	got, err := w.app.Landed(t.Context(), q)
	trial.OK(t, err)
	want := pull.Landed{
		Tagged: true, Branch: true, Complete: true, Reached: true,
		Commits: []pull.LandedCommit{{SHA: first, Message: "(ABI break) by hand\n\nWhy.", Files: []string{"dump", "manifest"}},
			{SHA: second, Message: fmt.Sprintf("gh-1: Fix it (#%d)", number), Pull: number}},
		Before: map[string][]byte{"dump": nil}, After: map[string][]byte{"dump": nil, "manifest": []byte("m")},
	}
	for i := range got.Commits { // the bodies of squash commits are GitHub's
		if got.Commits[i].Pull != 0 && len(got.Commits[i].Message) > len(want.Commits[1].Message) {
			got.Commits[i].Message = got.Commits[i].Message[:len(want.Commits[1].Message)]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || w.Sent() != 3 {
		t.Errorf("%d requests (-want +got):\n%s", w.Sent(), diff)
	}
	for i := range 150 {
		push(fmt.Sprint("more ", i), map[string]ghtest.File{"more": ghtest.Text(fmt.Sprint(i))})
	}
	w.Srv.ResetRequests()
	if got, err = w.app.Landed(t.Context(), q); err != nil || len(got.Commits) != 152 || !got.Complete || w.Sent() != 4 {
		t.Errorf("%d commits in %d requests, complete: %t, %v", len(got.Commits), w.Sent(), got.Complete, err)
	}
	if len(got.Commits) > 0 && (got.Commits[0].SHA != first || len(got.Commits[0].Files) != 2) {
		t.Errorf("the first is %+v", got.Commits[0])
	}
	q.Commits = 100
	if got, err = w.app.Landed(t.Context(), q); err != nil || len(got.Commits) > 0 || got.Complete || got.Reached {
		t.Errorf("one page has %d commits, complete: %t, %v", len(got.Commits), got.Complete, err)
	}
	q.Tag = "v3.15.0a2"
	if got, err = w.app.Landed(t.Context(), q); err != nil || got.Tagged || len(got.Commits) > 0 {
		t.Errorf("a missing tag: %+v, %v", got, err)
	}
}

// TestLandedByAncestry: what came since a release is what it doesn't have, whatever the dates say. A
// security fix may have been committed in private, long before the release; and a release is
// made on a branch of its own, while others merge.
func TestLandedByAncestry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	push := func(branch, message, file string) string {
		t.Helper()
		sha, err := w.Repo.Push(branch, ghtest.Commit{From: "main", Message: message, Author: "guido",
			Files: map[string]ghtest.File{file: ghtest.Text(message)}})
		trial.OK(t, err)
		return sha
	}
	into := func(head string) string {
		t.Helper()
		n, err := w.Repo.OpenPR(ghtest.PR{Title: head, Author: "guido", Head: head})
		trial.OK(t, err)
		sha, err := w.Repo.MergeBy(n, "guido", "merge")
		trial.OK(t, err)
		return sha
	}
	push("main", "before", "dump")
	push("release", "Python 3.15.0a1", "version")
	private := push("fix", "private", "dump")
	w.Srv.Advance(time.Hour)
	meanwhile := push("main", "meanwhile", "manifest")
	w.Srv.Advance(time.Hour)
	push("release", "Post release", "patchlevel")
	trial.OK(t, w.Repo.Tag("v3.15.0a1", "release"))
	push("elsewhere", "elsewhere", "x")
	trial.OK(t, w.Repo.Tag("v3.15.0a0", "elsewhere"))
	w.Srv.Advance(time.Hour)
	merged, fixed := into("release"), into("fix")

	q := LandedQuery{Key: ghtrial.CPython, Branch: "main", Tag: "v3.15.0a1", Paths: []string{"dump", "manifest"}, Commits: 300}
	got, err := w.app.Landed(t.Context(), q)
	trial.OK(t, err)
	files := map[string][]string{}
	for _, c := range got.Commits {
		files[c.SHA] = c.Files
	}
	want := map[string][]string{private: {"dump"}, meanwhile: {"manifest"}, merged: nil, fixed: nil}
	if diff := cmp.Diff(want, files); diff != "" || !got.Reached || !got.Complete {
		t.Errorf("reached: %t, complete: %t (-want +got):\n%s", got.Reached, got.Complete, diff)
	}
	q.Tag = "v3.15.0a0"
	if got, err = w.app.Landed(t.Context(), q); err != nil || got.Reached || len(got.Commits) > 0 {
		t.Errorf("a tag that the branch doesn't have: %+v, %v", got, err)
	}
}

// TestLandedWithManyPaths: all are told apart, in questions of a few.
func TestLandedWithManyPaths(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trial.OK(t, w.Repo.Tag("v3.15.0a1", "main"))
	q := LandedQuery{Key: ghtrial.CPython, Branch: "main", Tag: "v3.15.0a1", Commits: 300}
	files := map[string]ghtest.File{}
	for i := range 60 {
		q.Paths = append(q.Paths, fmt.Sprintf("entry%02d", i))
		files[q.Paths[i]] = ghtest.Text("x")
	}
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "all", Files: files})
	trial.OK(t, err)
	w.Srv.ResetRequests()
	got, err := w.app.Landed(t.Context(), q)
	trial.OK(t, err)
	if len(got.Commits) != 1 || len(got.Before) != 0 || len(got.After) != 60 || w.Sent() != 3+1+3 {
		t.Fatalf("%d requests: %+v", w.Sent(), got)
	}
	if diff := cmp.Diff(q.Paths, got.Commits[0].Files); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestLandedWithManyChanges: all changes of a path are told, or else nobody knows what landed.
// GitHub lists them by the date of the oldest commit, and so more than came.
func TestLandedWithManyChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trial.OK(t, w.Repo.Tag("v3.15.0a1", "main"))
	for i := range 120 {
		_, err := w.Repo.Push("main", ghtest.Commit{Message: "change", Files: map[string]ghtest.File{"dump": ghtest.Text(fmt.Sprint(i))}})
		trial.OK(t, err)
	}
	q := LandedQuery{Key: ghtrial.CPython, Branch: "main", Tag: "v3.15.0a1", Paths: []string{"manifest", "dump"}, Commits: 300}
	all := func(name string, requests int) {
		t.Helper()
		w.Srv.ResetRequests()
		got, err := w.app.Landed(t.Context(), q)
		trial.OK(t, err)
		if len(got.Commits) != 120 || !got.Reached || !got.Complete || requests > 0 && w.Sent() != requests {
			t.Errorf("%s: %d commits in %d requests, reached: %t, complete: %t", name, len(got.Commits), w.Sent(), got.Reached, got.Complete)
		}
		for i, c := range got.Commits {
			if len(c.Files) != 1 || c.Files[0] != "dump" {
				t.Errorf("%s: commit %d changed %q", name, i, c.Files)
			}
		}
	}
	all("pages of a hundred", 1+2+3)

	// What was too heavy once is asked for in small pages for a day: as many commits, in more of them.
	trial.OK(t, w.Srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: "all:history(", Nodes: 1000, Times: -1, Status: 502, Body: "<html>"}))
	q.Commits = 130
	all("pages of 25", 0)
	all("pages of 25 from the start", 1+5+3)
}

// TestLandedWithTooManyChanges: nobody knows what landed if a path has more changes than are read.
func TestLandedWithTooManyChanges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.Repo.Push("fix", ghtest.Commit{From: "main", Message: "private", Files: map[string]ghtest.File{"dump": ghtest.Text("x")}})
	trial.OK(t, err)
	for i := range 70 { // before the tag, but younger than the fix
		_, err := w.Repo.Push("main", ghtest.Commit{Message: "change", Files: map[string]ghtest.File{"log": ghtest.Text(fmt.Sprint(i))}})
		trial.OK(t, err)
	}
	trial.OK(t, w.Repo.Tag("v3.15.0a1", "main"))
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "fix", Author: "guido", Head: "fix"})
	trial.OK(t, err)
	_, err = w.Repo.MergeBy(n, "guido", "merge")
	trial.OK(t, err)
	for most, known := range map[int]bool{50: false, 100: true} {
		q := LandedQuery{Key: ghtrial.CPython, Branch: "main", Tag: "v3.15.0a1", Paths: []string{"dump", "log"}, Commits: most}
		got, err := w.app.Landed(t.Context(), q)
		trial.OK(t, err)
		if got.Reached != known || got.Complete != known || known != (len(got.Commits) == 2 && slices.Contains(got.Commits[0].Files, "dump")) {
			t.Errorf("at most %d: %+v", most, got)
		}
	}
}
