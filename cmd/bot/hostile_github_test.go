package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// stranger is a server that must not get to see a token.
func stranger(t testing.TB) (url string, visits *atomic.Int32) {
	t.Helper()
	visits = new(atomic.Int32)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(server.Close)
	return server.URL + "/elsewhere", visits
}

// TestTroubleWithGitHub gives each of many pull requests a trouble of its own,
// all at once. The log must tell of each, a healthy pull request must not
// suffer, and once the troubles are over all must be done.
func TestTroubleWithGitHub(t *testing.T) {
	t.Parallel()
	elsewhere, visits := stranger(t)
	const mayNot = `{"message":"Resource not accessible by integration","documentation_url":"https://docs.github.com/rest","status":"403"}`
	s := newStage(t).start()
	troubles := []trouble{
		{"502", atLoad, ghtest.BadGateway(), "502: <html>"},
		{"500", atLoad, answer(500, ""), "500: Internal Server Error"},
		{"401", atLoad, answer(401, `{"message":"Bad credentials"}`), "check the number of the App, its private key, and the clock"},
		{"404", atLoad, answer(404, ""), "404: Not Found"},
		{"no body", atLoad, answer(204, ""), "an empty answer"},
		{"blank body", atLoad, answer(200, " "), "broken JSON"},
		{"cut off", atLoad, ghtest.Fault{Truncate: true}, "reading the answer: unexpected EOF"},
		{"hung up", atLoad, ghtest.Fault{Drop: true}, "sending the request"},
		{"a page", atLoad, ghtest.Fault{Status: 200, Body: "<h1>Unicorn!</h1>", Header: http.Header{"Content-Type": {"text/html"}}},
			"not JSON: <h1>Unicorn!"},
		{"a list", atLoad, answer(200, `[1]`), "unknown form"},
		{"no data", atLoad, answer(200, `{"data":null}`), "has no data"},
		{"no pull request", atLoad, answer(200, `{"data":{"repository":{"issueOrPullRequest":null},"viewer":{"login":"x"}}}`),
			"names no pull request or issue"},
		{"not found", atLoad, answer(200, `{"data":{"repository":{"issueOrPullRequest":null}},"errors":[{"type":"NOT_FOUND",`+
			`"path":["repository","issueOrPullRequest"],"message":"Could not resolve to a PullRequest with the number of 7."}]}`),
			"Could not resolve to a PullRequest"},
		{"wrong", atLoad, answer(200, `{"data":null,"errors":[{"message":"Something went wrong while executing your query."}]}`),
			"Something went wrong while executing"},
		{"partial", atLoad, answer(200, `{"data":{"repository":{"issueOrPullRequest":{"title":"half"}}},`+
			`"errors":[{"type":"SERVICE_UNAVAILABLE","path":["repository","issueOrPullRequest","files"],"message":"Timeout on files"}]}`),
			"Timeout on files"},
		{"may not read", atLoad, answer(200, `{"data":null,"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration"}]}`),
			"grant the App the permission"},
		{"redirected", atLoad, ghtest.Fault{Redirect: elsewhere}, "which is not followed: is the address of the API right?"},
		{"status 403", atStatus, answer(403, mayNot), `commit statuses: write`},
		{"status 404", atStatus, answer(404, ""), "404: Not Found"},
		{"status redirected", atStatus, ghtest.Fault{Redirect: elsewhere}, "not followed"},
		{"check 502", atCheck, ghtest.BadGateway(), "502"},
		{"check cut off", atCheck, ghtest.Fault{Drop: true}, "sending the request"},
		{"comment 403", atComment, answer(403, mayNot), "pull requests: write"},
	}
	var sick []*pullRequest
	for _, c := range troubles {
		sick = append(sick, s.befall(c, -1))
	}
	s.settled(s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: healthy"}}))
	for i, c := range troubles {
		t.Logf("%s: %s", c.name, s.awaitLog(key(sick[i]), c.log))
	}
	s.github.ClearFaults()
	s.settled(sick...)
	s.tidy(sick...)
	if visits.Load() != 0 {
		t.Errorf("followed a redirect to another host")
	}
}

// TestLimitsOfGitHub: after GitHub said that it is too much, and until when,
// there must be no request before that time, and then all must be done.
func TestLimitsOfGitHub(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	const wait = 2 * time.Second
	points := func(reset time.Time) ghtest.Fault {
		f := ghtest.PrimaryLimit(reset)
		f.Status, f.Body = 200, `{"errors":[{"type":"RATE_LIMITED","message":"API rate limit exceeded for installation ID 5."}]}`
		return f
	}
	for _, c := range []struct {
		name  string
		at    func(ghtest.PRState) ghtest.Fault
		fault ghtest.Fault
		reset func(time.Time) ghtest.Fault // instead, for limits that name a time of the clock
	}{
		{"primary", atLoad, ghtest.Fault{}, ghtest.PrimaryLimit},
		{"secondary", atStatus, ghtest.SecondaryLimit(wait), nil},
		{"429", atCheck, ghtest.TooManyRequests(wait), nil},
		{"points of GraphQL", atLoad, ghtest.Fault{}, points},
	} {
		until := time.Now().Add(wait).Truncate(time.Second).Add(time.Second)
		if c.reset != nil {
			c.fault = c.reset(until)
		}
		s.github.ResetRequests()
		limited := s.befall(trouble{c.name, c.at, c.fault, ""}, 1)
		t.Logf("%s: %s", c.name, s.awaitLog(key(limited), `"later"`))
		another := s.open(&pullRequest{})
		s.settled(limited, another)
		s.tidy(limited, another)
		met := false
		for _, r := range s.github.Requests() {
			switch {
			case r.Route == "fault":
				met = true
				if c.reset == nil {
					until = r.Time.Add(wait)
				}
			case met && r.Time.Before(until):
				t.Errorf("%s: %s %s came %s before the time that GitHub named", c.name, r.Method, r.Path, until.Sub(r.Time))
			}
		}
		if !met {
			t.Errorf("%s: the limit was not met", c.name)
		}
	}
}

// TestRedirects: wherever an answer leads to another host, the token must not
// go there.
func TestRedirects(t *testing.T) {
	t.Parallel()
	elsewhere, visits := stranger(t)
	s := newStage(t)
	redirect := func(path string) {
		s.check(s.github.Fault(ghtest.Fault{Path: path, Times: -1, Redirect: elsewhere}))
	}
	redirect("^/app/installations$")
	redirect("/access_tokens$")
	s.run()
	files := map[string]ghtest.File{}
	for i := range 101 { // more than come with the first answer
		files[fmt.Sprintf("Lib/module%d.py", i)] = ghtest.Text("")
	}
	p := s.open(&pullRequest{files: files})
	s.awaitLog("requesting a sweep", "not followed")
	s.awaitLog(key(p), "/access_tokens: 307: redirected to "+elsewhere+", which is not followed")
	s.github.ClearFaults()
	redirect("/files$")
	t.Log(s.awaitLog(key(p), "listing files", "/files: 307: redirected to "+elsewhere+", which is not followed"))
	s.github.ClearFaults()
	s.settled(p)
	s.tidy(p)
	if visits.Load() != 0 {
		t.Errorf("%d requests went to another host", visits.Load())
	}
}

// TestLostAnswers: GitHub did the write and the answer was lost. Nothing may be
// written twice but what is the same when written again.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	var pulls []*pullRequest
	for _, c := range []trouble{{"status", atStatus, ghtest.Fault{DropAfter: true}, "EOF"},
		{"check", atCheck, ghtest.Fault{DropAfter: true}, "EOF"}, {"comment", atComment, ghtest.Fault{DropAfter: true}, "EOF"}} {
		p := s.befall(c, 1)
		t.Logf("%s: %s", c.name, s.awaitLog(key(p), c.log))
		pulls = append(pulls, p)
	}
	eventually(t, "the retries", s.bot.idle)
	s.settled(pulls...)
	s.tidy(pulls...)
	count := map[string]int{}
	for _, w := range s.cpython.Writes() {
		count[w.Kind]++
	}
	if count["status"] != 6 || count["check-run"] != 3 || count["comment"] != 3 {
		t.Errorf("written %v, want each once for each of three, two statuses: what the lost answers were about was there", count)
	}
}
