package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-github/v60/github"
)

// A 304 costs nothing, and the tag is good for the same token only.
func TestConditionalRequests(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	address := srv.APIURL() + "repos/python/cpython/issues/" + strconv.Itoa(number) + "/labels"
	alice, bob := srv.UserToken("alice"), srv.UserToken("bob")
	ask := func(token, tag string) (int, string, string) {
		h := trial.Bearer(token)
		if tag != "" {
			h.Set("If-None-Match", tag)
		}
		resp, _ := trial.Get(t, address, h)
		return resp.StatusCode, resp.Header.Get("ETag"), resp.Header.Get("X-RateLimit-Used")
	}
	status, tag, used := ask(alice, "")
	if status != 200 || tag == "" || used != "1" {
		t.Fatalf("first: %d %s used %s", status, tag, used)
	}
	if status, _, used := ask(alice, tag); status != 304 || used != "1" {
		t.Errorf("again: %d, used %s", status, used)
	}
	if status, _, _ := ask(bob, tag); status != 200 {
		t.Errorf("with another token: %d", status)
	}
	trial.OK(t, repo.Label(number, "barry", "docs"))
	if status, changed, used := ask(alice, tag); status != 200 || changed == tag || used != "2" {
		t.Errorf("after a change: %d %s used %s", status, changed, used)
	}
}

func TestPaging(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	var first int64
	for i := range 250 {
		if id := trial.Must(repo.Comment(number, "alice", strconv.Itoa(i)))(t); i == 0 {
			first = id
		}
	}
	gh := trial.Client(t, srv, "python")
	var got []string
	opts := &github.IssueListCommentsOptions{ListOptions: github.ListOptions{PerPage: 100}}
	for pages := 1; ; pages++ {
		list, resp, err := gh.Issues.ListComments(context.Background(), "python", "cpython", number, opts)
		trial.OK(t, err)
		for _, c := range list {
			got = append(got, c.GetBody())
		}
		if opts.Page = resp.NextPage; opts.Page == 0 {
			if pages != 3 {
				t.Errorf("read %d pages", pages)
			}
			break
		}
	}
	if len(got) != 250 || got[249] != "249" {
		t.Errorf("got %d comments", len(got))
	}
	resp, _ := trial.Get(t, srv.URL+"/repos/python/cpython/issues/1/comments?per_page=1000&page=2", trial.Bearer(srv.UserToken("bob")))
	want := `<` + srv.URL + `/repos/python/cpython/issues/1/comments?page=1&per_page=100>; rel="prev", <` + srv.URL + `/repos/python/cpython/issues/1/comments?page=3&per_page=100>; rel="next"`
	if link := resp.Header.Get("Link"); !strings.HasPrefix(link, want) {
		t.Errorf("links are %s", link)
	}
	// Backwards through GraphQL, where a cursor is what a comment is sorted by: one that goes before it shifts nothing.
	query := `query($c:String,$n:Int!){repository(owner:"python",name:"cpython"){pullRequest(number:1){comments(last:$n,before:$c){totalCount nodes{body} pageInfo{hasPreviousPage hasNextPage startCursor}}}}}`
	newest := trial.GraphQL(t, srv, srv.UserToken("bob"), query, map[string]any{"n": 1})
	trial.OK(t, repo.DeleteComment(1, "bob", first))
	out := trial.GraphQL(t, srv, srv.UserToken("bob"), query, map[string]any{"n": 2, "c": trial.At(newest, "data", "repository", "pullRequest", "comments", "pageInfo", "startCursor")})
	comments := trial.At(out, "data", "repository", "pullRequest", "comments")
	if trial.At(comments, "nodes", 0, "body") != "247" || trial.At(comments, "nodes", 1, "body") != "248" || trial.At(comments, "totalCount") != 249.0 || trial.At(comments, "pageInfo", "hasNextPage") != true {
		t.Errorf("comments are %v", out)
	}
}

func TestRateLimits(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{RateLimit: 5, ContentPerMinute: 2})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	ctx, gh := context.Background(), trial.Client(t, srv, "python")
	write := func() error {
		_, _, err := gh.Issues.CreateComment(ctx, "python", "cpython", number, &github.IssueComment{Body: github.String("x")})
		return err
	}
	trial.OK(t, write())
	trial.OK(t, write())
	err := write()
	abuse, limited := errors.AsType[*github.AbuseRateLimitError](err)
	if !limited || abuse.GetRetryAfter() <= 0 || abuse.GetRetryAfter() > time.Minute {
		t.Fatalf("third write: %v", err)
	}
	srv.Advance(time.Minute)
	gh = trial.Client(t, srv, "python") // go-github remembers the limit by the real clock
	trial.OK(t, write())
	trial.OK(t, write())
	_, _, err = gh.Issues.Get(ctx, "python", "cpython", number)
	primary, limited := errors.AsType[*github.RateLimitError](err)
	if !limited || primary.Rate.Remaining != 0 || primary.Rate.Limit != 5 {
		t.Fatalf("sixth request: %v", err)
	}
	if got := len(trial.Must(repo.PR(number))(t).Comments); got != 4 {
		t.Errorf("%d comments", got)
	}
	// GraphQL has points of its own, and an answer 200 when they are spent.
	token := srv.UserToken("alice")
	for range 5 {
		if out := trial.GraphQL(t, srv, token, "{rateLimit{remaining}}", nil); out["errors"] != nil {
			t.Fatalf("too early: %v", out)
		}
	}
	if out := trial.GraphQL(t, srv, token, "{rateLimit{remaining}}", nil); trial.At(out, "errors", 0, "type") != "RATE_LIMITED" {
		t.Errorf("sixth query: %v", out)
	}
	srv.Advance(time.Hour)
	if out := trial.GraphQL(t, srv, token, "{rateLimit{remaining}}", nil); trial.At(out, "data", "rateLimit", "remaining") != 4.0 {
		t.Errorf("an hour later: %v", out)
	}
}

// Writes that GitHub refuses are refused alike.
func TestRefusedWrites(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	ctx, gh, sha := context.Background(), trial.Client(t, srv, "python"), repo.Ref("alice:fix")
	status := func(sha string, s github.RepoStatus) error {
		_, _, err := gh.Repositories.CreateStatus(ctx, "python", "cpython", sha, &s)
		return err
	}
	trial.WantError(t, status(sha, github.RepoStatus{State: github.String("success"), Description: github.String(strings.Repeat("x", 141))}), 422, "Validation Failed")
	trial.OK(t, status(sha, github.RepoStatus{State: github.String("success"), Description: github.String(strings.Repeat("é", 140))}))
	trial.WantError(t, status(sha, github.RepoStatus{State: github.String("green")}), 422, "Validation Failed")
	trial.WantError(t, status(strings.Repeat("a", 40), github.RepoStatus{State: github.String("success")}), 422, "No commit found for SHA")
	for range 1000 {
		trial.OK(t, repo.SetStatus(sha, "ci", ghtest.Status{Context: "many", State: "pending"}))
	}
	trial.WantError(t, status(sha, github.RepoStatus{State: github.String("success"), Context: github.String("many")}), 422, "Validation Failed")

	check := func(annotations int, summary string) error {
		out := &github.CheckRunOutput{Title: github.String("T"), Summary: &summary}
		for range annotations {
			out.Annotations = append(out.Annotations, &github.CheckRunAnnotation{Path: github.String("a"), StartLine: github.Int(1), EndLine: github.Int(1), AnnotationLevel: github.String("notice"), Message: github.String("m")})
		}
		_, _, err := gh.Checks.CreateCheckRun(ctx, "python", "cpython", github.CreateCheckRunOptions{Name: "N", HeadSHA: sha, Output: out})
		return err
	}
	trial.OK(t, check(50, strings.Repeat("x", 65535)))
	trial.WantError(t, check(51, "s"), 422, "No more than 50 items")
	trial.WantError(t, check(1, strings.Repeat("x", 65536)), 422, "Validation Failed")

	comment := func(body string) error {
		_, _, err := gh.Issues.CreateComment(ctx, "python", "cpython", number, &github.IssueComment{Body: &body})
		return err
	}
	trial.OK(t, comment(strings.Repeat("é", 65536)))
	trial.WantError(t, comment(strings.Repeat("x", 65537)), 422, "Validation Failed")
	trial.WantError(t, comment(""), 422, "Validation Failed")
	_, err := gh.Issues.RemoveLabelForIssue(ctx, "python", "cpython", number, "no such")
	trial.WantError(t, err, 404, "Label does not exist")
	_, _, err = gh.Issues.AddLabelsToIssue(ctx, "python", "cpython", number, []string{strings.Repeat("x", 51)})
	trial.WantError(t, err, 422, "Validation Failed")
	_, _, err = gh.PullRequests.Get(ctx, "python", "cpython", 99)
	trial.WantError(t, err, 404, "Not Found")
	resp, body := trial.Get(t, srv.APIURL()+"no/such/path", trial.Bearer(srv.UserToken("alice")))
	var out map[string]string
	trial.OK(t, json.Unmarshal([]byte(body), &out))
	if resp.StatusCode != 404 || out["message"] != "Not Found" || out["status"] != "404" || resp.Header.Get("X-GitHub-Request-Id") == "" {
		t.Errorf("an unknown path: %d %v", resp.StatusCode, out)
	}
}
