package ghtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// GraphQL compares a ref with a branch or commit, as the REST API does.
func TestCompareRefs(t *testing.T) {
	srv := newServer(t, ghtest.Config{})
	repo := newRepo(t, srv, "python/cpython")
	old := repo.Ref("main")
	ahead := must(repo.Push("alice:fix", ghtest.Commit{Message: "1"}, ghtest.Commit{Message: "2"}))(t)
	must(repo.Push("3.14", ghtest.Commit{From: "main", Message: "branch"}))(t)
	must(repo.Push("main", ghtest.Commit{Message: "main"}))(t)
	out := graphql(t, srv, appToken(t, srv, ""), `query($fix:String!,$old:String!){repository(owner:"python",name:"cpython"){ref(qualifiedName:"refs/heads/3.14"){
		same:compare(headRef:"3.14"){...C} apart:compare(headRef:"main"){...C} fork:compare(headRef:$fix){...C} branch:compare(headRef:"alice:fix"){...C} behind:compare(headRef:$old){...C}
		unknown:compare(headRef:"nope"){status} none:compare(headRef:"0123456789012345678901234567890123456789"){status}}}}
		fragment C on Comparison{status aheadBy behindBy}`, map[string]any{"fix": ahead, "old": old})
	counts := func(status string, ahead, behind float64) map[string]any {
		return map[string]any{"status": status, "aheadBy": ahead, "behindBy": behind}
	}
	want := map[string]any{
		"same": counts("IDENTICAL", 0, 0), "apart": counts("DIVERGED", 1, 1), "fork": counts("DIVERGED", 2, 1), "branch": counts("DIVERGED", 2, 1), "behind": counts("BEHIND", 0, 1),
		"unknown": nil, "none": nil,
	}
	if d := cmp.Diff(want, at(out, "data", "repository", "ref")); d != "" || at(out, "errors", 0, "type") != "NOT_FOUND" || at(out, "errors", 1, "path", 2) != "none" {
		t.Errorf("comparisons (-want +got):\n%s\n%v", d, out["errors"])
	}
	rest := send(t, srv, appToken(t, srv, ""), "GET /repos/python/cpython/compare/main...alice:fix", "")
	if at(rest.body, "status") != "diverged" || at(rest.body, "ahead_by") != 2.0 || at(rest.body, "behind_by") != 1.0 {
		t.Errorf("by the REST API: %v", rest.body)
	}
}
