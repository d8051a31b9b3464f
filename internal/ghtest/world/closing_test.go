package world_test

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// What closes with a pull request is named after a keyword, with # or owner/name#, in the text of a pull request into the default
// branch, or linked by hand ("Linking a pull request to an issue" in GitHub's documentation). A merge closes it.
func TestClosingReferences(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo, other := trial.Repo(t, srv, "python/cpython"), trial.Repo(t, srv, "python/devguide")
	for range 4 {
		trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	}
	trial.Must(other.OpenIssue(ghtest.Issue{Title: "Elsewhere", Author: "bob"}))(t)
	number := trial.Must(trial.OpenWith(repo, "fix", ghtest.PR{Title: "gh-4: Fix"}))(t)
	const query = `query($n:Int!){repository(owner:"python",name:"cpython"){pullRequest(number:$n){closingIssuesReferences(first:9){totalCount nodes{number repository{nameWithOwner}}}}}}`
	closing := func(token string) (all []string) {
		list := trial.At(trial.GraphQL(t, srv, token, query, map[string]any{"n": number}), "data", "repository", "pullRequest", "closingIssuesReferences")
		for i := 0; trial.At(list, "nodes", i) != nil; i++ {
			all = append(all, fmt.Sprint(trial.At(list, "nodes", i, "repository", "nameWithOwner"), "#", trial.At(list, "nodes", i, "number")))
		}
		if total, _ := trial.At(list, "totalCount").(float64); int(total) != len(all) {
			t.Errorf("%v in all, and %q", total, all)
		}
		return all
	}
	token := srv.UserToken("alice")
	for _, test := range []struct {
		body string
		want []string
	}{
		{"See #1, gh-2 and prefixes #3", nil},
		{"Fixes #1, closes: #2\n\nRESOLVED #3", []string{"python/cpython#1", "python/cpython#2", "python/cpython#3"}},
		{"fix python/devguide#1; fixed #1, #2; close #1", []string{"python/cpython#1", "python/devguide#1"}},
		{"`fixes #1` <!-- fixes #2 --> fixes #99 fixes #5 fixes nobody/nothing#1 fixes#1", nil},
	} {
		trial.OK(t, repo.EditBody(number, test.body))
		if d := cmp.Diff(test.want, closing(token)); d != "" {
			t.Errorf("%q (-want +got):\n%s", test.body, d)
		}
	}
	trial.OK(t, repo.EditBody(number, "Fixes #1, fixes python/devguide#1"))
	trial.OK(t, repo.Link(number, 2, true))
	trial.OK(t, repo.Link(number, 3, true))
	trial.OK(t, repo.Link(number, 3, false))
	if d := cmp.Diff([]string{"python/cpython#1", "python/cpython#2"}, closing(trial.AppToken(t, srv, `{"repositories":["cpython"]}`))); d != "" {
		t.Errorf("seen without the other repository (-want +got):\n%s", d)
	}
	trial.Must(repo.Push("3.14"))(t)
	trial.OK(t, repo.EditBase(number, "3.14"))
	if d := cmp.Diff([]string{"python/cpython#2"}, closing(token)); d != "" {
		t.Errorf("into another branch (-want +got):\n%s", d)
	}
	trial.OK(t, repo.EditBase(number, "main"))
	trial.Must(repo.Merge(number, "bob"))(t)
	if d := cmp.Diff([]string{"python/cpython#1", "python/cpython#2", "python/devguide#1"}, closing(token)); d != "" {
		t.Errorf("once it's merged (-want +got):\n%s", d)
	}
	for issue, want := range map[int]string{1: "closed", 2: "closed", 3: "open"} {
		if state := trial.Must(repo.PR(issue))(t).State; state != want {
			t.Errorf("#%d is %s, want %s", issue, state, want)
		}
	}
	if err := repo.Link(1, 2, true); err == nil {
		t.Error("an issue is linked as if it were a pull request")
	}
}
