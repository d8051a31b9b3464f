package graphql_test

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// A list shows who can be merged. A slow GitHub has to be asked twice after each move of the base or of a head.
func TestLazyMergeability(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"a": ghtest.Text("1\n")}}))(t)
	for _, name := range []string{"alice", "bob"} {
		file := map[string]string{"alice": "a", "bob": "b"}[name]
		trial.Must(repo.Push(name+":fix", ghtest.Commit{Files: map[string]ghtest.File{file: ghtest.Text(name + "\n")}}))(t)
		trial.Must(repo.OpenPR(ghtest.PR{Title: name, Head: name + ":fix", Labels: []string{"docs"}}))(t)
	}
	trial.OK(t, repo.Close(trial.Must(trial.OpenWith(repo, "closed", ghtest.PR{Title: "closed"}))(t), "alice"))
	token := trial.AppToken(t, srv, "")
	list := func() string {
		t.Helper()
		out := trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){pullRequests(states:OPEN,first:100){nodes{number mergeable mergeStateStatus labels(first:9){nodes{name}}}}}}`, nil)
		text := ""
		for i := 0; trial.At(out, "data", "repository", "pullRequests", "nodes", i) != nil; i++ {
			n := trial.At(out, "data", "repository", "pullRequests", "nodes", i)
			text += fmt.Sprint(trial.At(n, "mergeable"), " ", trial.At(n, "mergeStateStatus"), " ", trial.At(n, "labels", "nodes", 0, "name"), "; ")
		}
		return text
	}
	const clean, dirty, unknown = "MERGEABLE CLEAN docs; ", "CONFLICTING DIRTY docs; ", "UNKNOWN UNKNOWN docs; "
	steps := []struct {
		what string
		do   func()
		want string
	}{
		{"at once", func() {}, clean + clean},
		{"the base moved", func() {
			trial.Must(repo.Push("main", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("main\n")}}))(t)
		}, dirty + clean},
		{"a slow GitHub", func() { repo.LazyMergeability(true) }, unknown + unknown},
		{"asked again", func() {}, dirty + clean},
		{"a head moved", func() { trial.Must(repo.Push("bob:fix", ghtest.Commit{}))(t) }, dirty + unknown},
		{"asked by the REST API", func() {
			trial.Must(repo.Push("alice:fix", ghtest.Commit{}))(t)
			if out := trial.Send(t, srv, token, "GET /repos/python/cpython/pulls/1", ""); trial.At(out.Body, "mergeable") != nil || trial.At(out.Body, "mergeable_state") != "unknown" {
				t.Errorf("by the REST API: %v", trial.At(out.Body, "mergeable"))
			}
		}, dirty + clean},
		{"the base moved again", func() { trial.Must(repo.Push("main", ghtest.Commit{}))(t) }, unknown + unknown},
		{"a quick GitHub", func() { repo.LazyMergeability(false) }, dirty + clean},
	}
	for _, step := range steps {
		step.do()
		if got := list(); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
}
