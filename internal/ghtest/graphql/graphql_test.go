package graphql_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

func TestGraphQLErrors(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	trial.OpenPR(t, repo)
	issue := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	token := srv.UserToken("alice")
	const cp = `repository(owner:"python",name:"cpython")`
	for _, c := range []struct {
		name, query   string
		kind, message string
		data          any // of "data"
	}{
		{"no repository", `{repository(owner:"python",name:"nope"){id}}`, "NOT_FOUND", "Could not resolve to a Repository with the name 'python/nope'.", map[string]any{"repository": nil}},
		{"no pull request", `{` + cp + `{name pullRequest(number:99){id}}}`, "NOT_FOUND", "Could not resolve to a PullRequest with the number of 99.", map[string]any{"repository": map[string]any{"name": "cpython", "pullRequest": nil}}},
		{"an issue is none", `{` + cp + `{pullRequest(number:2){id}}}`, "NOT_FOUND", "number of 2", map[string]any{"repository": map[string]any{"pullRequest": nil}}},
		{"unknown field", `{` + cp + `{nope}}`, "", "Field 'nope' doesn't exist on type 'Repository'", nil},
		{"no selection", `{` + cp + `}`, "", "must have selections", nil},
		{"selection on a scalar", `{` + cp + `{name{x}}}`, "", "Selections can't be made on scalars", nil},
		{"no such fragment", `{` + cp + `{...F}}`, "", "Fragment F was used, but not defined", nil},
		{"no boundaries", `{` + cp + `{pullRequest(number:1){labels{nodes{name}}}}}`, "MISSING_PAGINATION_BOUNDARIES", "You must provide a `first` or `last` value", map[string]any{"repository": map[string]any{"pullRequest": map[string]any{"labels": map[string]any{"nodes": nil}}}}},
		{"too many", `{` + cp + `{pullRequest(number:1){labels(first:101){nodes{name}}}}}`, "EXCESSIVE_PAGINATION", "Requesting 101 records", map[string]any{"repository": map[string]any{"pullRequest": map[string]any{"labels": map[string]any{"nodes": nil}}}}},
		{"bad cursor", `{` + cp + `{pullRequest(number:1){labels(first:1,after:"x"){nodes{name}}}}}`, "INVALID_CURSOR_ARGUMENTS", "`x` does not appear to be a valid cursor.", map[string]any{"repository": map[string]any{"pullRequest": map[string]any{"labels": map[string]any{"nodes": nil}}}}},
		{"variable without a value", `query($n:Int!){` + cp + `{pullRequest(number:$n){id}}}`, "", "Variable $n of type Int! was provided invalid value", nil},
		{"syntax", `{`, "", "Expected Name", nil},
		{"unknown mutation", `mutation{doIt{id}}`, "", "Field 'doIt' doesn't exist on type 'Mutation'", nil},
	} {
		out := trial.GraphQL(t, srv, token, c.query, nil)
		message, _ := trial.At(out, "errors", 0, "message").(string)
		kind, _ := trial.At(out, "errors", 0, "type").(string)
		if kind != c.kind || !strings.Contains(message, c.message) {
			t.Errorf("%s: got %q %q, want %q %q", c.name, kind, message, c.kind, c.message)
		}
		if d := cmp.Diff(c.data, out["data"]); d != "" {
			t.Errorf("%s: data (-want +got):\n%s", c.name, d)
		}
	}
	out := trial.GraphQL(t, srv, token, `query($with:Boolean=false){`+cp+`{
		issueOrPullRequest(number:2){__typename ...on Issue{title} ...on PullRequest{isDraft}} issue(number:2){author{login}}
		a:label(name:"TYPE-BUG"){name} b:label(name:"nope"){name} name @skip(if:true) id @include(if:$with)
		ref(qualifiedName:"refs/heads/main"){name prefix target{...on Commit{message}}} none:ref(qualifiedName:"nope"){name}
		pullRequest(number:1){...L} ...{pullRequest(number:1){number}} }} fragment L on PullRequest{labels(first:1){edges{cursor node{name}}}}`, nil)
	want := map[string]any{"repository": map[string]any{
		"issueOrPullRequest": map[string]any{"__typename": "Issue", "title": "A bug"}, "issue": map[string]any{"author": map[string]any{"login": "bob"}},
		"a": map[string]any{"name": "type-bug"}, "b": nil, "none": nil,
		"ref": map[string]any{"name": "main", "prefix": "refs/heads/", "target": map[string]any{"message": "Initial commit"}},
		"pullRequest": map[string]any{"number": 1.0, "labels": map[string]any{"edges": []any{
			map[string]any{"cursor": "Y3Vyc29yOnYyOjA=", "node": map[string]any{"name": "type-bug"}}}}},
	}}
	if d := cmp.Diff(want, out["data"]); d != "" || issue != 2 {
		t.Errorf("issue %d, data (-want +got):\n%s\n%v", issue, d, out["errors"])
	}
	resp := trial.Must(http.Post(srv.GraphQLURL(), "application/json", strings.NewReader(`{"query":"{viewer{login}}"}`)))(t)
	trial.OK(t, resp.Body.Close())
	if resp.StatusCode != 401 {
		t.Errorf("without a token: %d", resp.StatusCode)
	}
}

// What files hold arrives as GitHub sends it, however odd.
func TestBlobs(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	long := strings.Repeat("é", 300_000) // 600,000 bytes
	files := map[string]string{"nul": "a\x00b", "late": strings.Repeat("a", 8000) + "\x00", "latin": "caf\xe9\xff!", "crlf": "a\r\nb\r\n", "bom": "\ufeffx", "long": long, "empty": ""}
	commit := map[string]ghtest.File{"link": {Content: "crlf", Mode: "120000"}, "sub": {Content: strings.Repeat("b", 40), Mode: "160000"}, "dir/x": {}}
	for name, content := range files {
		commit[name] = ghtest.Text(content)
	}
	trial.Must(srv.Repo("python/cpython", ghtest.RepoOptions{Files: commit}))(t)
	token := srv.UserToken("alice")
	for _, c := range []struct {
		path      string
		text      any
		binary    bool
		truncated bool
	}{
		{"nul", nil, true, false}, {"late", files["late"], false, false}, {"latin", "caf\ufffd!", false, false}, {"crlf", "a\r\nb\r\n", false, false},
		{"bom", "\ufeffx", false, false}, {"long", long[:512_000], false, true}, {"empty", "", false, false}, {"link", "crlf", false, false},
	} {
		out := trial.GraphQL(t, srv, token, `query($e:String!){repository(owner:"python",name:"cpython"){object(expression:$e){oid ...on Blob{text isBinary isTruncated byteSize}}}}`, map[string]any{"e": "main:" + c.path})
		blob := trial.At(out, "data", "repository", "object")
		if trial.At(blob, "text") != c.text || trial.At(blob, "isBinary") != c.binary || trial.At(blob, "isTruncated") != c.truncated {
			t.Errorf("%s is %.200v", c.path, blob)
		}
		oid, _ := trial.At(blob, "oid").(string)
		h := trial.Bearer(token)
		h.Set("Accept", "application/vnd.github.raw+json")
		want := files[c.path]
		if c.path == "link" {
			want = "crlf"
		}
		if resp, body := trial.Get(t, srv.APIURL()+"repos/python/cpython/git/blobs/"+oid, h); resp.StatusCode != 200 || body != want {
			t.Errorf("%s raw: %d, %d bytes", c.path, resp.StatusCode, len(body))
		}
		if c.path == "nul" || c.path == "long" {
			blob, _, err := trial.Client(t, srv, "python").Git.GetBlob(context.Background(), "python", "cpython", oid)
			if trial.OK(t, err); blob.GetSize() != len(want) || blob.GetEncoding() != "base64" {
				t.Errorf("%s as JSON: %d bytes in %s", c.path, blob.GetSize(), blob.GetEncoding())
			}
		}
	}
	out := trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){object(expression:"HEAD:"){...on Tree{entries{name mode type object{__typename}}}}
		none:object(expression:"HEAD:nope"){oid} c:object(expression:"main"){...on Commit{file(path:"sub"){type mode object{oid}} no:file(path:"nope"){name}}}}}`, nil)
	kinds := map[string]any{}
	for i := range 10 {
		e := trial.At(out, "data", "repository", "object", "entries", i)
		name, _ := trial.At(e, "name").(string)
		kinds[name] = trial.At(e, "mode")
	}
	if kinds["link"] != float64(0o120000) || kinds["sub"] != float64(0o160000) || kinds["dir"] != float64(0o40000) || kinds["nul"] != float64(0o100644) {
		t.Errorf("modes are %v", kinds)
	}
	want := map[string]any{"file": map[string]any{"type": "commit", "mode": float64(0o160000), "object": nil}, "no": nil}
	if d := cmp.Diff(want, trial.At(out, "data", "repository", "c")); d != "" || trial.At(out, "data", "repository", "none") != nil {
		t.Errorf("files (-want +got):\n%s\n%v", d, out["errors"])
	}
	// A missing path is null and an error for file(path:) (cli/cli#6013), null without a word for object(expression:) (refined-github).
	faults, _ := out["errors"].([]any)
	if len(faults) != 1 || trial.At(faults, 0, "type") != "NOT_FOUND" || trial.At(faults, 0, "message") != "Could not resolve file for path 'nope'." || fmt.Sprint(trial.At(faults, 0, "path")) != "[repository c no]" {
		t.Errorf("errors are %v", faults)
	}
}

// A deleted fork leaves its pull request, with a head that has no repository but can still be read.
func TestDeletedFork(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	trial.OK(t, repo.DeleteFork("alice"))
	if _, err := os.Stat(repo.Dir() + "/objects"); err != nil {
		t.Fatal("the objects went with the fork")
	}
	pr, _, err := trial.Client(t, srv, "python").PullRequests.Get(context.Background(), "python", "cpython", number)
	trial.OK(t, err)
	if pr.GetHead().Repo != nil || pr.GetHead().GetSHA() == "" || pr.GetHead().GetUser().GetLogin() != "alice" || pr.GetChangedFiles() != 1 {
		t.Errorf("head is %v", pr.GetHead())
	}
	out := trial.GraphQL(t, srv, srv.UserToken("bob"), `{repository(owner:"python",name:"cpython"){pullRequest(number:1){headRepository{name} headRefOid isCrossRepository commits(last:1){nodes{commit{file(path:"Lib/os.py"){object{...on Blob{text}}}}}}}}}`, nil)
	p := trial.At(out, "data", "repository", "pullRequest")
	if trial.At(p, "headRepository") != nil || trial.At(p, "isCrossRepository") != true || trial.At(p, "commits", "nodes", 0, "commit", "file", "object", "text") != "import sys\n" {
		t.Errorf("pull request is %v", out)
	}
	if err := repo.Reopen(number, "alice"); err == nil {
		t.Error("an open pull request was reopened")
	}
	trial.OK(t, repo.Close(number, "alice"))
	if err := repo.Reopen(number, "alice"); err == nil {
		t.Error("a pull request without a fork was reopened")
	}
}
