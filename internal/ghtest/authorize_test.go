package ghtest_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

const callback = "https://bot.example.org/sign-in/callback"

// agree has the one who is signed in authorize the App, and gives where the browser is sent.
func agree(t *testing.T, srv *ghtest.Server, query url.Values) *url.URL {
	t.Helper()
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := trial.Must(browser.Get(srv.URL + "/login/oauth/authorize?" + query.Encode()))(t)
	defer answer.Body.Close()
	header := answer.Header
	if answer.StatusCode == http.StatusOK { // it asks
		query.Set("authorize", "1")
		_, _, header = postForm(t, srv.URL+"/login/oauth/authorize", query)
	}
	if header.Get("Location") == "" {
		t.Fatalf("%d", answer.StatusCode)
	}
	return trial.Must(url.Parse(header.Get("Location")))(t)
}

// trade trades a code, and gives the answer's status and fields.
func trade(t *testing.T, srv *ghtest.Server, form url.Values) (status int, said map[string]any) {
	t.Helper()
	req := trial.Must(http.NewRequest("POST", srv.URL+"/login/oauth/access_token", strings.NewReader(form.Encode())))(t)
	req.Header.Set("Accept", "application/json")
	answer := trial.Must(http.DefaultClient.Do(req))(t)
	defer answer.Body.Close()
	trial.OK(t, json.NewDecoder(answer.Body).Decode(&said))
	return answer.StatusCode, said
}

// me asks whose token this is.
func me(t *testing.T, srv *ghtest.Server, token string) (status int, text string) {
	t.Helper()
	req := trial.Must(http.NewRequest("GET", srv.APIURL()+"user", nil))(t)
	req.Header.Set("Authorization", "Bearer "+token)
	answer := trial.Must(http.DefaultClient.Do(req))(t)
	defer answer.Body.Close()
	return answer.StatusCode, string(trial.Must(io.ReadAll(answer.Body))(t))
}

// revoke ends a token, for the App's client.
func revoke(t *testing.T, srv *ghtest.Server, token, secret string) (status int) {
	t.Helper()
	id, _ := srv.Client()
	req := trial.Must(http.NewRequest("DELETE", srv.APIURL()+"applications/"+id+"/token", strings.NewReader(`{"access_token":"`+token+`"}`)))(t)
	req.SetBasicAuth(id, secret)
	answer := trial.Must(http.DefaultClient.Do(req))(t)
	defer answer.Body.Close()
	return answer.StatusCode
}

// signInOnce goes through all that a sign-in calls.
func signInOnce(t *testing.T, srv *ghtest.Server) {
	t.Helper()
	srv.SetCallbacks(callback)
	srv.SignIn("dana")
	id, secret := srv.Client()
	code := agree(t, srv, url.Values{"client_id": {id}}).Query().Get("code")
	_, said := trade(t, srv, url.Values{"client_id": {id}, "client_secret": {secret}, "code": {code}})
	token, _ := said["access_token"].(string)
	if status, _ := me(t, srv, token); status != http.StatusOK {
		t.Errorf("asking whose the token is: %d", status)
	}
	if status := revoke(t, srv, token, secret); status != http.StatusNoContent {
		t.Errorf("ending the token: %d", status)
	}
	srv.SignIn("")
}

// "Generating a user access token for a GitHub App", web application flow: the page asks once; the browser comes back with the state
// and a code for ten minutes, which works once, for the client that knows its secret and, with PKCE, the verifier. Errors are answers 200
// ("Troubleshooting OAuth app access token request errors"). The token says who the person is, until the App deletes it.
func TestAuthorize(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	srv.SetCallbacks(callback)
	srv.SignIn("dana")
	id, secret := srv.Client()
	verifier := strings.Repeat("v", 43)
	sum := sha256.Sum256([]byte(verifier))
	query := func() url.Values {
		return url.Values{"client_id": {id}, "redirect_uri": {callback}, "state": {"s&1"}, "code_challenge_method": {"S256"},
			"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}}
	}
	code := func() string {
		to := agree(t, srv, query())
		if !strings.HasPrefix(to.String(), callback+"?") || to.Query().Get("state") != "s&1" {
			t.Fatalf("sent to %s", to)
		}
		return to.Query().Get("code")
	}
	form := func(code string) url.Values {
		return url.Values{"client_id": {id}, "client_secret": {secret}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {callback}}
	}
	good := code()
	status, said := trade(t, srv, form(good))
	token, _ := said["access_token"].(string)
	if status != 200 || !strings.HasPrefix(token, "ghu_") || said["token_type"] != "bearer" || said["scope"] != "" || said["expires_in"] != float64(28800) {
		t.Errorf("%d %v", status, said)
	}
	for name, wrong := range map[string]url.Values{
		"bad_verification_code":        form(good), // used
		"incorrect_client_credentials": func() url.Values { f := form(code()); f.Set("client_secret", "x"); return f }(),
		"redirect_uri_mismatch":        func() url.Values { f := form(code()); f.Set("redirect_uri", callback+"/x"); return f }(),
	} {
		if status, said := trade(t, srv, wrong); status != 200 || said["error"] != name {
			t.Errorf("want %s: %d %v", name, status, said)
		}
	}
	for _, wrong := range []string{"", strings.Repeat("w", 43)} {
		f := form(code())
		f.Set("code_verifier", wrong)
		if _, said := trade(t, srv, f); said["error"] != "bad_verification_code" {
			t.Errorf("the verifier %q: %v", wrong, said)
		}
	}
	old := code()
	srv.Advance(10 * time.Minute)
	if _, said := trade(t, srv, form(old)); said["error"] != "bad_verification_code" {
		t.Errorf("after ten minutes: %v", said)
	}
	srv.Advance(-10 * time.Minute)

	if status, text := me(t, srv, token); status != 200 || !strings.Contains(text, `"login":"dana"`) {
		t.Errorf("%d %s", status, text)
	}
	if status := revoke(t, srv, token, "x"); status != 401 {
		t.Errorf("somebody else deletes the token: %d", status)
	}
	if status := revoke(t, srv, token, secret); status != 204 || srv.PersonTokens() != 0 {
		t.Errorf("%d, %d tokens are left", status, srv.PersonTokens())
	}
	if status, _ := me(t, srv, token); status != 401 {
		t.Errorf("a deleted token: %d", status)
	}
}

// "Troubleshooting authorization request errors": a callback that isn't the App's leads to one that is, with an error; and a person
// may refuse. Of PKCE's methods, GitHub accepts S256 alone (changelog of 2025-07-14).
func TestAuthorizeRefuses(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	srv.SetCallbacks(callback)
	srv.SignIn("dana")
	id, _ := srv.Client()
	to := agree(t, srv, url.Values{"client_id": {id}, "redirect_uri": {"https://evil.example/"}, "state": {"1"}})
	if to.Host != "bot.example.org" || to.Query().Get("error") != "redirect_uri_mismatch" || to.Query().Get("state") != "1" {
		t.Errorf("sent to %s", to)
	}
	_, _, header := postForm(t, srv.URL+"/login/oauth/authorize", url.Values{"client_id": {id}, "redirect_uri": {callback}, "state": {"2"}})
	if to := trial.Must(url.Parse(header.Get("Location")))(t); to.Query().Get("error") != "access_denied" || to.Query().Get("state") != "2" {
		t.Errorf("sent to %s", to)
	}
	for _, wrong := range []url.Values{
		{"client_id": {id}, "code_challenge": {strings.Repeat("x", 43)}, "code_challenge_method": {"plain"}},
		{"client_id": {id}, "code_challenge": {strings.Repeat("x", 43)}}, {"client_id": {"other"}},
	} {
		answer := trial.Must(http.Get(srv.URL + "/login/oauth/authorize?" + wrong.Encode()))(t)
		answer.Body.Close()
		if answer.StatusCode < 400 {
			t.Errorf("%v: %d", wrong, answer.StatusCode)
		}
	}
	srv.SignIn("")
	answer := trial.Must(http.Get(srv.URL + "/login/oauth/authorize?client_id=" + id))(t)
	answer.Body.Close()
	if answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("signed out: %d", answer.StatusCode)
	}
}
