package graphql_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// GraphQL compares a ref with a branch or commit, as the REST API does.
func TestCompareRefs(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	old := repo.Ref("main")
	ahead := trial.Must(repo.Push("alice:fix", ghtest.Commit{Message: "1"}, ghtest.Commit{Message: "2"}))(t)
	trial.Must(repo.Push("3.14", ghtest.Commit{From: "main", Message: "branch"}))(t)
	trial.Must(repo.Push("main", ghtest.Commit{Message: "main"}))(t)
	out := trial.GraphQL(t, srv, trial.AppToken(t, srv, ""), `query($fix:String!,$old:String!){repository(owner:"python",name:"cpython"){ref(qualifiedName:"refs/heads/3.14"){
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
	if d := cmp.Diff(want, trial.At(out, "data", "repository", "ref")); d != "" || trial.At(out, "errors", 0, "type") != "NOT_FOUND" || trial.At(out, "errors", 1, "path", 2) != "none" {
		t.Errorf("comparisons (-want +got):\n%s\n%v", d, out["errors"])
	}
	rest := trial.Send(t, srv, trial.AppToken(t, srv, ""), "GET /repos/python/cpython/compare/main...alice:fix", "")
	if trial.At(rest.Body, "status") != "diverged" || trial.At(rest.Body, "ahead_by") != 2.0 || trial.At(rest.Body, "behind_by") != 1.0 {
		t.Errorf("by the REST API: %v", rest.Body)
	}
}
