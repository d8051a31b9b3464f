package apply

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.T.Helper()
	sha := w.Backport(branch)
	s, err := w.app.OpenPull(w.T.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	trial.OK(w.T, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}

// A branch is deleted, put back, and its pull request opened again.
func TestBranchLife(t *testing.T) {
	w := newWorld(t)
	const name = "backport/a#b%c-3.14"
	key, sha := w.openBackport(name)
	trial.OK(t, w.Repo.Close(key.Number, "guido"))
	for range 2 { // the second time it is gone
		w.apply(key, pull.DeleteBranch{Branch: name, SHA: sha})
		if slices.Contains(w.Repo.Branches(), name) {
			t.Fatal("the branch is there")
		}
	}
	trial.As[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.Reopen{})) // has no branch
	for range 2 {
		w.apply(key, pull.RestoreBranch{Branch: name, SHA: sha})
		if got := w.Repo.Ref(name); got != sha {
			t.Fatalf("the branch is at %q", got)
		}
	}
	for range 2 {
		w.apply(key, pull.Reopen{})
	}
	if r := w.load(snapshot.Query{Key: key}); r.State != pull.Open || !r.ClosedAt.IsZero() {
		t.Errorf("state %q, closed at %v", r.State, r.ClosedAt)
	}
	var kinds []string
	for _, write := range w.Repo.Writes() {
		kinds = append(kinds, write.Kind)
	}
	if want := []string{"pull", "ref-delete", "ref", "pull-edit", "pull-edit"}; !slices.Equal(kinds, want) {
		t.Errorf("writes %q, want %q", kinds, want)
	}
}

// What people pushed is theirs.
func TestBranchMoved(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	moved := w.Backport("backport")
	for _, a := range []pull.Action{pull.DeleteBranch{Branch: "backport", SHA: sha}, pull.RestoreBranch{Branch: "backport", SHA: sha}} {
		w.apply(key, a)
		if got := w.Repo.Ref("backport"); got != moved {
			t.Errorf("%s: the branch is at %q, want %q", a, got, moved)
		}
	}
	// It went between the look and the deletion.
	w.Fault(ghtest.Fault{Method: "DELETE", Path: "/git/refs/", Status: 422, Body: `{"message":"Reference does not exist"}`})
	w.apply(key, pull.DeleteBranch{Branch: "backport", SHA: moved})
	w.Fault(ghtest.Fault{Method: "DELETE", Path: "/git/refs/", Status: 404})
	w.apply(key, pull.DeleteBranch{Branch: "backport", SHA: moved})
	if w.Repo.Ref("backport") != moved {
		t.Error("the faults did not come")
	}
}

func TestBranchFaults(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	do := func(a pull.Action) error { return w.app.Apply(t.Context(), 0, key, a) }
	w.Srv.ResetRequests()
	for _, name := range []string{"", ".", "..", "a/../b", "/a", "a/", "../../pulls", ".hidden"} {
		ghtrial.Check(t, name, do(pull.DeleteBranch{Branch: name, SHA: sha}), ghtrial.Rejected, "isn't a valid branch name")
		ghtrial.Check(t, name, do(pull.RestoreBranch{Branch: name, SHA: sha}), ghtrial.Rejected, "isn't a valid branch name")
	}
	for _, sha := range []string{"", "main", strings.ToUpper(ghtrial.SomeSHA)} {
		ghtrial.Check(t, sha, do(pull.DeleteBranch{Branch: "backport", SHA: sha}), ghtrial.Rejected, "isn't a commit ID")
		ghtrial.Check(t, sha, do(pull.RestoreBranch{Branch: "backport", SHA: sha}), ghtrial.Rejected, "isn't a commit ID")
	}
	if n := len(w.Srv.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	ghtrial.Check(t, "no such commit", do(pull.RestoreBranch{Branch: "new", SHA: ghtrial.SomeSHA}), ghtrial.Rejected, "Object does not exist")
	ghtrial.Check(t, "default branch", do(pull.DeleteBranch{Branch: "main", SHA: w.Repo.Ref("main")}), ghtrial.Rejected,
		"Cannot delete the default branch")
	w.Fault(ghtest.Fault{Method: "GET", Path: "/git/ref/", Status: 502})
	ghtrial.Check(t, "no look", do(pull.DeleteBranch{Branch: "backport", SHA: sha}), ghtrial.Temporary, "502")
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", do(pull.DeleteBranch{Branch: "main", SHA: w.Repo.Ref("main")}), ghtrial.Denied, "contents")
	ghtrial.Check(t, "may not", do(pull.RestoreBranch{Branch: "new", SHA: sha}), ghtrial.Denied, "contents")
}
