package ghtest_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// What closes with a pull request is named after a keyword, with # or owner/name#, in the text of a pull request into the default
// branch, or linked by hand ("Linking a pull request to an issue" in GitHub's documentation). A merge closes it.
func TestClosingReferences(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo, other := newRepo(t, srv, "python/cpython"), newRepo(t, srv, "python/devguide")
	for range 4 {
		must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	}
	must(other.OpenIssue(ghtest.Issue{Title: "Elsewhere", Author: "bob"}))(t)
	number := must(openWith(repo, "fix", ghtest.PR{Title: "gh-4: Fix"}))(t)
	const query = `query($n:Int!){repository(owner:"python",name:"cpython"){pullRequest(number:$n){closingIssuesReferences(first:9){totalCount nodes{number repository{nameWithOwner}}}}}}`
	closing := func(token string) (all []string) {
		list := at(graphql(t, srv, token, query, map[string]any{"n": number}), "data", "repository", "pullRequest", "closingIssuesReferences")
		for i := 0; at(list, "nodes", i) != nil; i++ {
			all = append(all, fmt.Sprint(at(list, "nodes", i, "repository", "nameWithOwner"), "#", at(list, "nodes", i, "number")))
		}
		if total, _ := at(list, "totalCount").(float64); int(total) != len(all) {
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
		ok(t, repo.EditBody(number, test.body))
		if d := cmp.Diff(test.want, closing(token)); d != "" {
			t.Errorf("%q (-want +got):\n%s", test.body, d)
		}
	}
	ok(t, repo.EditBody(number, "Fixes #1, fixes python/devguide#1"))
	ok(t, repo.Link(number, 2, true))
	ok(t, repo.Link(number, 3, true))
	ok(t, repo.Link(number, 3, false))
	if d := cmp.Diff([]string{"python/cpython#1", "python/cpython#2"}, closing(appToken(t, srv, `{"repositories":["cpython"]}`))); d != "" {
		t.Errorf("seen without the other repository (-want +got):\n%s", d)
	}
	must(repo.Push("3.14"))(t)
	ok(t, repo.EditBase(number, "3.14"))
	if d := cmp.Diff([]string{"python/cpython#2"}, closing(token)); d != "" {
		t.Errorf("into another branch (-want +got):\n%s", d)
	}
	ok(t, repo.EditBase(number, "main"))
	must(repo.Merge(number, "bob"))(t)
	if d := cmp.Diff([]string{"python/cpython#1", "python/cpython#2", "python/devguide#1"}, closing(token)); d != "" {
		t.Errorf("once it's merged (-want +got):\n%s", d)
	}
	for issue, want := range map[int]string{1: "closed", 2: "closed", 3: "open"} {
		if state := must(repo.PR(issue))(t).State; state != want {
			t.Errorf("#%d is %s, want %s", issue, state, want)
		}
	}
	if err := repo.Link(1, 2, true); err == nil {
		t.Error("an issue is linked as if it were a pull request")
	}
}
