package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
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

func TestFaults(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := srv.UserToken("alice")
	address := srv.APIURL() + "repos/python/cpython/issues/" + strconv.Itoa(number)
	post := func(ctx context.Context) (string, error) {
		req := trial.Must(http.NewRequestWithContext(ctx, http.MethodPost, address+"/comments", strings.NewReader(`{"body":"x"}`)))(t)
		req.Header = trial.Bearer(token)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			return "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp.Status + " " + resp.Header.Get("Retry-After") + resp.Header.Get("Location") + " " + string(body), err
	}
	comments := func() int { return len(trial.Must(repo.PR(number))(t).Comments) }
	ctx := context.Background()
	for _, c := range []struct {
		name  string
		fault ghtest.Fault
		want  string // of the answer; "" is a broken connection
		done  bool   // the write happens
	}{
		{"secondary", ghtest.SecondaryLimit(90 * time.Second), "403 Forbidden 90 {\"message\":\"You have exceeded a secondary rate limit", false},
		{"secondary without a time", ghtest.SecondaryLimit(0), "403 Forbidden  {\"message\":\"You have exceeded a secondary rate limit", false},
		{"primary", ghtest.PrimaryLimit(time.Now().Add(time.Hour)), "403 Forbidden  {\"message\":\"API rate limit exceeded", false},
		{"secondary as a success", ghtest.SecondaryLimitOK(time.Minute), "200 OK 60 {\"message\":\"You have exceeded a secondary rate limit", false},
		{"secondary as a success, without a time", ghtest.SecondaryLimitOK(0), "200 OK  {\"message\":\"You have exceeded a secondary rate limit", false},
		{"429 without a time", ghtest.TooManyRequests(0), "429 Too Many Requests  {", false},
		{"429", ghtest.TooManyRequests(time.Minute), "429 Too Many Requests 60 {", false},
		{"502", ghtest.BadGateway(), "502 Bad Gateway  <html>", false},
		{"plain status", ghtest.Fault{Status: 500}, `500 Internal Server Error  {"documentation_url"`, false},
		{"empty body", ghtest.Fault{Status: 200, Body: " "}, "200 OK   ", false},
		{"redirect", ghtest.Fault{Redirect: "http://127.0.0.1:1/x"}, "307 Temporary Redirect http://127.0.0.1:1/x ", false},
		{"dropped", ghtest.Fault{Drop: true}, "", false},
		{"truncated", ghtest.Fault{Truncate: true}, "", true},
		{"answer lost", ghtest.Fault{DropAfter: true}, "", true},
	} {
		c.fault.Method, c.fault.Path, c.fault.Contains = http.MethodPost, `/issues/\d+/comments$`, `"body"`
		trial.OK(t, srv.Fault(c.fault))
		before := comments()
		got, err := post(ctx)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s: answered %s", c.name, got)
		case c.want != "" && (err != nil || !strings.HasPrefix(got, c.want)):
			t.Errorf("%s: got %s, %v, want %s", c.name, got, err, c.want)
		}
		if done := comments() > before; done != c.done {
			t.Errorf("%s: write happened: %v", c.name, done)
		}
		if got, err := post(ctx); err != nil || !strings.HasPrefix(got, "201") {
			t.Errorf("%s: the next request: %s, %v", c.name, got, err)
		}
	}
	trial.OK(t, srv.Fault(ghtest.Fault{Path: "comments", Status: 500, After: 1, Times: 2}))
	var statuses []string
	for range 4 {
		got, err := post(ctx)
		trial.OK(t, err)
		statuses = append(statuses, got[:3])
	}
	if d := cmp.Diff([]string{"201", "500", "500", "201"}, statuses); d != "" {
		t.Errorf("after one, twice (-want +got):\n%s", d)
	}
	if err := srv.Fault(ghtest.Fault{Path: "("}); err == nil {
		t.Error("a path that is no regular expression was taken")
	}
}

// A hanging answer ends when the client goes away, and when the server closes.
func TestHangEnds(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.OK(t, srv.Fault(ghtest.Fault{Hang: true, Times: -1}))
	ctx, cancel := context.WithCancel(context.Background())
	req := trial.Must(http.NewRequestWithContext(ctx, http.MethodGet, srv.URL+"/app", nil))(t)
	ended := make(chan error, 2)
	go func() {
		_, err := http.DefaultClient.Do(req)
		ended <- err
	}()
	waitFor(t, "the request to hang", func() bool { return len(srv.Requests()) == 1 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	go func() {
		_, err := http.Get(srv.URL + "/app")
		ended <- err
	}()
	waitFor(t, "the second request to hang", func() bool { return len(srv.Requests()) == 2 })
	stopped, err := ghtest.New(ghtest.Config{})
	trial.OK(t, err)
	trial.OK(t, stopped.Fault(ghtest.Fault{Hang: true}))
	go func() {
		_, err := http.Get(stopped.URL + "/app")
		ended <- err
	}()
	waitFor(t, "the third request to hang", func() bool { return len(stopped.Requests()) == 1 })
	trial.OK(t, stopped.Close())
	if err := <-ended; err == nil {
		t.Error("a hanging request was answered")
	}
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waiting for %s", what)
		}
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
