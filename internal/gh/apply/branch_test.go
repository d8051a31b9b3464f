package apply

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.t.Helper()
	sha := w.backport(branch)
	s, err := w.app.OpenPull(w.t.Context(), 0, cpython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}

// A branch is deleted, put back, and its pull request opened again.
func TestBranchLife(t *testing.T) {
	w := newWorld(t)
	const name = "backport/a#b%c-3.14"
	key, sha := w.openBackport(name)
	must(t, w.repo.Close(key.Number, "guido"))
	for range 2 { // the second time it is gone
		w.apply(key, pull.DeleteBranch{Branch: name, SHA: sha})
		if slices.Contains(w.repo.Branches(), name) {
			t.Fatal("the branch is there")
		}
	}
	as[*gh.Rejected](t, w.app.Apply(t.Context(), 0, key, pull.Reopen{})) // has no branch
	for range 2 {
		w.apply(key, pull.RestoreBranch{Branch: name, SHA: sha})
		if got := w.repo.Ref(name); got != sha {
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
	for _, write := range w.repo.Writes() {
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
	moved := w.backport("backport")
	for _, a := range []pull.Action{pull.DeleteBranch{Branch: "backport", SHA: sha}, pull.RestoreBranch{Branch: "backport", SHA: sha}} {
		w.apply(key, a)
		if got := w.repo.Ref("backport"); got != moved {
			t.Errorf("%s: the branch is at %q, want %q", a, got, moved)
		}
	}
	// It went between the look and the deletion.
	w.fault(ghtest.Fault{Method: "DELETE", Path: "/git/refs/", Status: 422, Body: `{"message":"Reference does not exist"}`})
	w.apply(key, pull.DeleteBranch{Branch: "backport", SHA: moved})
	w.fault(ghtest.Fault{Method: "DELETE", Path: "/git/refs/", Status: 404})
	w.apply(key, pull.DeleteBranch{Branch: "backport", SHA: moved})
	if w.repo.Ref("backport") != moved {
		t.Error("the faults did not come")
	}
}

func TestBranchFaults(t *testing.T) {
	w := newWorld(t)
	key, sha := w.openBackport("backport")
	do := func(a pull.Action) error { return w.app.Apply(t.Context(), 0, key, a) }
	w.srv.ResetRequests()
	for _, name := range []string{"", ".", "..", "a/../b", "/a", "a/", "../../pulls", ".hidden"} {
		check(t, name, do(pull.DeleteBranch{Branch: name, SHA: sha}), rejected, "isn't a valid branch name")
		check(t, name, do(pull.RestoreBranch{Branch: name, SHA: sha}), rejected, "isn't a valid branch name")
	}
	for _, sha := range []string{"", "main", strings.ToUpper(someSHA)} {
		check(t, sha, do(pull.DeleteBranch{Branch: "backport", SHA: sha}), rejected, "isn't a commit ID")
		check(t, sha, do(pull.RestoreBranch{Branch: "backport", SHA: sha}), rejected, "isn't a commit ID")
	}
	if n := len(w.srv.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
	check(t, "no such commit", do(pull.RestoreBranch{Branch: "new", SHA: someSHA}), rejected, "Object does not exist")
	check(t, "default branch", do(pull.DeleteBranch{Branch: "main", SHA: w.repo.Ref("main")}), rejected, "Cannot delete the default branch")
	w.fault(ghtest.Fault{Method: "GET", Path: "/git/ref/", Status: 502})
	check(t, "no look", do(pull.DeleteBranch{Branch: "backport", SHA: sha}), temporary, "502")
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write"}))
	w.srv.RevokeTokens()
	check(t, "may not", do(pull.DeleteBranch{Branch: "main", SHA: w.repo.Ref("main")}), denied, "contents")
	check(t, "may not", do(pull.RestoreBranch{Branch: "new", SHA: sha}), denied, "contents")
}
