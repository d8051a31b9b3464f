package api_test

import (
	"context"
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
)

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
