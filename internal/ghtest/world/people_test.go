package world_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// Merges are real: they meet what others changed meanwhile, or are in conflict with it.
func TestMerges(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"a": ghtest.Text("one\n"), "b": ghtest.Text("two\n")}}))(t)
	open := func(user, path, content string) int {
		trial.Must(repo.Push(user+":fix", ghtest.Commit{Files: map[string]ghtest.File{path: ghtest.Text(content)}}))(t)
		return trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix " + path, Head: user + ":fix"}))(t)
	}
	first, second, third := open("alice", "a", "ALICE\n"), open("bob", "b", "BOB\n"), open("carol", "a", "CAROL\n")
	trial.Must(repo.Merge(first, "barry"))(t)
	sha := trial.Must(repo.Merge(second, "barry"))(t)
	for path, want := range map[string]string{"a": "ALICE\n", "b": "BOB\n"} {
		if got := string(trial.Must(repo.ReadFile("main", path))(t)); got != want {
			t.Errorf("%s is %q on main, want %q", path, got, want)
		}
	}
	if _, err := repo.Merge(third, "barry"); err == nil || !strings.Contains(err.Error(), "merging python/cpython#3: it conflicts with its base") {
		t.Errorf("the third: %v", err)
	}
	pr, _, err := trial.Client(t, srv, "python").PullRequests.Get(context.Background(), "python", "cpython", third)
	trial.OK(t, err)
	if pr.Mergeable == nil || pr.GetMergeable() || pr.GetMergeableState() != "dirty" || pr.GetChangedFiles() != 1 {
		t.Errorf("the third is mergeable: %v %s, %d files", pr.Mergeable, pr.GetMergeableState(), pr.GetChangedFiles())
	}
	merged, _, err := trial.Client(t, srv, "python").PullRequests.Get(context.Background(), "python", "cpython", second)
	trial.OK(t, err)
	if !merged.GetMerged() || merged.GetMergeCommitSHA() != sha || merged.GetMergedBy().GetLogin() != "barry" || merged.GetChangedFiles() != 1 || merged.GetCommits() != 1 {
		t.Errorf("the second is %v", merged)
	}
	// The third is rebased, and a merge of main into a branch leaves only the branch's own changes.
	trial.Must(repo.ForcePush("carol:fix", "main", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("CAROL\n")}}))(t)
	trial.Must(repo.Merge(third, "barry"))(t)
	if got := trial.Git(t, repo.Dir(), "", "log", "--format=%an %s", "main"); got != "carol Fix a (#3)\nbob Fix b (#2)\nalice Fix a (#1)\npython Initial commit" {
		t.Errorf("history is\n%s", got)
	}
}

// What makes no sense is an error that says so, and changes nothing.
func TestNonsense(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	before := trial.Must(repo.PR(number))(t)
	push := func(branch string, c ghtest.Commit) error { _, err := repo.Push(branch, c); return err }
	file := func(name string, f ghtest.File) ghtest.Commit {
		return ghtest.Commit{Files: map[string]ghtest.File{name: f}}
	}
	created := func(name string) error { _, err := srv.Repo(name, ghtest.RepoOptions{}); return err }
	opened := func(pr ghtest.PR) error { _, err := repo.OpenPR(pr); return err }
	trial.OK(t, repo.Close(number, "x"))
	closedTwice := repo.Close(number, "x")
	trial.OK(t, repo.Reopen(number, "x"))
	for name, err := range map[string]error{
		"repository twice":   created("Python/CPython"),
		"repository name":    created("cpython"),
		"repository outside": created("../x"),
		"head not there":     opened(ghtest.PR{Head: "nobody:fix"}),
		"head is base":       opened(ghtest.PR{Head: "main"}),
		"base not there":     opened(ghtest.PR{Head: "alice:fix", Base: "9.9"}),
		"path outside":       push("alice:fix", file("../x", ghtest.Text(""))),
		"path absolute":      push("alice:fix", file("/x", ghtest.Text(""))),
		"mode":               push("alice:fix", file("x", ghtest.File{Mode: "777"})),
		"submodule":          push("alice:fix", file("x", ghtest.File{Mode: "160000", Content: "x"})),
		"branch name":        push("alice:a..b", file("x", ghtest.Text(""))),
		"fork owner":         push("../x:fix", file("x", ghtest.Text(""))),
		"start":              push("alice:new", ghtest.Commit{From: "nope"}),
		"close twice":        closedTwice,
		"reopen twice":       repo.Reopen(number, "x"),
		"unlabel":            repo.Unlabel(number, "x", "nope"),
		"number":             repo.EditTitle(99, "x"),
		"base":               repo.EditBase(number, "nope"),
		"delete fork":        repo.DeleteFork("nobody"),
		"delete branch":      repo.DeleteBranch("nope"),
		"tag":                repo.Tag("v1", "nope"),
		"permissions":        srv.SetPermissions("nobody", nil),
		"status":             repo.SetStatus("nope", "x", ghtest.Status{State: "success"}),
		"deleting a comment": repo.DeleteComment(number, "x", 99),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if d := cmp.Diff(before, trial.Must(repo.PR(number))(t)); d != "" {
		t.Errorf("changed (-before +after):\n%s", d)
	}
}

// People are asked, assigned, and have roles.
func TestPeople(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := trial.AppToken(t, srv, "")
	trial.OK(t, repo.Collaborator("hugovk", "maintain"))
	trial.OK(t, repo.Collaborator("alice", "triage"))
	for login, want := range map[string]string{"hugovk": "write maintain", "alice": "read triage", "python": "admin admin", "concorde[bot]": "write write"} {
		out := trial.Send(t, srv, token, "GET /repos/python/cpython/collaborators/"+login+"/permission", "")
		if got := fmt.Sprint(trial.At(out.Body, "permission"), " ", trial.At(out.Body, "role_name")); got != want {
			t.Errorf("%s may %s, want %s", login, got, want)
		}
	}
	trial.WantProblem(t, srv, token, "GET /repos/python/cpython/collaborators/nobody/permission", "", "404 nobody is not a user")
	reviewers := fmt.Sprintf(" /repos/python/cpython/pulls/%d/requested_reviewers", number)
	const stranger = "422 Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the python/cpython repository."
	trial.WantProblem(t, srv, token, "POST"+reviewers, `{"reviewers":["hugovk","nobody"]}`, stranger)
	trial.WantProblem(t, srv, token, "POST"+reviewers, `{"team_reviewers":["core"]}`, stranger)
	trial.WantProblem(t, srv, token, "POST"+reviewers, `{"reviewers":["alice"]}`, "422 Review cannot be requested from pull request author.")
	if out := trial.Send(t, srv, token, "POST"+reviewers, `{"reviewers":["Hugovk"]}`); out.Status != 201 || trial.At(out.Body, "requested_reviewers", 0, "login") != "hugovk" {
		t.Errorf("requested: %+v", out)
	}
	assignees := fmt.Sprintf(" /repos/python/cpython/issues/%d/assignees", number)
	if out := trial.Send(t, srv, token, "POST"+assignees, `{"assignees":["hugovk","nobody","alice"]}`); out.Status != 201 || trial.At(out.Body, "assignees", 1, "login") != "alice" || trial.At(out.Body, "assignees", 2) != nil {
		t.Errorf("assigned: %+v", out)
	}
	trial.Send(t, srv, token, "DELETE"+assignees, `{"assignees":["alice"]}`)
	st := trial.Must(repo.PR(number))(t)
	if d := cmp.Diff([][]string{{"hugovk"}, {"hugovk"}}, [][]string{st.Reviewers, st.Assignees}); d != "" {
		t.Errorf("reviewers, assignees (-want +got):\n%s", d)
	}
	trial.Must(repo.Review(number, "hugovk", "COMMENTED", "Hm"))(t)
	if st := trial.Must(repo.PR(number))(t); len(st.Reviewers) != 0 || st.Reviews[0].SHA != st.HeadSHA {
		t.Errorf("after the review: %+v", st)
	}
	for name, err := range map[string]error{
		"own approval": second(repo.Review(number, "alice", "APPROVED", "")), "empty": second(repo.Review(number, "hugovk", "CHANGES_REQUESTED", "")), "state": second(repo.Review(number, "hugovk", "NO", "x")),
		"role": repo.Collaborator("x", "king"), "dismiss": repo.DismissReview(number, "x", 1, ""), "assign": repo.Assign(number, "x", "stranger"), "ask": repo.RequestReview(number, "x", "stranger"),
		"pattern": repo.Protect("[", ghtest.Protection{NoPush: true}), "restore": repo.RestoreBranch(number), "auto": repo.AutoMerge(number, "x", "squash"), "label": repo.SetLabel(ghtest.Label{Name: "x", Color: "red"}),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// TestForkNames: GitHub numbers a fork's name if its owner has another repository with it
// (a person who forks two repositories of the same name gets NAME and NAME-1).
func TestForkNames(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	for _, name := range []string{"python/cpython", "psf/cpython", "faster-cpython/cpython"} {
		repo := trial.Must(srv.Repo(name, ghtest.RepoOptions{}))(t)
		trial.Must(repo.Push("eric:change", ghtest.Commit{Message: "x", Files: map[string]ghtest.File{"x": ghtest.Text(name)}}))(t)
		number := trial.Must(repo.OpenPR(ghtest.PR{Title: "x", Author: "eric", Head: "eric:change"}))(t)
		trial.Must(repo.PR(number))(t)
	}
	for _, name := range []string{"eric/cpython", "eric/cpython-1", "eric/cpython-2"} {
		if srv.FindRepo(name) == nil {
			t.Errorf("%s doesn't exist", name)
		}
	}
}
