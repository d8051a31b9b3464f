package gh_test

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

const signInAt = "https://bot.example.org/sign-in/callback"

// authorize has dana authorize the App, and gives the code.
func authorize(t *testing.T, srv *ghtest.Server, verifier string) string {
	t.Helper()
	srv.SetCallbacks(signInAt)
	srv.SignIn("dana")
	id, _ := srv.Client()
	sum := sha256.Sum256([]byte(verifier))
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := trial.Must(browser.PostForm(srv.URL+"/login/oauth/authorize", url.Values{"client_id": {id}, "redirect_uri": {signInAt},
		"authorize":      {"1"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}))(t)
	answer.Body.Close()
	return trial.Must(answer.Location())(t).Query().Get("code")
}

// Who authorized the App is known, and no token of theirs is left. A code that's used, or
// that another browser brings, is none; no error holds a secret.
func TestArrive(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	id, secret := srv.Client()
	verifier := strings.Repeat("v", 52)
	arrival := func() gh.Arrival {
		return gh.Arrival{APIURL: srv.APIURL(), ServerURL: srv.URL, ClientID: id, ClientSecret: secret, Code: authorize(t, srv, verifier),
			Verifier: verifier, Callback: signInAt, UserAgent: "test"}
	}
	a := arrival()
	who, err := gh.Arrive(t.Context(), a)
	if err != nil || who.Login != "dana" || who.ID == 0 || srv.PersonTokens() != 0 {
		t.Errorf("%+v %v, and %d tokens are left", who, err, srv.PersonTokens())
	}
	var gone *gh.Gone
	if _, err := gh.Arrive(t.Context(), a); !errors.As(err, &gone) {
		t.Errorf("a used code: %v", err)
	}
	a = arrival()
	a.Verifier = strings.Repeat("w", 52)
	if _, err := gh.Arrive(t.Context(), a); !errors.As(err, &gone) {
		t.Errorf("another browser's code: %v", err)
	}
	a = arrival()
	a.ClientSecret = "0123456789"
	var unauthorized *gh.Unauthorized
	if _, err := gh.Arrive(t.Context(), a); !errors.As(err, &unauthorized) || strings.Contains(err.Error(), "0123456789") {
		t.Errorf("a wrong secret: %v", err)
	}
	a = arrival()
	a.Callback += "/x"
	var rejected *gh.Rejected
	if _, err := gh.Arrive(t.Context(), a); !errors.As(err, &rejected) {
		t.Errorf("a wrong callback: %v", err)
	}
}

// Odd answers sign nobody in, and what GitHub gave isn't in the error.
func TestArriveAtOddAnswers(t *testing.T) {
	for name, fault := range map[string]ghtest.Fault{
		"down":           {Path: "access_token", Status: 503, Body: "ghu_0123456789"},
		"no token":       {Path: "access_token", Status: 200, Body: `{"scope":"ghu_0123456789"}`},
		"another kind":   {Path: "access_token", Status: 200, Body: `{"access_token":"ghu_0123456789","token_type":"mac"}`},
		"no JSON":        {Path: "access_token", Status: 200, Body: `access_token=ghu_0123456789`},
		"redirected":     {Path: "access_token", Redirect: "https://evil.example/"},
		"dropped":        {Path: "access_token", Drop: true},
		"nobody":         {Path: "^/user$", Status: 200, Body: `{"id":0,"login":"ghu_0123456789"}`},
		"an odd login":   {Path: "^/user$", Status: 200, Body: `{"id":7,"login":"../x"}`},
		"not revoked":    {Path: "/token$", Status: 500},
		"no such person": {Path: "^/user$", Status: 401},
	} {
		t.Run(name, func(t *testing.T) {
			srv := trial.Server(t, ghtest.Config{})
			id, secret := srv.Client()
			verifier := strings.Repeat("v", 52)
			code := authorize(t, srv, verifier)
			trial.OK(t, srv.Fault(fault))
			who, err := gh.Arrive(t.Context(), gh.Arrival{APIURL: srv.APIURL(), ServerURL: srv.URL, ClientID: id, ClientSecret: secret, Code: code,
				Verifier: verifier, Callback: signInAt})
			var temporary *gh.Temporary
			if !errors.As(err, &temporary) || who.ID != 0 {
				t.Fatalf("%+v %v", who, err)
			}
			for _, hidden := range []string{secret, code, verifier, "ghu_", "evil"} {
				if strings.Contains(err.Error(), hidden) {
					t.Errorf("%v shows %s", err, hidden)
				}
			}
		})
	}
}

// What somebody may do is asked with the App's own token: in a private repository only
// those with a role read, and the account's number comes along.
func TestAccess(t *testing.T) {
	w := newWorld(t)
	hidden := trial.Must(w.Srv.Repo("python/hidden", ghtest.RepoOptions{Private: true}))(t)
	trial.OK(t, hidden.Collaborator("rita", "read"))
	trial.OK(t, hidden.Collaborator("adam", "triage"))
	w.Srv.UserToken("stranger1")
	for _, tt := range []struct {
		repository, login string
		reads             bool
		role              pull.Role
	}{
		{"cpython", "stranger1", true, pull.Anyone}, {"hidden", "stranger1", false, pull.Anyone}, {"hidden", "rita", true, pull.Anyone},
		{"hidden", "ADAM", true, pull.Triage},
	} {
		c := trial.Must(w.app.Client(t.Context(), pull.Key{Owner: "python", Repo: tt.repository}, 0))(t)
		a, err := c.Access(t.Context(), tt.login)
		if err != nil || a.Reads != tt.reads || a.Role != tt.role || a.ID == 0 {
			t.Errorf("%s in %s: %+v %v", tt.login, tt.repository, a, err)
		}
		if public, err := c.Public(t.Context()); err != nil || public != (tt.repository == "cpython") {
			t.Errorf("%s is public: %v %v", tt.repository, public, err)
		}
	}
	c := trial.Must(w.app.Client(t.Context(), pull.Key{Owner: "python", Repo: "cpython"}, 0))(t)
	for _, login := range []string{"nobody-here", "../x", ""} {
		var gone *gh.Gone
		if a, err := c.Access(t.Context(), login); a != (gh.Access{}) || err != nil && !errors.As(err, &gone) {
			t.Errorf("%q: %+v %v", login, a, err)
		}
	}
}
