package rest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// The App opens pull requests, with GitHub's answers to what cannot be opened.
func TestCreatePull(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	repo := trial.Repo(t, srv, "python/cpython")
	trial.Must(repo.Push("3.14", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("a\n")}}))(t)
	tip := trial.Must(repo.Push("backport-1-3.14", ghtest.Commit{From: "3.14", Files: map[string]ghtest.File{"b": ghtest.Text("b\n")}}))(t)
	trial.Must(repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"c": ghtest.Text("c\n")}}))(t)
	trial.Must(repo.ForcePush("alice:same", "main"))(t)
	trial.OK(t, repo.Tag("3.9", "main"))
	trial.DropWaiting(srv)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	token := trial.AppToken(t, srv, "")
	const post = "POST /repos/python/cpython/pulls"
	for _, c := range []struct{ body, want string }{
		{`{"head":"backport-1-3.14","base":"3.14"}`, "422 Validation Failed PullRequest title missing_field"},
		{`{"title":" ","head":"backport-1-3.14","base":"3.14"}`, "422 Validation Failed PullRequest title missing_field"},
		{`{"title":"` + strings.Repeat("é", 257) + `","head":"backport-1-3.14","base":"3.14"}`, "422 Validation Failed PullRequest title custom title is too long (maximum is 256 characters)"},
		{`{"title":"x","body":"` + strings.Repeat("é", 65537) + `","head":"backport-1-3.14","base":"3.14"}`, "422 Validation Failed PullRequest body custom body is too long (maximum is 65536 characters)"},
		{`{"title":"x","base":"3.14"}`, "422 Invalid request.\n\n\"head\" wasn't supplied."},
		{`{"title":"x","head":"nope","base":"3.14"}`, "422 Validation Failed PullRequest head invalid"},
		{`{"title":"x","head":"bob:fix","base":"3.14"}`, "422 Validation Failed PullRequest head invalid"},
		{`{"title":"x","head":"backport-1-3.14","base":"3.9"}`, "422 Validation Failed PullRequest base invalid"},
		{`{"title":"x","head":"main","base":"3.14"}`, "422 Validation Failed PullRequest custom No commits between 3.14 and main"},
		{`{"title":"x","head":"alice:same","base":"main"}`, "422 Validation Failed PullRequest custom No commits between python:main and alice:same"},
		{`{"title":7,"head":"main","base":"3.14"}`, "422 Invalid request.\n\nFor 'title', number is not a string."},
	} {
		trial.WantProblem(t, srv, token, post, c.body, c.want)
	}
	out := trial.Send(t, srv, token, post, `{"title":"[3.14] Fix","head":"backport-1-3.14","base":"3.14","draft":true,"maintainer_can_modify":true}`)
	if out.Status != 201 || trial.At(out.Body, "draft") != true || trial.At(out.Body, "user", "login") != "concorde[bot]" || trial.At(out.Body, "maintainer_can_modify") != false || trial.At(out.Body, "mergeable_state") != "draft" {
		t.Errorf("created: %+v", out)
	}
	trial.WantProblem(t, srv, token, post, `{"title":"x","head":"python:backport-1-3.14","base":"3.14"}`, "422 Validation Failed PullRequest custom A pull request already exists for python:backport-1-3.14.")
	if out := trial.Send(t, srv, token, post, `{"title":"From a fork","head":"alice:fix","base":"main","maintainer_can_modify":true}`); out.Status != 201 || trial.At(out.Body, "maintainer_can_modify") != true {
		t.Errorf("created from a fork: %+v", out)
	}
	want := []ghtest.Write{
		{Kind: "pull", Number: 1, SHA: tip, Key: "3.14 <- python:backport-1-3.14", Text: "[3.14] Fix"},
		{Kind: "pull", Number: 2, SHA: repo.Ref("alice:fix"), Key: "main <- alice:fix", Text: "From a fork"},
	}
	if d := cmp.Diff(want, writes(repo)); d != "" {
		t.Errorf("writes (-want +got):\n%s", d)
	}
	trial.Flush(t, srv)
	if got := strings.Join(rec.Events, " "); got != "pull_request.opened pull_request.opened" {
		t.Errorf("events are %s", got)
	}
	trial.WantProblem(t, srv, trial.AppToken(t, srv, `{"permissions":{"contents":"write","pull_requests":"read"}}`), post, `{}`, "403 Resource not accessible by integration")
}

// writes are the App's, without their times.
func writes(repo *ghtest.Repo) []ghtest.Write {
	all := repo.Writes()
	for i := range all {
		all[i].Time = time.Time{}
	}
	return all
}

// A pull request is edited, closed, loses its branch, gets it back, and is opened again.
func TestUpdatePull(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	trial.Must(repo.Push("fix", ghtest.Commit{From: "3.14", Files: map[string]ghtest.File{"x": ghtest.Text("x\n")}}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix", Head: "fix"}))(t)
	trial.Must(repo.Push("other", ghtest.Commit{Files: map[string]ghtest.File{"y": ghtest.Text("y\n")}}))(t)
	trial.Must(repo.OpenPR(ghtest.PR{Title: "Other", Head: "other", Base: "3.14"}))(t)
	trial.DropWaiting(srv)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	token := trial.AppToken(t, srv, "")
	patch := fmt.Sprintf("PATCH /repos/python/cpython/pulls/%d", number)
	const reopen = `{"state":"open"}`
	if out := trial.Send(t, srv, token, patch, `{"title":"Better","body":"Why"}`); out.Status != 200 || trial.At(out.Body, "title") != "Better" || trial.At(out.Body, "body") != "Why" {
		t.Errorf("edited: %+v", out)
	}
	trial.WantProblem(t, srv, token, patch, `{"state":"nope"}`, "422 Validation Failed PullRequest state invalid")
	trial.WantProblem(t, srv, token, patch, `{"base":"3.9"}`, "422 Validation Failed PullRequest base invalid Proposed base branch '3.9' was not found")
	trial.WantProblem(t, srv, token, patch, `{"title":""}`, "422 Validation Failed PullRequest title missing_field")
	if out := trial.Send(t, srv, token, patch, `{"base":"3.14","state":"closed"}`); out.Status != 200 || trial.At(out.Body, "state") != "closed" || trial.At(out.Body, "base", "ref") != "3.14" {
		t.Errorf("closed: %+v", out)
	}
	trial.WantProblem(t, srv, token, patch, `{"base":"main"}`, "422 Validation Failed PullRequest base invalid Cannot change the base branch of a closed pull request.")
	head := trial.Must(repo.PR(number))(t).HeadSHA
	trial.OK(t, repo.DeleteBranch("fix"))
	trial.WantProblem(t, srv, token, patch, reopen, "422 Validation Failed PullRequest state custom state cannot be changed. The fix branch has been deleted.")
	trial.Must(repo.Push("fix", ghtest.Commit{Files: map[string]ghtest.File{"z": ghtest.Text("z\n")}}))(t)
	trial.WantProblem(t, srv, token, patch, reopen, "422 Validation Failed PullRequest state custom state cannot be changed. The fix branch was force-pushed or recreated.")
	trial.Must(repo.ForcePush("fix", head))(t)
	trial.Must(repo.OpenPR(ghtest.PR{Title: "Again", Head: "fix", Base: "3.14"}))(t)
	trial.WantProblem(t, srv, token, patch, reopen, "422 Validation Failed PullRequest state custom state cannot be changed. There is already an open pull request from fix to 3.14.")
	trial.OK(t, repo.DeleteBranch("fix")) // closes that one as well
	if st := trial.Must(repo.PR(3))(t); st.State != "closed" || st.HeadBranchExists {
		t.Errorf("the second one is %+v", st)
	}
	trial.OK(t, repo.RestoreBranch(number))
	moved := trial.Must(repo.Push("fix", ghtest.Commit{Files: map[string]ghtest.File{"more": ghtest.Text("z\n")}}))(t)
	if out := trial.Send(t, srv, token, patch, reopen); out.Status != 200 || trial.At(out.Body, "state") != "open" || trial.At(out.Body, "head", "sha") != moved {
		t.Errorf("opened again: %+v", out)
	}
	trial.Must(repo.Merge(number, "barry"))(t)
	trial.WantProblem(t, srv, token, patch, reopen, "422 Validation Failed PullRequest state custom state cannot be changed. The pull request cannot be reopened.")
	trial.Flush(t, srv)
	if d := cmp.Diff("pull_request.edited pull_request.edited pull_request.closed push push push pull_request.opened push pull_request.closed push push pull_request.reopened pull_request.closed push", strings.Join(rec.Events, " ")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	var kinds []string
	for _, w := range repo.Writes() {
		kinds = append(kinds, w.Kind+" "+w.Key)
	}
	if d := cmp.Diff([]string{"pull-edit body,title", "pull-edit base,state", "pull-edit state"}, kinds); d != "" {
		t.Errorf("writes (-want +got):\n%s", d)
	}
	trial.OK(t, repo.DeleteBranch("3.14"))
	if st := trial.Must(repo.PR(2))(t); st.State != "closed" {
		t.Error("a pull request without a base is open")
	}
}

// Refs are made, moved and deleted through the API.
func TestRefWrites(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	token := trial.AppToken(t, srv, "")
	main, old := repo.Ref("main"), repo.Ref("3.14")
	const refs = "POST /repos/python/cpython/git/refs"
	for _, c := range []struct{ what, body, want string }{
		{refs, `{"ref":"heads/x","sha":"` + main + `"}`, "422 Reference name must start with 'refs/' and be valid."},
		{refs, `{"ref":"refs/heads/a..b","sha":"` + main + `"}`, "422 Reference name must start with 'refs/' and be valid."},
		{refs, `{"ref":"refs/heads/x","sha":"` + strings.Repeat("1", 40) + `"}`, "422 Object does not exist"},
		{refs, `{"ref":"refs/heads/3.14","sha":"` + main + `"}`, "422 Reference already exists"},
		{"PATCH /repos/python/cpython/git/refs/heads/nope", `{"sha":"` + main + `"}`, "422 Reference does not exist"},
		{"PATCH /repos/python/cpython/git/refs/heads/3.14", `{"sha":"` + main + `"}`, "422 Update is not a fast forward"},
		{"DELETE /repos/python/cpython/git/refs/heads/nope", "", "422 Reference does not exist"},
		{"DELETE /repos/python/cpython/git/refs/heads/main", "", "422 Cannot delete the default branch"},
	} {
		trial.WantProblem(t, srv, token, c.what, c.body, c.want)
	}
	for _, c := range []struct {
		what, body, tip string
		status          int
	}{
		{refs, `{"ref":"refs/heads/a/b","sha":"` + old + `"}`, old, 201},
		{"PATCH /repos/python/cpython/git/refs/heads/a/b", `{"sha":"` + main + `","force":true}`, main, 200},
		{"DELETE /repos/python/cpython/git/refs/heads/a/b", "", "", 204},
	} {
		if out := trial.Send(t, srv, token, c.what, c.body); out.Status != c.status || repo.Ref("refs/heads/a/b") != c.tip {
			t.Errorf("%s: %d, the branch is at %q", c.what, out.Status, repo.Ref("refs/heads/a/b"))
		}
	}
	want := []ghtest.Write{{Kind: "ref", Key: "refs/heads/a/b", SHA: old}, {Kind: "ref-update", Key: "refs/heads/a/b", SHA: main}, {Kind: "ref-delete", Key: "refs/heads/a/b"}}
	if d := cmp.Diff(want, writes(repo)); d != "" {
		t.Errorf("writes (-want +got):\n%s", d)
	}
}

// Labels of the repository come, change and go, and issues follow.
func TestLabelWrites(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := trial.AppToken(t, srv, "")
	const labels = "POST /repos/python/cpython/labels"
	for _, c := range []struct{ what, body, want string }{
		{labels, `{"color":"c2e0c6"}`, "422 Validation Failed Label name missing_field"},
		{labels, `{"name":"x","color":"#c2e0c6"}`, "422 Validation Failed Label color invalid"},
		{labels, `{"name":"Type-Bug"}`, "422 Validation Failed Label name already_exists"},
		{labels, `{"name":"` + strings.Repeat("é", 51) + `"}`, "422 Validation Failed Label name custom name is too long (maximum is 50 characters)"},
		{labels, `{"name":"x","description":"` + strings.Repeat("é", 101) + `"}`, "422 Validation Failed Label description custom description is too long (maximum is 100 characters)"},
		{labels, `{"name":"x","description":"bugs 🐛"}`, "422 Validation Failed Label description custom description doesn't accept 4-byte Unicode"},
		{"PATCH /repos/python/cpython/labels/type-bug", `{"description":"bugs 🐛"}`, "422 Validation Failed Label description custom description doesn't accept 4-byte Unicode"},
		{"PATCH /repos/python/cpython/labels/nope", `{}`, "404 Not Found"},
		{"DELETE /repos/python/cpython/labels/nope", ``, "404 Not Found"},
	} {
		trial.WantProblem(t, srv, token, c.what, c.body, c.want)
	}
	trial.Send(t, srv, token, labels, `{"name":"needs backport to 3.15","color":"c2e0c6","description":"bug and security fixes"}`)
	trial.Send(t, srv, token, labels, `{"name":"🐛 bug","description":"bugs ⚠️, naïve"}`) // emoji in a name are good, as are characters of three bytes
	trial.Send(t, srv, token, "DELETE /repos/python/cpython/labels/%F0%9F%90%9B%20bug", "")
	trial.Send(t, srv, token, "PATCH /repos/python/cpython/labels/type-bug", `{"new_name":"a/b #1?"}`)
	want := []ghtest.Label{{Name: "a/b #1?", Color: "ededed"}, {Name: "needs backport to 3.15", Color: "c2e0c6", Description: "bug and security fixes"}}
	if d := cmp.Diff(want, repo.Labels()); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"a/b #1?"}, trial.Must(repo.PR(number))(t).Labels); d != "" {
		t.Errorf("labels of the pull request (-want +got):\n%s", d)
	}
	trial.Send(t, srv, token, "DELETE /repos/python/cpython/labels/a%2Fb%20%231%3F", "")
	if got := trial.Must(repo.PR(number))(t).Labels; len(got) != 0 || len(repo.Labels()) != 1 {
		t.Errorf("after deleting: %v, %v", got, repo.Labels())
	}
	trial.OK(t, repo.SetLabel(ghtest.Label{Name: "needs backport to 3.15", Description: "only security fixes"}))
	if d := cmp.Diff([]ghtest.Label{{Name: "needs backport to 3.15", Color: "c2e0c6", Description: "only security fixes"}}, repo.Labels()); d != "" {
		t.Errorf("labels (-want +got):\n%s", d)
	}
}
