package gh_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

var pushing = map[string]string{"contents": "write"}

// A token does what it was asked for, in its repository, and nothing else.
func TestToken(t *testing.T) {
	var logged bytes.Buffer
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.Log = zerolog.New(&logged) })
	_, err := w.Srv.Repo("python/peps", ghtest.RepoOptions{Files: map[string]ghtest.File{"README": ghtest.Text("PEPs\n")}})
	trial.OK(t, err)
	token, err := w.app.Token(t.Context(), gh.TokenRequest{Key: ghtrial.CPython, Permissions: map[string]string{"contents": "read"}})
	trial.OK(t, err)
	for path, want := range map[string]int{
		"repos/python/cpython/git/ref/heads/main": 200,
		"repos/python/peps/git/ref/heads/main":    404,
		"repos/python/cpython/pulls":              403,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", w.Srv.APIURL()+path, nil)
		trial.OK(t, err)
		req.Header.Set("Authorization", "token "+token)
		resp, err := http.DefaultClient.Do(req)
		trial.OK(t, err)
		trial.OK(t, resp.Body.Close())
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
	}
	request := gh.TokenRequest{Key: ghtrial.CPython, Installation: w.Srv.InstallationID("python"), Permissions: pushing}
	another, err := w.app.Token(t.Context(), request)
	trial.OK(t, err)
	if another == token || logged.Len() > 0 {
		t.Errorf("the same token again, or a log: %s", &logged)
	}
}

// Tokens are not paced as writes are.
func TestManyTokens(t *testing.T) {
	w := newWorld(t, func(_ *ghtest.Config, c *gh.Config) { c.WritesPerMinute = 1 })
	for range 5 {
		_, err := w.app.Token(t.Context(), gh.TokenRequest{Key: ghtrial.CPython, Permissions: pushing})
		trial.OK(t, err)
	}
}

func TestTokenFaults(t *testing.T) {
	w := newWorld(t)
	ask := func(r gh.TokenRequest) error {
		token, err := w.app.Token(t.Context(), r)
		if (err == nil) != (token != "") {
			t.Errorf("a token of %d bytes with %v", len(token), err)
		}
		return err
	}
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read", "contents": "read", "pull_requests": "write"}))
	ghtrial.Check(t, "not granted", ask(gh.TokenRequest{Key: ghtrial.CPython,
		Permissions: map[string]string{"contents": "write", "workflows": "write", "pull_requests": "read", "metadata": "read"}}), ghtrial.Denied,
		`asking for a token for python/cpython: POST /app/installations/{installation}/access_tokens: 422: `+
			`The permissions requested are not granted to this installation.: grant the App the permission "contents: write, workflows: write"`)
	w.Fault(ghtest.Fault{Method: "GET", Path: "/app/installations/[0-9]+$", Status: 502})
	ghtrial.Check(t, "not granted, nobody knows what", ask(gh.TokenRequest{Key: ghtrial.CPython, Permissions: pushing}),
		ghtrial.Temporary, "502")
	odd := map[string]string{"contents": "wirte"}
	ghtrial.Check(t, "an odd level", ask(gh.TokenRequest{Key: ghtrial.CPython, Permissions: odd}), ghtrial.Rejected, "not granted")
	ghtrial.Check(t, "no permissions", ask(gh.TokenRequest{Key: ghtrial.CPython}), ghtrial.Rejected, "no permissions are named")
	ghtrial.Check(t, "an odd key", ask(gh.TokenRequest{Key: pull.Key{Owner: "python", Repo: ".."}, Permissions: pushing}), ghtrial.Rejected,
		"isn't a valid repository name")
	nothing := pull.Key{Owner: "python", Repo: "nothing"}
	ghtrial.Check(t, "no such repository", ask(gh.TokenRequest{Key: nothing, Permissions: pushing}), ghtrial.Gone, "404")
	ghtrial.Check(t, "one of another installation", ask(gh.TokenRequest{Key: pull.Key{Owner: "python", Repo: "nothing"},
		Installation: w.Srv.InstallationID("python"), Permissions: map[string]string{"contents": "read"}}), ghtrial.Rejected, "does not exist")
	ghtrial.Check(t, "no such installation", ask(gh.TokenRequest{Key: ghtrial.CPython, Installation: 4711, Permissions: pushing}),
		ghtrial.Gone, "404")
	w.Fault(ghtest.Fault{Path: "/access_tokens$", Status: 201, Body: `{}`})
	ghtrial.Check(t, "no token", ask(gh.TokenRequest{Key: ghtrial.CPython, Permissions: pushing}), ghtrial.Temporary, "no token")
	w.Fault(ghtest.Fault{Path: "/access_tokens$", Status: 201, Body: `{"token":"` + trial.Token + `"`})
	err := ask(gh.TokenRequest{Key: ghtrial.CPython, Permissions: pushing})
	ghtrial.Check(t, "cut off", err, ghtrial.Temporary, "broken JSON")
	if strings.Contains(err.Error(), trial.Token[:12]) {
		t.Errorf("the token shows: %v", err)
	}
}

func TestCloneURL(t *testing.T) {
	for _, test := range []struct{ api, server, want string }{
		{"", "", "https://github.com/python/cpython.git"},
		{"", "https://github.com/", "https://github.com/python/cpython.git"},
		{"https://git.example.com/api/v3", "", "https://git.example.com/python/cpython.git"},
		{"https://api.octo.example.com", "https://octo.example.com", "https://octo.example.com/python/cpython.git"},
		{"http://127.0.0.1:8080/api/v3", "", "http://127.0.0.1:8080/python/cpython.git"},
	} {
		app, err := gh.New(gh.Config{AppID: 7, PrivateKey: trial.Key(), APIURL: test.api, ServerURL: test.server})
		trial.OK(t, err)
		if got := app.CloneURL(ghtrial.SomePull); got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
}

func TestCommitter(t *testing.T) {
	w := newWorld(t)
	name, email, err := w.app.Committer(t.Context())
	trial.OK(t, err)
	id, _, found := strings.Cut(email, "+concorde[bot]@users.noreply.github.com")
	if name != "concorde[bot]" || !found || strings.Trim(id, "0123456789") != "" || id == "" || id == "0" {
		t.Errorf("%s <%s>", name, email)
	}
	w.Srv.ResetRequests()
	_, again, err := w.app.Committer(t.Context())
	trial.OK(t, err)
	if n := len(w.Srv.Requests()); n != 0 || again != email {
		t.Errorf("%d requests for %s", n, again)
	}

	fresh := func() error {
		app, err := gh.New(w.Cfg)
		trial.OK(t, err)
		_, _, err = app.Committer(t.Context())
		return err
	}
	w.Fault(ghtest.Fault{Path: "/app$", Status: 200, Body: "{}"})
	ghtrial.Check(t, "no slug", fresh(), ghtrial.Temporary, "asking GitHub for the App's account: GET /app: the answer names no App")
	w.Fault(ghtest.Fault{Path: "/users/", Status: 200, Body: "{}"})
	ghtrial.Check(t, "no account", fresh(), ghtrial.Temporary, "GET /users/{login}: the answer names no account")
	w.Fault(ghtest.Fault{Path: "/users/", Status: 404})
	ghtrial.Check(t, "not found", fresh(), ghtrial.Gone, "GET /users/{login}: 404")
	w.Srv.Uninstall("python")
	ghtrial.Check(t, "not installed", fresh(), ghtrial.Gone, "not installed anywhere")
}
