package rest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Nobody approves their own pull request; a review that only comments can't be dismissed, and dismissing takes write access
// ("Create a review", "Dismiss a review for a pull request": 422).
func TestReviewsByAPI(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	app, alice, bob := trial.AppToken(t, srv, ""), srv.UserToken("alice"), srv.UserToken("bob")
	create := fmt.Sprintf("POST /repos/python/cpython/pulls/%d/reviews", number)
	trial.WantProblem(t, srv, alice, create, `{"event":"APPROVE"}`, "422 Can not approve your own pull request")
	trial.WantProblem(t, srv, bob, create, `{"event":"COMMENT"}`, "422 Unprocessable Entity")
	id := func(token, body string) any {
		return trial.At(trial.Send(t, srv, token, create, body).Body, "id")
	}
	comment, approval := id(app, `{"event":"COMMENT","body":"Seen"}`), id(bob, `{"event":"APPROVE"}`)
	dismiss := func(id any) string {
		return fmt.Sprintf("PUT /repos/python/cpython/pulls/%d/reviews/%.0f/dismissals", number, id)
	}
	trial.WantProblem(t, srv, app, dismiss(comment), `{"message":"Stale"}`, "422 Unprocessable Entity")
	trial.WantProblem(t, srv, app, dismiss(approval), `{}`, "422 Unprocessable Entity")
	trial.WantProblem(t, srv, bob, dismiss(approval), `{"message":"Stale"}`, "403 Resource not accessible by integration")
	got := trial.Send(t, srv, app, dismiss(approval), `{"message":"Stale"}`)
	if state := trial.At(got.Body, "state"); got.Status != 200 || state != "DISMISSED" {
		t.Errorf("%d: the approval is %v", got.Status, state)
	}
}

// An archived repository answers 403 "Repository was archived so is read-only." to writes of the API (conda-forge's scripts know it by
// that), and git says "remote: This repository was archived so it is read-only." with a 403; reading goes on.
func TestArchived(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "Old", Author: "alice"}))(t)
	app := trial.AppToken(t, srv, "")
	ids := trial.IDs(t, srv, fmt.Sprintf("issue:issue(number:%d){id}", number))
	dir := t.TempDir()
	trial.Git(t, dir, app, "clone", "-q", repo.CloneURL(), ".")
	repo.Archive(true)
	const refused = "Repository was archived so is read-only."
	trial.WantProblem(t, srv, app, fmt.Sprintf("POST /repos/python/cpython/issues/%d/comments", number), `{"body":"x"}`, "403 "+refused)
	trial.WantProblem(t, srv, srv.UserToken("alice"), "POST /repos/python/cpython/labels", `{"name":"x"}`, "403 "+refused)
	out := trial.GraphQL(t, srv, app, `mutation($issue:ID!){addComment(input:{subjectId:$issue,body:"x"}){clientMutationId}}`, ids)
	if said := trial.At(out, "errors", 0, "message"); said != refused {
		t.Errorf("GraphQL says %v", said)
	}
	said, err := trial.TryGit(t, dir, app, "push", repo.CloneURL(), "HEAD:refs/heads/x")
	if err == nil || !strings.Contains(said, "remote: This repository was archived so it is read-only.") || !strings.Contains(said, "returned error: 403") {
		t.Errorf("git says %v %s", err, said)
	}
	if got := trial.Send(t, srv, app, "GET /repos/python/cpython", ""); got.Status != 200 || trial.At(got.Body, "archived") != true {
		t.Errorf("reading it: %d", got.Status)
	}
	repo.Archive(false)
	if got := trial.Send(t, srv, app, "POST /repos/python/cpython/labels", `{"name":"x"}`); got.Status != 201 {
		t.Errorf("after that: %d", got.Status)
	}
}

// An account has one fork of a repository: a second request gives the first one, whatever its name ("Create a fork"). An installation
// isn't an account that could have one.
func TestForks(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	const fork = "POST /repos/python/cpython/forks"
	bob := srv.UserToken("bob")
	for _, name := range []string{"mine", "other"} {
		got := trial.Send(t, srv, bob, fork, `{"name":"`+name+`","default_branch_only":true}`)
		if full := trial.At(got.Body, "full_name"); got.Status != 202 || full != "bob/mine" {
			t.Errorf("%d %v", got.Status, full)
		}
	}
	trial.WantProblem(t, srv, trial.AppToken(t, srv, ""), fork, `{}`, "403 Resource not accessible by integration")
	trial.WantProblem(t, srv, trial.AppToken(t, srv, ""), "GET /user", "", "403 Resource not accessible by integration")
	trial.WantProblem(t, srv, srv.UserToken("alice"), "DELETE /repos/bob/mine", "", "403 Must have admin rights to Repository.")
	trial.WantProblem(t, srv, bob, "DELETE /repos/python/cpython", "", "403 Must have admin rights to Repository.")
	if got := trial.Send(t, srv, bob, "DELETE /repos/bob/mine", ""); got.Status != 204 || srv.FindRepo("bob/mine") != nil {
		t.Errorf("deleting it: %d", got.Status)
	}
	trial.Must(repo.Push("bob:fix"))(t) // forks again
}
