package world_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

const pullFields = `mergeStateStatus reviewDecision state mergedBy{login} autoMergeRequest{enabledBy{login} mergeMethod commitHeadline} viewerCanEnableAutoMerge
	commits(last:1){nodes{commit{statusCheckRollup{state}}}}`

// pullOf asks GraphQL for fields of a pull request of python/cpython.
func pullOf(t *testing.T, srv *ghtest.Server, token string, number int, fields string) map[string]any {
	t.Helper()
	out := trial.GraphQL(t, srv, token, fmt.Sprintf(`{repository(owner:"python",name:"cpython"){pullRequest(number:%d){%s}}}`, number, fields), nil)
	if out["errors"] != nil {
		t.Fatalf("errors: %v", out["errors"])
	}
	pr, _ := trial.At(out, "data", "repository", "pullRequest").(map[string]any)
	return pr
}

// Each method makes its own commits, and the message can be edited.
func TestMergeMethods(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"a": ghtest.Text("1\n")}}))(t)
	open := func(user string) int {
		trial.Must(repo.Push(user+":fix",
			ghtest.Commit{Message: user + " one", Files: map[string]ghtest.File{user: ghtest.Text("1\n")}},
			ghtest.Commit{Message: user + " two\n\nThe body.", Ident: "Zoë <zoe@example.com>", Files: map[string]ghtest.File{user: ghtest.Text("2\n")}}))(t)
		return trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix of " + user, Head: user + ":fix"}))(t)
	}
	squash, merge, rebase := open("alice"), open("bob"), open("carol")
	head := trial.Must(repo.PR(merge))(t).HeadSHA
	trial.Must(repo.MergeWith(squash, ghtest.MergeOptions{By: "barry", Method: "squash", Title: "gh-1: Fix (GH-1)", Body: "Edited.\n\nCo-authored-by: x <x@example.com>"}))(t)
	trial.Must(repo.MergeBy(merge, "barry", "merge"))(t)
	last := trial.Must(repo.MergeBy(rebase, "barry", "rebase"))(t)
	want := []string{
		"Zoë/barry carol two: The body.", "carol/barry carol one:", "barry/barry Merge pull request #2 from bob/fix: Fix of bob",
		"alice/alice gh-1: Fix (GH-1): Edited.\n\nCo-authored-by: x <x@example.com>", "python/python Initial commit:",
	}
	var lines []string
	for line := range strings.SplitSeq(trial.Git(t, repo.Dir(), "", "log", "--first-parent", "--format=%an/%cn %s: %b%x00", "main"), "\x00\n") {
		lines = append(lines, strings.Trim(line, " \n\x00"))
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Errorf("history (-want +got):\n%s", d)
	}
	if st := trial.Must(repo.PR(rebase))(t); !st.Merged || st.MergedBy != "barry" || st.MergeSHA != last || repo.Ref("main") != last {
		t.Errorf("the rebased one is %+v", st)
	}
	if got := trial.Git(t, repo.Dir(), "", "log", "-1", "--format=%P", trial.Must(repo.PR(merge))(t).MergeSHA); !strings.HasSuffix(got, " "+head) {
		t.Errorf("parents of the merge are %s", got)
	}
	pr := pullOf(t, srv, srv.UserToken("bob"), merge, `mergeCommit{oid messageBody parents(first:2){totalCount} author{name} associatedPullRequests(first:5){nodes{number}}}`)
	if trial.At(pr, "mergeCommit", "parents", "totalCount") != 2.0 || trial.At(pr, "mergeCommit", "associatedPullRequests", "nodes", 0, "number") != float64(merge) {
		t.Errorf("merge commit is %v", pr)
	}
	out := trial.Send(t, srv, trial.AppToken(t, srv, ""), "GET /repos/python/cpython/commits/"+trial.Git(t, repo.Dir(), "", "rev-parse", "main^")+"/pulls", "")
	if trial.At(out.Body, 0, "number") != float64(rebase) || trial.At(out.Body, 1) != nil {
		t.Errorf("pull requests of the first rebased commit: %v", out.Body)
	}
	for name, o := range map[string]ghtest.MergeOptions{"closed": {By: "x"}, "method": {By: "x", Method: "nope"}} {
		if _, err := repo.MergeWith(squash, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// A protected branch says what it waits for, in REST as in GraphQL, and auto-merge merges when it has come.
func TestProtectedMerge(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	trial.OK(t, repo.Protect("3.*", ghtest.Protection{RequiredReviews: 1, RequiredContexts: []string{"ci", "docs"}, Strict: true}))
	trial.OK(t, repo.Collaborator("hugovk", "write"))
	sha := trial.Must(repo.Push("fix", ghtest.Commit{From: "3.14", Files: map[string]ghtest.File{"x": ghtest.Text("x\n")}}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "[3.14] Fix", Head: "fix", Base: "3.14", Draft: true}))(t)
	token := trial.AppToken(t, srv, "")
	put := fmt.Sprintf("PUT /repos/python/cpython/pulls/%d/merge", number)
	state := func(want ...any) {
		t.Helper()
		pr := pullOf(t, srv, token, number, pullFields)
		got := []any{pr["mergeStateStatus"], pr["reviewDecision"], trial.At(pr, "commits", "nodes", 0, "commit", "statusCheckRollup", "state"), pr["viewerCanEnableAutoMerge"]}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("state, decision, rollup, auto-merge (-want +got):\n%s", d)
		}
	}
	status := func(context, state string) {
		t.Helper()
		trial.OK(t, repo.SetStatus(sha, "ci[bot]", ghtest.Status{Context: context, State: state}))
	}
	state("DRAFT", "REVIEW_REQUIRED", nil, false)
	trial.WantProblem(t, srv, token, put, `{}`, "405 Pull Request is still a draft")
	trial.OK(t, repo.SetDraft(number, false))
	state("BLOCKED", "REVIEW_REQUIRED", nil, true)
	trial.WantProblem(t, srv, token, put, `{"merge_method":"nope"}`, "422 Invalid request.\n\nnope is not a member of [\"merge\", \"squash\", \"rebase\"].")
	trial.WantProblem(t, srv, token, put, `{"sha":"`+repo.Ref("main")+`"}`, "409 Head branch was modified. Review and try the merge again.")
	trial.WantProblem(t, srv, token, put, `{}`, "405 At least 1 approving review is required by reviewers with write access. 2 of 2 required status checks are expected.")
	trial.Must(repo.Review(number, "someone", "APPROVED", ""))(t) // who may not write
	id := trial.Must(repo.Review(number, "hugovk", "CHANGES_REQUESTED", "No"))(t)
	status("ci", "success")
	state("BLOCKED", "CHANGES_REQUESTED", "SUCCESS", true)
	trial.WantProblem(t, srv, token, put, `{}`, `405 Changes have been requested. Required status check "docs" is expected.`)
	trial.OK(t, repo.DismissReview(number, "barry", id, "old"))
	trial.Must(repo.Review(number, "hugovk", "APPROVED", "Yes"))(t)
	trial.Must(repo.Review(number, "hugovk", "COMMENTED", "By the way"))(t)
	status("docs", "failure")
	state("BLOCKED", "APPROVED", "FAILURE", true)
	trial.WantProblem(t, srv, token, put, `{}`, `405 Required status check "docs" is failing.`)
	status("docs", "success")
	state("CLEAN", "APPROVED", "SUCCESS", false)
	status("other", "pending")
	state("UNSTABLE", "APPROVED", "PENDING", false)
	repo.AllowMerges("squash")
	trial.WantProblem(t, srv, token, put, `{}`, `405 Merge commits are not allowed on this repository.`)
	trial.Must(repo.Push("3.14", ghtest.Commit{Files: map[string]ghtest.File{"y": ghtest.Text("y\n")}}))(t)
	state("BEHIND", "APPROVED", "PENDING", true)
	out := pullOf(t, srv, token, number, `latestOpinionatedReviews(first:5,writersOnly:true){nodes{author{login} state}} all:latestOpinionatedReviews(first:5){totalCount} reviews(first:9,states:[DISMISSED]){nodes{author{login}}}
		reviewRequests(first:1){totalCount}`)
	want := map[string]any{
		"latestOpinionatedReviews": map[string]any{"nodes": []any{map[string]any{"author": map[string]any{"login": "hugovk"}, "state": "APPROVED"}}},
		"all":                      map[string]any{"totalCount": 2.0}, "reviewRequests": map[string]any{"totalCount": 0.0},
		"reviews": map[string]any{"nodes": []any{map[string]any{"author": map[string]any{"login": "hugovk"}}}},
	}
	if d := cmp.Diff(want, any(out)); d != "" {
		t.Errorf("reviews (-want +got):\n%s", d)
	}
	trial.DropWaiting(srv)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	trial.OK(t, repo.Protect("3.*", ghtest.Protection{RequiredContexts: []string{"ci", "docs"}}))
	if out := trial.Send(t, srv, token, put, `{"merge_method":"squash","commit_title":"[3.14] Fix (GH-1)","commit_message":"Body","sha":"`+sha+`"}`); out.Status != 200 || trial.At(out.Body, "sha") != repo.Ref("3.14") {
		t.Errorf("merged: %+v", out)
	}
	trial.WantProblem(t, srv, token, put, `{}`, "405 Pull Request is not mergeable")
	if st := trial.Must(repo.PR(number))(t); !st.Merged || st.MergedBy != "concorde[bot]" || len(st.Reviews) != 4 || !st.HeadBranchExists {
		t.Errorf("merged: %+v", st)
	}
	trial.Flush(t, srv)
	if got := strings.Join(rec.Events, " "); got != "pull_request.closed push" {
		t.Errorf("events are %s", got)
	}
}

// mutate runs a mutation on a pull request and returns its first error, or "".
func mutate(t *testing.T, srv *ghtest.Server, token, name, id, input string) string {
	t.Helper()
	out := trial.GraphQL(t, srv, token, `mutation{`+name+`(input:{pullRequestId:"`+id+`"`+input+`}){clientMutationId pullRequest{number}}}`, nil)
	if out["errors"] == nil {
		return ""
	}
	return fmt.Sprint(trial.At(out, "errors", 0, "type"), ": ", trial.At(out, "errors", 0, "message"))
}

func TestAutoMerge(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	sha := trial.Must(repo.Push("fix", ghtest.Commit{From: "3.14", Files: map[string]ghtest.File{"x": ghtest.Text("x\n")}}))(t)
	number := trial.Must(repo.OpenPR(ghtest.PR{Title: "[3.14] Fix", Head: "fix", Base: "3.14"}))(t)
	token := trial.AppToken(t, srv, "")
	id, _ := pullOf(t, srv, token, number, "id")["id"].(string)
	enable := func(input string) string {
		t.Helper()
		return mutate(t, srv, token, "enablePullRequestAutoMerge", id, input)
	}
	const squash = `,mergeMethod:SQUASH,commitHeadline:"[3.14] Fix (GH-1)",commitBody:"Body"`
	check := func(name, got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	check("unprotected", enable(squash), "UNPROCESSABLE: Pull request Protected branch rules not configured for this branch")
	trial.OK(t, repo.Protect("3.14", ghtest.Protection{RequiredContexts: []string{}}))
	check("clean", enable(squash), "UNPROCESSABLE: Pull request Pull request is in clean status")
	trial.OK(t, repo.SetStatus(sha, "x", ghtest.Status{Context: "other", State: "pending"}))
	check("unstable", enable(squash), "UNPROCESSABLE: Pull request Pull request is in unstable status")
	trial.OK(t, repo.Protect("3.14", ghtest.Protection{RequiredContexts: []string{"ci"}}))
	repo.AllowAutoMerge(false)
	check("not allowed", enable(squash), "UNPROCESSABLE: Pull request Auto merge is not allowed for this repository")
	repo.AllowAutoMerge(true)
	repo.AllowMerges("squash")
	check("method", enable(`,mergeMethod:REBASE`), "UNPROCESSABLE: Pull request Rebase merges are not allowed on this repository.")
	check("unknown", mutate(t, srv, token, "enablePullRequestAutoMerge", "PR_x", ""), "NOT_FOUND: Could not resolve to a node with the global id of 'PR_x'")
	check("head", enable(squash+`,expectedHeadOid:"`+repo.Ref("main")+`"`), "UNPROCESSABLE: Expected head oid does not match")
	check("permission", mutate(t, srv, trial.AppToken(t, srv, `{"permissions":{"contents":"read","pull_requests":"write"}}`), "enablePullRequestAutoMerge", id, squash), "FORBIDDEN: Resource not accessible by integration")
	check("nothing to disable", mutate(t, srv, token, "disablePullRequestAutoMerge", id, ""), "UNPROCESSABLE: Can't disable auto-merge for this pull request")
	trial.DropWaiting(srv)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	check("enabled", enable(squash), "")
	check("disabled", mutate(t, srv, token, "disablePullRequestAutoMerge", id, ""), "")
	check("enabled again", enable(squash), "")
	pr := pullOf(t, srv, token, number, pullFields)
	if d := cmp.Diff(any(map[string]any{"enabledBy": map[string]any{"login": "concorde"}, "mergeMethod": "SQUASH", "commitHeadline": "[3.14] Fix (GH-1)"}), pr["autoMergeRequest"]); d != "" {
		t.Errorf("request (-want +got):\n%s", d)
	}
	check("draft", mutate(t, srv, token, "convertPullRequestToDraft", id, ""), "")
	trial.OK(t, repo.SetStatus(sha, "x", ghtest.Status{Context: "ci", State: "success"}))
	if st := trial.Must(repo.PR(number))(t); st.Merged || !st.Draft || st.AutoMerge != "squash" || st.AutoMergeBy != "concorde[bot]" {
		t.Errorf("the draft: %+v", st)
	}
	check("ready", mutate(t, srv, token, "markPullRequestReadyForReview", id, ""), "")
	st := trial.Must(repo.PR(number))(t)
	if !st.Merged || st.MergedBy != "concorde[bot]" || repo.Ref("3.14") != st.MergeSHA {
		t.Errorf("it did not merge by itself: %+v", st)
	}
	if got := trial.Git(t, repo.Dir(), "", "log", "-1", "--format=%B", "3.14"); got != "[3.14] Fix (GH-1)\n\nBody" {
		t.Errorf("message is %q", got)
	}
	trial.Flush(t, srv)
	if d := cmp.Diff("pull_request.auto_merge_enabled pull_request.auto_merge_disabled pull_request.auto_merge_enabled pull_request.converted_to_draft status pull_request.ready_for_review pull_request.closed push", strings.Join(rec.Events, " ")); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
	var kinds []string
	for _, w := range repo.Writes() {
		kinds = append(kinds, w.Kind)
	}
	if got := strings.Join(kinds, " "); got != "auto-merge auto-merge-off auto-merge draft ready" {
		t.Errorf("writes are %s", got)
	}
}

// Lists of branches, labels, pull requests and history, by GraphQL.
func TestGraphQLLists(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	for n, base := range []string{"3.14", "3.13"} {
		branch := "backport-1-" + base
		trial.Must(repo.Push(branch, ghtest.Commit{Message: "Pick", From: base, Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text(branch + "\n")}}))(t)
		number := trial.Must(repo.OpenPR(ghtest.PR{Title: branch, Head: branch, Base: base, Labels: []string{"type-bug"}}))(t)
		if n == 1 {
			trial.OK(t, repo.Close(number, "bob"))
			trial.OK(t, repo.DeleteBranch(branch))
		}
	}
	out := trial.GraphQL(t, srv, srv.UserToken("alice"), `{repository(owner:"python",name:"cpython"){
		refs(refPrefix:"refs/heads/",first:20,query:"backport"){nodes{name prefix target{oid}}}
		gone:ref(qualifiedName:"refs/heads/backport-1-3.13"){name}
		labels(first:20,query:"NEEDS backport to 3.14"){nodes{name color}}
		byHead:pullRequests(first:5,headRefName:"backport-1-3.13",states:[CLOSED]){nodes{number state closedAt timelineItems(last:5){nodes{__typename ...on HeadRefDeletedEvent{headRefName actor{login}}}}}}
		none:pullRequests(first:5,headRefName:"backport-1-3.13",states:[OPEN,MERGED]){totalCount}
		newest:pullRequests(first:1,labels:["Type-Bug"],orderBy:{field:CREATED_AT,direction:DESC}){totalCount nodes{title}}
		object(expression:"backport-1-3.14"){...on Commit{history(first:1,path:"Lib/os.py"){totalCount nodes{message}} all:history(first:1){totalCount} old:history(first:1,since:"2999-01-01T00:00:00Z"){totalCount}}}
		}}`, nil)
	if out["errors"] != nil {
		t.Fatal(out["errors"])
	}
	r := trial.At(out, "data", "repository")
	for name, c := range map[string]struct{ got, want any }{
		"refs":    {trial.At(r, "refs", "nodes"), []any{map[string]any{"name": "backport-1-3.14", "prefix": "refs/heads/", "target": map[string]any{"oid": repo.Ref("backport-1-3.14")}}}},
		"gone":    {trial.At(r, "gone"), nil},
		"labels":  {trial.At(r, "labels", "nodes", 0, "name"), "needs backport to 3.14"},
		"by head": {trial.At(r, "byHead", "nodes", 0, "number"), 2.0},
		"event":   {trial.At(r, "byHead", "nodes", 0, "timelineItems", "nodes", 2), map[string]any{"__typename": "HeadRefDeletedEvent", "headRefName": "backport-1-3.13", "actor": map[string]any{"login": "python"}}},
		"none":    {trial.At(r, "none", "totalCount"), 0.0},
		"newest":  {trial.At(r, "newest"), map[string]any{"totalCount": 2.0, "nodes": []any{map[string]any{"title": "backport-1-3.13"}}}},
		"history": {trial.At(r, "object", "history"), map[string]any{"totalCount": 2.0, "nodes": []any{map[string]any{"message": "Pick"}}}},
		"all":     {trial.At(r, "object", "all", "totalCount"), 8.0},
		"old":     {trial.At(r, "object", "old", "totalCount"), 0.0},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}
