package world_test

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// What a branch asks of reviews stands in its protection, which Apps read with the permission "administration" alone (Resource not
// accessible by integration: gh-aw#27898), and in rulesets, which whoever reads the repository can read ("Get rules for a branch").
func TestRulesOfABranch(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.OK(t, repo.Protect("main", ghtest.Protection{RequiredReviews: 2, DismissStale: true}))
	trial.OK(t, repo.RequireReview("ma*", ghtest.RequiredReview{Required: 1, LastPush: true}))
	const query = `{repository(owner:"python",name:"cpython"){ref(qualifiedName:"refs/heads/main"){branchProtectionRule{requiredApprovingReviewCount dismissesStaleReviews requireLastPushApproval}
		rules(first:10){nodes{type parameters{__typename ...on PullRequestParameters{requiredApprovingReviewCount dismissStaleReviewsOnPush requireLastPushApproval}}}}}}}`
	classic := map[string]any{"requiredApprovingReviewCount": 2.0, "dismissesStaleReviews": true, "requireLastPushApproval": false}
	rules := map[string]any{"nodes": []any{map[string]any{"type": "PULL_REQUEST", "parameters": map[string]any{
		"__typename": "PullRequestParameters", "requiredApprovingReviewCount": 1.0, "dismissStaleReviewsOnPush": false, "requireLastPushApproval": true}}}}
	for who, want := range map[string]any{
		srv.UserToken("alice"):       map[string]any{"branchProtectionRule": classic, "rules": rules},
		trial.AppToken(t, srv, "{}"): map[string]any{"branchProtectionRule": nil, "rules": rules},
	} {
		out := trial.GraphQL(t, srv, who, query, nil)
		if d := cmp.Diff(want, trial.At(out, "data", "repository", "ref")); d != "" {
			t.Errorf("(-want +got):\n%s", d)
		}
		if refused := out["errors"] != nil; refused != (want.(map[string]any)["branchProtectionRule"] == nil) {
			t.Errorf("errors: %v", out["errors"])
		}
	}
}

// A push dismisses approvals where a protection or ruleset says so ("Dismiss stale pull request approvals when new commits are pushed"),
// or leaves them and asks for one of the last push, by someone other than the pusher ("Require approval of the most recent reviewable push").
func TestPushAfterApproval(t *testing.T) {
	for name, c := range map[string]struct {
		rule                     ghtest.RequiredReview
		dismissed, after, others string // states
	}{
		"neither":    {ghtest.RequiredReview{Required: 1}, "APPROVED", "CLEAN", "CLEAN"},
		"dismissing": {ghtest.RequiredReview{Required: 1, DismissStale: true}, "DISMISSED", "BLOCKED", "CLEAN"},
		"last push":  {ghtest.RequiredReview{Required: 1, LastPush: true}, "APPROVED", "BLOCKED", "CLEAN"},
		"no review":  {ghtest.RequiredReview{LastPush: true}, "APPROVED", "CLEAN", "CLEAN"},
	} {
		srv := trial.Server(t, ghtest.Config{})
		repo := trial.Repo(t, srv, "python/cpython")
		number := trial.OpenPR(t, repo)
		trial.OK(t, repo.RequireReview("main", c.rule))
		for _, login := range []string{"bob", "carol"} {
			trial.OK(t, repo.Collaborator(login, "write"))
		}
		state := func() any {
			t.Helper()
			return trial.At(trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){mergeStateStatus}}}`, nil), "data", "repository", "pullRequest", "mergeStateStatus")
		}
		trial.Must(repo.Review(number, "bob", "APPROVED", ""))(t)
		before := state()
		trial.Must(repo.Push("alice:fix", ghtest.Commit{Message: "More", Author: "bob", Files: map[string]ghtest.File{"more.txt": ghtest.Text("x\n")}}))(t)
		after := state()
		review := trial.Must(repo.PR(number))(t).Reviews[0].State
		trial.Must(repo.Review(number, "carol", "APPROVED", ""))(t)
		got := []any{before, review, after, state()}
		if d := cmp.Diff([]any{"CLEAN", c.dismissed, c.after, c.others}, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// "If a user who does not have write permissions to the repository pushes new changes to the head branch or switches the base branch of the
// pull request, auto-merge will be disabled" ("Automatically merging a pull request").
func TestAutoMergeOfStrangers(t *testing.T) {
	for name, do := range map[string]func(*ghtest.Repo) error{
		"push by alice": func(r *ghtest.Repo) error {
			_, err := r.Push("alice:fix", ghtest.Commit{Message: "More", Files: map[string]ghtest.File{"more.txt": ghtest.Text("x\n")}})
			return err
		},
		"push by bob": func(r *ghtest.Repo) error {
			_, err := r.Push("alice:fix", ghtest.Commit{Message: "More", Author: "bob", Files: map[string]ghtest.File{"more.txt": ghtest.Text("x\n")}})
			return err
		},
		"base by alice": func(r *ghtest.Repo) error {
			if _, err := r.Push("3.14", ghtest.Commit{Message: "Cut", From: "main"}); err != nil {
				return err
			}
			return r.EditBase(1, "3.14")
		},
	} {
		repo := trial.Repo(t, trial.Server(t, ghtest.Config{}), "python/cpython")
		number := trial.OpenPR(t, repo)
		trial.OK(t, repo.Collaborator("bob", "write"))
		trial.OK(t, repo.Protect("main", ghtest.Protection{RequiredReviews: 1}))
		trial.OK(t, repo.AutoMerge(number, "bob", "squash"))
		trial.OK(t, do(repo))
		want := ""
		if name == "push by bob" {
			want = "squash"
		}
		if got := trial.Must(repo.PR(number))(t).AutoMerge; got != want {
			t.Errorf("%s: auto-merge %q, want %q", name, got, want)
		}
	}
}

// Check runs of other Apps are in the rollup of a commit with those of the App under test, in a suite for each App; check_suite tells when
// all of one are completed.
func TestChecksOfOthers(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.OpenPR(t, repo)
	sha := repo.Ref("alice:fix")
	trial.OK(t, repo.CheckRun(sha, "github-actions", "build", ""))
	trial.OK(t, repo.CheckRun(sha, "github-actions", "docs", "failure"))
	trial.OK(t, repo.CheckRun(sha, "azure", "build", "success"))
	const query = `query($app:Int!){repository(owner:"python",name:"cpython"){object(oid:"%SHA"){...on Commit{mine:checkSuites(first:9,filterBy:{appId:$app}){totalCount}
		checkSuites(first:9){nodes{app{slug} checkRuns(first:9){nodes{name}}}}
		statusCheckRollup{state contexts(first:9){nodes{__typename ...on CheckRun{name checkSuite{app{slug}}}}}}}}}}`
	suite := func(app string, names ...any) any {
		var runs []any
		for _, name := range names {
			runs = append(runs, map[string]any{"name": name})
		}
		return map[string]any{"app": map[string]any{"slug": app}, "checkRuns": map[string]any{"nodes": runs}}
	}
	run := func(app, name string) any {
		return map[string]any{"__typename": "CheckRun", "name": name, "checkSuite": map[string]any{"app": map[string]any{"slug": app}}}
	}
	want := map[string]any{
		"mine":        map[string]any{"totalCount": 0.0},
		"checkSuites": map[string]any{"nodes": []any{suite("github-actions", "build", "docs"), suite("azure", "build")}},
		"statusCheckRollup": map[string]any{"state": "FAILURE", "contexts": map[string]any{"nodes": []any{
			run("github-actions", "build"), run("github-actions", "docs"), run("azure", "build")}}},
	}
	out := trial.GraphQL(t, srv, srv.UserToken("alice"), strings.ReplaceAll(query, "%SHA", sha), map[string]any{"app": srv.AppID()})
	if d := cmp.Diff(want, trial.At(out, "data", "repository", "object")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if err := repo.CheckRun(sha, "azure", "", "great"); err == nil {
		t.Error("a check run with a conclusion that there is none of")
	}
}
