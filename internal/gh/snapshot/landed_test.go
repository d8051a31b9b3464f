package snapshot

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestLanded: GitHub lists a branch's history from a date on (GraphQL, Commit.history with
// since), the newest first, and a commit names the pull requests that merged it.
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
		Compared: []string{"manifest", "missing"}, Pages: 3}
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
	if diff := cmp.Diff(want, got); diff != "" || w.Sent() != 2 {
		t.Errorf("%d requests (-want +got):\n%s", w.Sent(), diff)
	}
	for i := range 150 {
		push(fmt.Sprint("more ", i), map[string]ghtest.File{"more": ghtest.Text(fmt.Sprint(i))})
	}
	w.Srv.ResetRequests()
	if got, err = w.app.Landed(t.Context(), q); err != nil || len(got.Commits) != 152 || !got.Complete || w.Sent() != 3 {
		t.Errorf("%d commits in %d requests, complete: %t, %v", len(got.Commits), w.Sent(), got.Complete, err)
	}
	if len(got.Commits) > 0 && (got.Commits[0].SHA != first || len(got.Commits[0].Files) != 2) {
		t.Errorf("the first is %+v", got.Commits[0])
	}
	q.Pages = 1
	if got, err = w.app.Landed(t.Context(), q); err != nil || len(got.Commits) != 100 || got.Complete || got.Reached {
		t.Errorf("one page has %d commits, complete: %t, %v", len(got.Commits), got.Complete, err)
	}
	q.Tag = "v3.15.0a2"
	if got, err = w.app.Landed(t.Context(), q); err != nil || got.Tagged || len(got.Commits) > 0 {
		t.Errorf("a missing tag: %+v, %v", got, err)
	}
}
