package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// A cross-reference may show a while after it was made, without any event then, and nothing about the issue tells of it
// (python-github-backup#528).
func TestLateMentions(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := trial.Server(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := trial.Repo(t, srv, "python/cpython")
	issue := trial.Must(repo.OpenIssue(ghtest.Issue{Title: "A bug", Author: "bob"}))(t)
	srv.SetWeather(ghtest.Weather{MentionsLate: 3 * time.Second})
	trial.Must(repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("a")}}))(t)
	trial.Must(repo.OpenPR(ghtest.PR{Title: "Fix", Body: "Fixes #1", Head: "alice:fix"}))(t)
	mentions := func() any {
		answer := trial.GraphQL(t, srv, srv.UserToken("bob"), `query($n:Int!){repository(owner:"python",name:"cpython"){issue(number:$n){timelineItems(first:9,itemTypes:[CROSS_REFERENCED_EVENT]){totalCount}}}}`, map[string]any{"n": issue})
		return trial.At(answer, "data", "repository", "issue", "timelineItems", "totalCount")
	}
	if n := mentions(); n != 0.0 {
		t.Errorf("%v mentions at once", n)
	}
	srv.Advance(3 * time.Second)
	if n := mentions(); n != 1.0 {
		t.Errorf("%v mentions after three seconds", n)
	}
}

// In bad weather requests fail in each of the documented ways, about as many as asked for, and the same ones with the same seed.
func TestFailingRequests(t *testing.T) {
	count := func(seed uint64) (failed int, ways map[string]bool) {
		srv := trial.Server(t, ghtest.Config{})
		trial.Repo(t, srv, "python/cpython")
		srv.SetWeather(ghtest.Weather{Failing: 0.2, Waits: true, Seed: seed})
		ways = map[string]bool{}
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		for range 600 {
			req := trial.Must(http.NewRequest("POST", srv.GraphQLURL(), strings.NewReader(`{"query":"{repository(owner:\"python\",name:\"cpython\"){name}}"}`)))(t)
			req.Header.Set("Authorization", "Bearer "+srv.UserToken("bob"))
			resp, err := client.Do(req)
			var body []byte
			if err == nil {
				body, err = io.ReadAll(resp.Body)
				trial.OK(t, resp.Body.Close())
			}
			switch {
			case err != nil:
				failed++
				ways["broken"] = true
			case string(body) != `{"data":{"repository":{"name":"cpython"}}}`:
				failed++
				ways[resp.Status+resp.Header.Get("Retry-After")+string(body[:min(len(body), 60)])] = true
			}
		}
		return failed, ways
	}
	failed, ways := count(1)
	if failed < 80 || failed > 160 || len(ways) < 12 {
		t.Errorf("%d of 600 requests failed, in %d ways: %v", failed, len(ways), ways)
	}
	if again, _ := count(1); again != failed {
		t.Errorf("%d failed, and then %d", failed, again)
	}
}

// A copy of GitHub's data that lags behind shows all of a pull request as it was, when its webhooks have come already: labels,
// texts, comments, reviews, the head and its statuses.
func TestStaleReads(t *testing.T) {
	noon := time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)
	srv := trial.Server(t, ghtest.Config{Now: func() time.Time { return noon }})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	trial.OK(t, repo.Collaborator("bob", "write"))
	srv.SetWeather(ghtest.Weather{Stale: 2 * time.Second})
	head := trial.Must(repo.PR(number))(t).HeadSHA
	srv.Advance(time.Minute)
	look := func() string {
		answer := trial.GraphQL(t, srv, srv.UserToken("bob"), `query($n:Int!){repository(owner:"python",name:"cpython"){pullRequest(number:$n){title headRefOid updatedAt
			labels(first:9){totalCount} comments(first:9){nodes{body}} reviews(first:9){nodes{state}} timelineItems(first:9,itemTypes:[LABELED_EVENT]){totalCount}
			commits(last:1){nodes{commit{oid status{contexts{context}}}}}}}}`, map[string]any{"n": number})
		return fmt.Sprint(trial.At(answer, "data", "repository", "pullRequest"))
	}
	before := look()
	trial.OK(t, repo.EditTitle(number, "Another"))
	trial.OK(t, repo.Label(number, "bob", "docs"))
	comment := trial.Must(repo.Comment(number, "bob", "one"))(t)
	trial.OK(t, repo.EditComment(number, "bob", comment, "two"))
	trial.Must(repo.Review(number, "bob", "APPROVED", ""))(t)
	trial.OK(t, repo.SetStatus(head, "ci", ghtest.Status{Context: "ci", State: "success"}))
	tip := trial.Must(repo.Push("alice:fix", ghtest.Commit{Files: map[string]ghtest.File{"a": ghtest.Text("a")}}))(t)
	for range 20 {
		if d := cmp.Diff(before, look()); d != "" {
			t.Fatalf("a stale read (-before +now):\n%s", d)
		}
	}
	srv.Advance(2 * time.Second)
	after := look()
	for _, want := range []string{"Another", "two", "APPROVED", tip, "totalCount:1"} {
		if !strings.Contains(after, want) {
			t.Errorf("no %q after two seconds: %s", want, after)
		}
	}
}
