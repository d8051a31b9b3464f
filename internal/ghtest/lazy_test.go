package ghtest_test

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// A list shows who can be merged. A slow GitHub has to be asked twice after each move of the base or of a head.
func TestLazyMergeability(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"a": ghtest.Text("1\n")}}))(t)
	for _, name := range []string{"alice", "bob"} {
		file := map[string]string{"alice": "a", "bob": "b"}[name]
		must(repo.Push(name+":fix", ghtest.Commit{Files: map[string]ghtest.File{file: ghtest.Text(name + "\n")}}))(t)
		must(repo.OpenPR(ghtest.PR{Title: name, Head: name + ":fix", Labels: []string{"docs"}}))(t)
	}
	ok(t, repo.Close(must(openWith(repo, "closed", ghtest.PR{Title: "closed"}))(t), "alice"))
	token := appToken(t, srv, "")
	list := func() string {
		t.Helper()
		out := graphql(t, srv, token, `{repository(owner:"python",name:"cpython"){pullRequests(states:OPEN,first:100){nodes{number mergeable mergeStateStatus labels(first:9){nodes{name}}}}}}`, nil)
		text := ""
		for i := 0; at(out, "data", "repository", "pullRequests", "nodes", i) != nil; i++ {
			n := at(out, "data", "repository", "pullRequests", "nodes", i)
			text += fmt.Sprint(at(n, "mergeable"), " ", at(n, "mergeStateStatus"), " ", at(n, "labels", "nodes", 0, "name"), "; ")
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
			must(repo.Push("main", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("main\n")}}))(t)
		}, dirty + clean},
		{"a slow GitHub", func() { repo.LazyMergeability(true) }, unknown + unknown},
		{"asked again", func() {}, dirty + clean},
		{"a head moved", func() { must(repo.Push("bob:fix", ghtest.Commit{}))(t) }, dirty + unknown},
		{"asked by the REST API", func() {
			must(repo.Push("alice:fix", ghtest.Commit{}))(t)
			if out := send(t, srv, token, "GET /repos/python/cpython/pulls/1", ""); at(out.body, "mergeable") != nil || at(out.body, "mergeable_state") != "unknown" {
				t.Errorf("by the REST API: %v", at(out.body, "mergeable"))
			}
		}, dirty + clean},
		{"the base moved again", func() { must(repo.Push("main", ghtest.Commit{}))(t) }, unknown + unknown},
		{"a quick GitHub", func() { repo.LazyMergeability(false) }, dirty + clean},
	}
	for _, step := range steps {
		step.do()
		if got := list(); got != step.want {
			t.Errorf("%s: %s, want %s", step.what, got, step.want)
		}
	}
}
