package ghtest_test

import (
	"context"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

const snapshotQuery = `query($owner:String!,$name:String!,$number:Int!,$app:Int!){
 repository(owner:$owner,name:$name){
  nameWithOwner
  defaultBranchRef{ name target{ oid } }
  pullRequest(number:$number){
   __typename number title state isDraft author{ __typename login } authorAssociation
   baseRefName headRefName headRefOid headRepository{ nameWithOwner } isCrossRepository changedFiles
   labels(first:100){ nodes{ name } pageInfo{ hasNextPage endCursor } }
   files(first:100){ nodes{ path changeType additions deletions } }
   commits(last:1){ totalCount nodes{ commit{ oid messageHeadline parents(first:2){ totalCount }
     status{ contexts{ context state description creator{ login } } }
     checkSuites(first:1,filterBy:{appId:$app}){ nodes{ app{ databaseId } checkRuns(first:5,filterBy:{checkName:"NEWS"}){ nodes{ databaseId name status conclusion title summary } } } }
     file(path:"Lib/os.py"){ mode type object{ __typename ... on Blob{ text isBinary byteSize } } } } } }
   comments(first:100){ nodes{ databaseId body viewerDidAuthor author{ __typename login } } }
  }
  object(expression:"HEAD:README.rst"){ ... on Blob{ text } ... on Commit{ message } }
 }
 rateLimit{ cost remaining resetAt }
}`

// A pull request is opened, the App writes to it with go-github, and GraphQL shows all of it.
func TestLifeOfAPullRequest(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	ctx, gh := context.Background(), trial.Client(t, srv, "python")
	number := trial.OpenPR(t, repo)
	pr, _, err := gh.PullRequests.Get(ctx, "python", "cpython", number)
	trial.OK(t, err)
	if pr.GetHead().GetRepo().GetFullName() != "alice/cpython" || pr.GetChangedFiles() != 1 || !pr.GetMergeable() || pr.GetAuthorAssociation() != "CONTRIBUTOR" {
		t.Errorf("pull request is %+v", pr)
	}
	sha := pr.GetHead().GetSHA()

	_, _, err = gh.Repositories.CreateStatus(ctx, "python", "cpython", sha, &github.RepoStatus{State: github.String("failure"), Context: github.String("bedevere/news"), Description: github.String("No")})
	trial.OK(t, err)
	_, _, err = gh.Repositories.CreateStatus(ctx, "python", "cpython", sha, &github.RepoStatus{State: github.String("success"), Context: github.String("bedevere/news"), Description: github.String("Yes")})
	trial.OK(t, err)
	run, _, err := gh.Checks.CreateCheckRun(ctx, "python", "cpython", github.CreateCheckRunOptions{Name: "NEWS", HeadSHA: sha, Conclusion: github.String("failure"),
		Output: &github.CheckRunOutput{Title: github.String("One"), Summary: github.String("fault"), Annotations: []*github.CheckRunAnnotation{
			{Path: github.String("Lib/os.py"), StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("failure"), Message: github.String("first")}}}})
	trial.OK(t, err)
	_, _, err = gh.Checks.UpdateCheckRun(ctx, "python", "cpython", run.GetID(), github.UpdateCheckRunOptions{Name: "NEWS", Conclusion: github.String("success"),
		Output: &github.CheckRunOutput{Title: github.String("None"), Summary: github.String("fine"), Annotations: []*github.CheckRunAnnotation{
			{Path: github.String("Lib/os.py"), StartLine: github.Int(2), EndLine: github.Int(2), AnnotationLevel: github.String("notice"), Message: github.String("second")}}}})
	trial.OK(t, err)
	comment, _, err := gh.Issues.CreateComment(ctx, "python", "cpython", number, &github.IssueComment{Body: github.String("Message for you, sir!")})
	trial.OK(t, err)
	if u := comment.GetUser(); u.GetLogin() != "concorde[bot]" || u.GetType() != "Bot" {
		t.Errorf("the App comments as %s, a %s", u.GetLogin(), u.GetType())
	}
	_, _, err = gh.Issues.AddLabelsToIssue(ctx, "python", "cpython", number, []string{"awaiting review", "Type-Bug"})
	trial.OK(t, err)

	token := srv.UserToken("alice")
	out := trial.GraphQL(t, srv, token, snapshotQuery, map[string]any{"owner": "python", "name": "cpython", "number": number, "app": srv.AppID()})
	if out["errors"] != nil {
		t.Fatalf("errors: %v", out["errors"])
	}
	p := trial.At(out, "data", "repository", "pullRequest")
	commit := trial.At(p, "commits", "nodes", 0, "commit")
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"labels", trial.At(p, "labels", "nodes"), []any{map[string]any{"name": "type-bug"}, map[string]any{"name": "awaiting review"}}},
		{"files", trial.At(p, "files", "nodes", 0), map[string]any{"path": "Lib/os.py", "changeType": "ADDED", "additions": 1.0, "deletions": 0.0}},
		{"author", trial.At(p, "author"), map[string]any{"__typename": "User", "login": "alice"}},
		{"bot", trial.At(p, "comments", "nodes", 0, "author"), map[string]any{"__typename": "Bot", "login": "concorde"}},
		{"fork", trial.At(p, "headRepository", "nameWithOwner"), "alice/cpython"},
		{"status", trial.At(commit, "status", "contexts", 0), map[string]any{"context": "bedevere/news", "state": "SUCCESS", "description": "Yes", "creator": map[string]any{"login": "concorde"}}},
		{"check", trial.At(commit, "checkSuites", "nodes", 0, "checkRuns", "nodes", 0), map[string]any{"databaseId": float64(run.GetID()), "name": "NEWS", "status": "COMPLETED", "conclusion": "SUCCESS", "title": "None", "summary": "fine"}},
		{"text", trial.At(commit, "file", "object", "text"), "import sys\n"},
		{"mode", trial.At(commit, "file", "mode"), float64(0o100644)},
		{"readme", trial.At(out, "data", "repository", "object", "text"), "cpython\n"},
	} {
		if d := cmp.Diff(c.want, c.got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, d)
		}
	}

	st := trial.Must(repo.PR(number))(t)
	if len(st.CheckRuns) != 1 || len(st.CheckRuns[0].Annotations) != 2 || st.Statuses["bedevere/news"].Creator != "concorde[bot]" || len(st.Comments) != 1 {
		t.Errorf("state is %+v", st)
	}
	var kinds []string
	for _, w := range repo.Writes() {
		kinds = append(kinds, w.Kind)
	}
	if got := strings.Join(kinds, " "); got != "status status check-run check-run-update comment label" {
		t.Errorf("writes are %s", got)
	}
	trial.Flush(t, srv)
	want := []string{"pull_request.opened", "status", "status", "issue_comment.created", "pull_request.labeled"}
	if d := cmp.Diff(want, rec.Events); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}
