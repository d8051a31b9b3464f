package api_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-github/v60/github"
)

// GitHub documents 80 content writes a minute and no more than 500 an hour, by REST
// and GraphQL together ("Rate limits for the REST API", about secondary rate
// limits), and users of its command line met them with 403 and no Retry-After
// (cli/cli#4801). Each mutation of a request is one.
func TestContentLimits(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{ContentPerMinute: 5, ContentPerHour: 8})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := srv.UserToken("alice")
	node := trial.At(trial.GraphQL(t, srv, token, `{repository(owner:"python",name:"cpython"){pullRequest(number:1){id}}}`, nil), "data", "repository", "pullRequest", "id").(string)
	comments := func(n int) bool {
		var text strings.Builder
		for i := range n {
			text.WriteString("c" + strconv.Itoa(i) + `:addComment(input:{subjectId:"` + node + `",body:"x"}){clientMutationId} `)
		}
		return trial.At(trial.GraphQL(t, srv, token, "mutation{"+text.String()+"}", nil), "data") != nil
	}
	for i, step := range []struct {
		pause  time.Duration
		writes int
		want   bool
	}{
		{0, 4, true}, {0, 2, false}, {0, 1, true}, {0, 1, false}, // 5 in a minute
		{time.Minute, 3, true}, {time.Minute, 1, false}, // 8 in the hour
		{57 * time.Minute, 1, false}, {time.Minute, 5, true}, {0, 1, false},
	} {
		srv.Advance(step.pause)
		if got := comments(step.writes); got != step.want {
			t.Errorf("step %d, %d writes after %s: %v", i, step.writes, step.pause, got)
		}
	}
	if got := len(trial.Must(repo.PR(number))(t).Comments); got != 13 {
		t.Errorf("%d comments, want 13: a request that is refused does nothing", got)
	}
}

// GitHub's OpenAPI description marks the endpoints that create content which notifies people
// with triggersNotification: comments, issues, pull requests, reviews, merges. "Create a
// commit status" is none of them, and has no warning about secondary limits; it's 5 points.
func TestStatusesAreNoContent(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{ContentPerMinute: 1, PointsPerMinute: 15})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	gh := github.NewClient(nil).WithAuthToken(srv.UserToken("alice"))
	gh.BaseURL = trial.Must(gh.BaseURL.Parse(srv.APIURL()))(t)
	sha := trial.Must(repo.PR(number))(t).HeadSHA
	for i, want := range []bool{true, true, true, false} {
		_, _, err := gh.Repositories.CreateStatus(context.Background(), "python", "cpython", sha,
			&github.RepoStatus{State: github.String("success"), Context: github.String(strconv.Itoa(i))})
		if (err == nil) != want {
			t.Errorf("status %d: %v", i, err)
		}
	}
}

// A secondary limit may be answered with 403, 429 or 200, with and without
// Retry-After ("Rate limits for the GraphQL API": the status is 200 or 403).
func TestSecondaryLimitAnswers(t *testing.T) {
	for name, refuse := range map[string]func(time.Duration) ghtest.Fault{
		"403": ghtest.SecondaryLimit, "429": ghtest.TooManyRequests, "200": ghtest.SecondaryLimitOK,
	} {
		for _, timed := range []bool{true, false} {
			srv := trial.Server(t, ghtest.Config{PointsPerMinute: 1, Refusal: func(wait time.Duration) ghtest.Fault {
				if timed {
					return refuse(wait)
				}
				return refuse(0)
			}})
			repo := trial.Repo(t, srv, "python/cpython")
			address := srv.APIURL() + "repos/python/cpython/issues/" + strconv.Itoa(trial.OpenPR(t, repo)) + "/labels"
			if resp, body := trial.Get(t, address, trial.Bearer(srv.UserToken("alice"))); resp.StatusCode != 200 || strings.Contains(body, "secondary") {
				t.Errorf("%s: the first request: %s %s", name, resp.Status, body)
			}
			resp, body := trial.Get(t, address, trial.Bearer(srv.UserToken("alice")))
			if got := strconv.Itoa(resp.StatusCode); got != name || !strings.Contains(body, "secondary rate limit") || (resp.Header.Get("Retry-After") != "") != timed {
				t.Errorf("%s, timed %v: %s %v %s", name, timed, got, resp.Header, body)
			}
		}
	}
}

// 900 points a minute: a query or GET has 1, any other request 5 ("Calculating
// points for the secondary rate limit").
func TestPointLimit(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{PointsPerMinute: 7})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	token := srv.UserToken("alice")
	gh := github.NewClient(nil).WithAuthToken(token)
	gh.BaseURL = trial.Must(gh.BaseURL.Parse(srv.APIURL()))(t)
	_, _, err := gh.Issues.CreateComment(context.Background(), "python", "cpython", number, &github.IssueComment{Body: github.String("x")}) // 5
	trial.OK(t, err)
	for i, want := range []bool{true, true, false} {
		if out := trial.GraphQL(t, srv, token, "{rateLimit{remaining}}", nil); (out["data"] != nil) != want {
			t.Errorf("query %d: %v", i, out)
		}
	}
	srv.Advance(time.Minute)
	if out := trial.GraphQL(t, srv, token, "{rateLimit{remaining}}", nil); out["data"] == nil {
		t.Errorf("a minute later: %v", out)
	}
}
