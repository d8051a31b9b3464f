package ghtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Every endpoint is called once with go-github. Where CONCORDE_OCTOKIT names the directory of npm's @octokit packages, requests and
// answers are held against GitHub's OpenAPI description (@octokit/openapi).
func TestEveryEndpoint(t *testing.T) {
	var check func(ghtest.Exchange)
	if path, named := octokit.Find("openapi", "generated", "api.github.com.json"); named {
		check = againstDescription(t, path)
	}
	srv := trial.Server(t, ghtest.Config{Observe: check})
	callEverything(t, srv)
	without := trial.Server(t, ghtest.Config{NoApp: true, Observe: check}) // on which somebody creates the App
	createApp(t, without)
	called := map[string]bool{}
	for _, r := range append(srv.Requests(), without.Requests()...) {
		if r.Status < 300 {
			called[r.Route] = true
		}
	}
	for _, pattern := range srv.Routes() {
		if !called[pattern] {
			t.Errorf("%s was not called with success", pattern)
		}
	}
}

func callEverything(t *testing.T, srv *ghtest.Server) {
	t.Helper()
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	number := trial.OpenPR(t, repo)
	sha := repo.Ref("alice:fix")
	trial.OK(t, repo.Label(number, "barry", "skip news"))
	trial.OK(t, repo.EditTitle(number, "gh-1: Fix it well"))
	signInOnce(t, srv)
	trial.Flush(t, srv)
	ctx, app, gh := context.Background(), trial.AppClient(t, srv), trial.Client(t, srv, "python")
	const o, r = "python", "cpython"
	ok2 := func(_ any, _ *github.Response, err error) { t.Helper(); trial.OK(t, err) }
	ok2(app.Apps.Get(ctx, ""))
	ok2(app.Apps.ListInstallations(ctx, nil))
	ok2(app.Apps.GetInstallation(ctx, srv.InstallationID(o)))
	ok2(app.Apps.FindRepositoryInstallation(ctx, o, r))
	deliveries, _, err := app.Apps.ListHookDeliveries(ctx, nil)
	trial.OK(t, err)
	_, _, err = app.Apps.RedeliverHookDelivery(ctx, deliveries[0].GetID())
	if _, accepted := errors.AsType[*github.AcceptedError](err); !accepted {
		t.Errorf("redelivering: %v", err)
	}
	ok2(app.Apps.GetHookDelivery(ctx, deliveries[0].GetID()))
	srv.Request("alice", "psf")
	trial.Must(app.Do(ctx, trial.Must(app.NewRequest("GET", "app/installation-requests", nil))(t), nil))(t)
	ok2(app.Apps.GetHookConfig(ctx))
	ok2(app.Apps.UpdateHookConfig(ctx, &github.HookConfig{ContentType: github.String("json")}))
	trial.OK(t, srv.Team(o, "core", "hugovk", "barry"))
	ok2(gh.Teams.ListTeamMembersBySlug(ctx, o, "core", nil))
	ok2(gh.Teams.GetTeamMembershipBySlug(ctx, o, "core", "barry"))
	ok2(gh.Apps.ListRepos(ctx, nil))
	ok2(gh.RateLimit.Get(ctx))
	ok2(gh.Users.Get(ctx, "alice"))
	ok2(gh.Repositories.Get(ctx, o, r))
	ok2(gh.Repositories.GetBranch(ctx, o, r, "3.14", 0))
	ok2(gh.PullRequests.List(ctx, o, r, &github.PullRequestListOptions{State: "all", Sort: "updated", Direction: "desc"}))
	ok2(gh.PullRequests.Get(ctx, o, r, number))
	ok2(gh.PullRequests.ListFiles(ctx, o, r, number, nil))
	ok2(gh.PullRequests.ListCommits(ctx, o, r, number, nil))
	ok2(gh.Issues.Get(ctx, o, r, number))
	file, _, _, err := gh.Repositories.GetContents(ctx, o, r, "Lib/os.py", &github.RepositoryContentGetOptions{Ref: sha})
	trial.OK(t, err)
	_, dir, _, err := gh.Repositories.GetContents(ctx, o, r, "Misc/NEWS.d/next/Library", nil)
	trial.OK(t, err)
	if text, err := file.GetContent(); err != nil || text != "import sys\n" || len(dir) != 2 {
		t.Errorf("contents are %q, %v, and %d entries", text, err, len(dir))
	}
	ok2(gh.Git.GetBlob(ctx, o, r, file.GetSHA()))
	ok2(gh.Git.GetRef(ctx, o, r, "heads/main"))
	callObjects(t, gh, repo.Ref("main"))
	ok2(gh.Repositories.GetCommit(ctx, o, r, "main", nil))
	ok2(gh.Repositories.CreateStatus(ctx, o, r, sha, &github.RepoStatus{State: github.String("pending"), TargetURL: github.String("https://example.com/1")}))
	ok2(gh.Repositories.GetCombinedStatus(ctx, o, r, sha, nil))
	ok2(gh.Repositories.ListStatuses(ctx, o, r, sha, nil))
	run, _, err := gh.Checks.CreateCheckRun(ctx, o, r, github.CreateCheckRunOptions{Name: "NEWS", HeadSHA: sha, Status: github.String("in_progress")})
	trial.OK(t, err)
	ok2(gh.Checks.UpdateCheckRun(ctx, o, r, run.GetID(), github.UpdateCheckRunOptions{Name: "NEWS", Conclusion: github.String("neutral"), Output: &github.CheckRunOutput{
		Title: github.String("T"), Summary: github.String("S"), Annotations: []*github.CheckRunAnnotation{
			{Path: github.String("a"), StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("warning"), Message: github.String("m"), Title: github.String("t")}}}}))
	ok2(gh.Checks.GetCheckRun(ctx, o, r, run.GetID()))
	ok2(gh.Checks.ListCheckRunAnnotations(ctx, o, r, run.GetID(), nil))
	ok2(gh.Checks.ListCheckRunsForRef(ctx, o, r, sha, nil))
	trial.Must(repo.Push("main", ghtest.Commit{Message: "Build at night", Files: map[string]ghtest.File{
		".github/workflows/nightly.yml": ghtest.Text("on: workflow_dispatch\n")}}))(t)
	_, err = gh.Actions.CreateWorkflowDispatchEventByFileName(ctx, o, r, "nightly.yml", github.CreateWorkflowDispatchEventRequest{Ref: "main"})
	trial.OK(t, err)
	ok2(gh.Actions.ListWorkflowRunsByFileName(ctx, o, r, "nightly.yml", &github.ListWorkflowRunsOptions{Branch: "main"}))
	comment, _, err := gh.Issues.CreateComment(ctx, o, r, number, &github.IssueComment{Body: github.String("first")})
	trial.OK(t, err)
	ok2(gh.Issues.ListComments(ctx, o, r, number, nil))
	ok2(gh.Issues.EditComment(ctx, o, r, comment.GetID(), &github.IssueComment{Body: github.String("second")}))
	ok2(gh.Issues.GetComment(ctx, o, r, comment.GetID()))
	ok2(gh.Reactions.CreateIssueCommentReaction(ctx, o, r, comment.GetID(), "eyes"))
	ok2(gh.Reactions.ListIssueCommentReactions(ctx, o, r, comment.GetID(), nil))
	ok2(gh.Reactions.CreateIssueReaction(ctx, o, r, number, "+1"))
	ok2(gh.Reactions.ListIssueReactions(ctx, o, r, number, nil))
	ok2(gh.Issues.Create(ctx, o, r, &github.IssueRequest{Title: github.String("A bug"), Body: github.String("It crashes")}))
	ok2(gh.Issues.Edit(ctx, o, r, number, &github.IssueRequest{Body: github.String("Better")}))
	_, err = gh.Issues.DeleteComment(ctx, o, r, comment.GetID())
	trial.OK(t, err)
	ok2(gh.Issues.AddLabelsToIssue(ctx, o, r, number, []string{"a/b #1?"}))
	ok2(gh.Issues.ListLabelsByIssue(ctx, o, r, number, nil))
	_, err = gh.Issues.RemoveLabelForIssue(ctx, o, r, number, url.PathEscape("A/b #1?"))
	trial.OK(t, err)
	ok2(gh.Issues.ListLabels(ctx, o, r, nil))
	ok2(gh.Issues.GetLabel(ctx, o, r, "docs"))
	ok2(gh.Issues.ListIssueEvents(ctx, o, r, number, nil))
	callBranchesAndPulls(t, gh, repo)
	bob := github.NewClient(nil).WithAuthToken(srv.UserToken("bob"))
	bob.BaseURL = trial.Must(url.Parse(srv.APIURL()))(t)
	ok2(bob.Users.Get(ctx, ""))
	_, _, err = bob.Repositories.CreateFork(ctx, o, r, &github.RepositoryCreateForkOptions{Name: "fork", DefaultBranchOnly: true})
	if _, accepted := errors.AsType[*github.AcceptedError](err); !accepted {
		t.Errorf("forking: %v", err)
	}
	_, err = bob.Repositories.Delete(ctx, "bob", "fork")
	trial.OK(t, err)
	if out := trial.GraphQL(t, srv, srv.UserToken("alice"), "{viewer{login}}", nil); trial.At(out, "data", "viewer", "login") != "alice" {
		t.Errorf("viewer is %v", out)
	}
	// Of an installation GitHub gives the login that it has in the REST API (recordings of PyGithub; fullsend#1953).
	out := trial.GraphQL(t, srv, trial.AppToken(t, srv, "{}"), "{viewer{login}}", nil)
	if got := trial.At(out, "data", "viewer", "login"); got != "concorde[bot]" {
		t.Errorf("the App's viewer is %v", got)
	}
}

// callObjects makes a commit that nothing refers to.
func callObjects(t *testing.T, gh *github.Client, tip string) {
	t.Helper()
	ctx := context.Background()
	blob, _, err := gh.Git.CreateBlob(ctx, "python", "cpython", &github.Blob{Content: github.String("x"), Encoding: github.String("utf-8")})
	trial.OK(t, err)
	tree, _, err := gh.Git.CreateTree(ctx, "python", "cpython", tip, []*github.TreeEntry{
		{Path: github.String("a"), Mode: github.String("100644"), Type: github.String("blob"), SHA: blob.SHA},
	})
	trial.OK(t, err)
	_, _, err = gh.Git.CreateCommit(ctx, "python", "cpython", &github.Commit{Message: github.String("m"), Tree: tree, Parents: []*github.Commit{{SHA: &tip}}}, nil)
	trial.OK(t, err)
}

// callBranchesAndPulls does what it takes to bring a change to another branch.
func callBranchesAndPulls(t *testing.T, gh *github.Client, repo *ghtest.Repo) {
	t.Helper()
	ctx := context.Background()
	const o, r = "python", "cpython"
	ok2 := func(_ any, _ *github.Response, err error) { t.Helper(); trial.OK(t, err) }
	trial.OK(t, repo.Collaborator("hugovk", "write"))
	tip := trial.Must(repo.Push("work", ghtest.Commit{From: "3.14", Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import sys\n")}}))(t)
	base := repo.Ref("3.14")
	ref := func(sha string) *github.Reference {
		return &github.Reference{Ref: github.String("refs/heads/backport-1-3.14"), Object: &github.GitObject{SHA: github.String(sha)}}
	}
	ok2(gh.Git.CreateRef(ctx, o, r, ref(base)))
	ok2(gh.Git.UpdateRef(ctx, o, r, ref(tip), false))
	ok2(gh.Git.ListMatchingRefs(ctx, o, r, &github.ReferenceListOptions{Ref: "heads/backport-"}))
	ok2(gh.Repositories.ListBranches(ctx, o, r, nil))
	pr, _, err := gh.PullRequests.Create(ctx, o, r, &github.NewPullRequest{
		Title: github.String("[3.14] Fix"), Head: github.String("backport-1-3.14"), Base: github.String("3.14"), Body: github.String("Body"), MaintainerCanModify: github.Bool(true),
	})
	trial.OK(t, err)
	number := pr.GetNumber()
	ok2(gh.PullRequests.Edit(ctx, o, r, number, &github.PullRequest{Title: github.String("[3.14] Fix it"), State: github.String("closed")}))
	ok2(gh.PullRequests.Edit(ctx, o, r, number, &github.PullRequest{State: github.String("open"), Base: &github.PullRequestBranch{Ref: github.String("3.14")}}))
	ok2(gh.PullRequests.RequestReviewers(ctx, o, r, number, github.ReviewersRequest{Reviewers: []string{"hugovk"}}))
	ok2(gh.PullRequests.ListReviewers(ctx, o, r, number, nil))
	_, err = gh.PullRequests.RemoveReviewers(ctx, o, r, number, github.ReviewersRequest{Reviewers: []string{"hugovk"}})
	trial.OK(t, err)
	review := trial.Must(repo.Review(number, "hugovk", "APPROVED", "Good"))(t)
	ok2(gh.PullRequests.ListReviews(ctx, o, r, number, nil))
	ok2(gh.PullRequests.CreateReview(ctx, o, r, number, &github.PullRequestReviewRequest{Body: github.String("Seen"), Event: github.String("COMMENT")}))
	ok2(gh.PullRequests.DismissReview(ctx, o, r, number, review, &github.PullRequestReviewDismissalRequest{Message: github.String("Stale")}))
	ok2(gh.Issues.AddAssignees(ctx, o, r, number, []string{"hugovk"}))
	ok2(gh.PullRequests.Get(ctx, o, r, number))
	ok2(gh.Issues.ListIssueEvents(ctx, o, r, number, nil))
	ok2(gh.Issues.RemoveAssignees(ctx, o, r, number, []string{"hugovk"}))
	ok2(gh.Repositories.GetPermissionLevel(ctx, o, r, "hugovk"))
	ok2(gh.Repositories.CompareCommits(ctx, o, r, "3.14", "backport-1-3.14", nil))
	ok2(gh.PullRequests.Merge(ctx, o, r, number, "", &github.PullRequestOptions{MergeMethod: "squash", SHA: tip, CommitTitle: "[3.14] Fix it (GH-1)"}))
	ok2(gh.Repositories.ListCommits(ctx, o, r, &github.CommitsListOptions{SHA: "3.14", Path: "Lib/os.py"}))
	ok2(gh.PullRequests.ListPullRequestsWithCommit(ctx, o, r, repo.Ref("3.14"), nil))
	_, err = gh.Git.DeleteRef(ctx, o, r, "heads/backport-1-3.14")
	trial.OK(t, err)
	ok2(gh.Issues.CreateLabel(ctx, o, r, &github.Label{Name: github.String("needs backport to 3.99"), Color: github.String("c2e0c6"), Description: github.String("x")}))
	ok2(gh.Issues.EditLabel(ctx, o, r, "needs%20backport%20to%203.99", &github.Label{Color: github.String("ededed")}))
	_, err = gh.Issues.DeleteLabel(ctx, o, r, "needs%20backport%20to%203.99")
	trial.OK(t, err)
}

// againstDescription validates each exchange with the REST API against an OpenAPI description.
func againstDescription(t *testing.T, path string) func(ghtest.Exchange) {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromFile(path)
	trial.OK(t, err)
	doc.Servers = openapi3.Servers{{URL: "http://github.test"}}
	router := trial.Must(gorillamux.NewRouter(doc))(t)
	var mu sync.Mutex
	seen := map[string]bool{}
	return func(x ghtest.Exchange) {
		if x.Route == "POST /graphql" || x.Route == "POST /login/oauth/access_token" { // not of the REST API
			return
		}
		mu.Lock()
		defer mu.Unlock()
		if err := validate(router, x); err != nil && !seen[x.Route] {
			seen[x.Route] = true
			t.Errorf("%s: status %d: %.1500s", x.Route, x.Status, err)
		}
	}
}

func validate(router routers.Router, x ghtest.Exchange) error {
	req, err := http.NewRequest(x.Request.Method, described(x), bytes.NewReader(x.RequestBody))
	if err != nil {
		return err
	}
	req.Header = x.Request.Header.Clone()
	route, params, err := router.FindRoute(req)
	if err != nil {
		return fmt.Errorf("finding the route: %w", err)
	}
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true, MultiError: true}
	options.WithCustomSchemaErrorFunc(func(e *openapi3.SchemaError) string {
		return fmt.Sprintf("/%s: %s", strings.Join(e.JSONPointer(), "/"), e.Reason)
	})
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: options}
	if requestIsDescribed(x) {
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			return err
		}
	}
	return openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: x.Status, Header: x.Header, Body: io.NopCloser(bytes.NewReader(x.Body)), Options: options,
	})
}

// requestIsDescribed is false where the description is narrower than its own text and the API.
func requestIsDescribed(x ghtest.Exchange) bool {
	switch x.Route {
	case "POST /app/installations/{id}/access_tokens":
		// ghinstallation sends null without options, and never a Content-Type.
		return string(bytes.TrimSpace(x.RequestBody)) != "null" && x.Request.Header.Get("Content-Type") != ""
	case "POST /repos/{owner}/{repo}/issues/{number}/labels":
		return !bytes.HasPrefix(x.RequestBody, []byte("[")) // "you can also pass an array of labels directly"
	}
	return slices.Contains([]string{http.MethodPost, http.MethodPatch, http.MethodPut}, x.Request.Method) && len(x.RequestBody) > 0
}

// described is the address as the description's paths match it: a path value has no slash.
func described(x ghtest.Exchange) string {
	uri := strings.TrimPrefix(x.Request.URL.RequestURI(), "/api/v3")
	if strings.HasSuffix(x.Route, "...}") {
		fixed := strings.Count(x.Route, "/") // so many slashes are the path's own
		path, query, _ := strings.Cut(uri, "?")
		parts := strings.SplitN(path, "/", fixed+1)
		parts[fixed] = strings.ReplaceAll(parts[fixed], "/", "~")
		uri = strings.Join(parts, "/") + "?" + query
	}
	return "http://github.test" + uri
}
