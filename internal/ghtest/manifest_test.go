package ghtest_test

import (
	"context"
	"encoding/json"
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

const manifest = `{"name":"Concorde Test","url":"https://example.org","hook_attributes":{"url":"https://bot.example.org/webhook","active":true},` +
	`"redirect_url":"http://127.0.0.1:1/created","public":true,"default_permissions":{"contents":"write","issues":"write"},"default_events":["push","issues"]}`

// postForm posts a form as a browser does, but doesn't follow redirects.
func postForm(t *testing.T, address string, fields url.Values) (status int, text string, header http.Header) {
	t.Helper()
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer := trial.Must(browser.PostForm(address, fields))(t)
	defer answer.Body.Close()
	return answer.StatusCode, string(trial.Must(io.ReadAll(answer.Body))(t)), answer.Header
}

// createApp creates the App for dana, an owner of python, and gives what the trade of the code for the key brings.
func createApp(t *testing.T, srv *ghtest.Server) *github.AppConfig {
	t.Helper()
	to := createForm(t, srv, manifest)
	if to.Query().Get("state") != "s&1" {
		t.Errorf("sent back to %s", to)
	}
	return trial.Must(convert(srv, to.Query().Get("code")))(t)
}

// createForm goes through GitHub's two pages, and gives where the browser is sent.
func createForm(t *testing.T, srv *ghtest.Server, manifest string) *url.URL {
	t.Helper()
	srv.Owners("python", "dana")
	srv.SignIn("dana")
	status, text, _ := postForm(t, srv.URL+"/organizations/python/settings/apps/new?state=s%261", url.Values{"manifest": {manifest}})
	if status != http.StatusOK {
		t.Fatalf("%d %s", status, text)
	}
	fields := url.Values{}
	for _, f := range regexp.MustCompile(`name="([^"]+)" value="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		fields.Set(f[1], html.UnescapeString(f[2]))
	}
	status, text, header := postForm(t, srv.URL+"/organizations/python/settings/apps", fields)
	if status != http.StatusFound {
		t.Fatalf("%d %s", status, text)
	}
	return trial.Must(url.Parse(header.Get("Location")))(t)
}

func convert(srv *ghtest.Server, code string) (*github.AppConfig, error) {
	anybody := github.NewClient(nil)
	anybody.BaseURL, _ = url.Parse(srv.APIURL())
	c, _, err := anybody.Apps.CompleteAppManifest(context.Background(), code)
	return c, err
}

// "Registering a GitHub App from a manifest": the browser comes back with the state and a code, which gives id, key, client secret and
// webhook secret. Until then there is no App. GitHub pings the webhook.
func TestManifestFlow(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{NoApp: true})
	if _, _, err := trial.AppClient(t, srv).Apps.Get(t.Context(), ""); err == nil {
		t.Error("the App is there before anybody created it")
	}
	made := createApp(t, srv)
	if made.GetID() != srv.AppID() || made.GetSlug() != "concorde-test" || made.GetPEM() != string(srv.PrivateKeyPEM()) || made.GetWebhookSecret() != srv.WebhookSecret() || made.GetOwner().GetLogin() != "python" {
		t.Errorf("%+v", made)
	}
	if srv.BotLogin() != "concorde-test[bot]" {
		t.Error(srv.BotLogin())
	}
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.Proxy("https://bot.example.org/webhook", rec.URL)
	trial.Flush(t, srv)
	if d := srv.Deliveries(); len(d) != 1 || d[0].Event != "ping" || d[0].Status >= 300 {
		t.Errorf("%+v", d)
	}
	app, _, err := trial.AppClient(t, srv).Apps.Get(t.Context(), "")
	if err != nil || app.GetPermissions().GetMetadata() != "read" || app.GetPermissions().GetIssues() != "write" || strings.Join(app.Events, " ") != "push issues" {
		t.Errorf("%+v %v", app, err)
	}
}

// "complete all three steps … within one hour", and the endpoint's 404 for a code that is used or unknown.
func TestCodesOfManifestsWorkOnceAndForAnHour(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{NoApp: true})
	code := createForm(t, srv, manifest).Query().Get("code")
	trial.Must(convert(srv, code))(t)
	late := trial.Server(t, ghtest.Config{NoApp: true})
	old := createForm(t, late, manifest).Query().Get("code")
	late.Advance(time.Hour)
	for name, err := range map[string]error{"used": errorOf(convert(srv, code)), "old": errorOf(convert(late, old)), "unknown": errorOf(convert(srv, "abc"))} {
		if said, ok := errors.AsType[*github.ErrorResponse](err); !ok || said.Response.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func errorOf[T any](_ T, err error) error { return err }

// What GitHub's page refuses, in its words where reports have them: agentric#317 (a hook without a url), pagescms#409 (a secret),
// private-mirrors#387 (localhost), tuist#10709 (events that come unasked), cyrus#1406, derive#269 and probot#1317 (events without
// their permission).
func TestManifestsThatGitHubRefuses(t *testing.T) {
	for name, tt := range map[string]struct{ change, text string }{
		"no JSON":                    {`{`, "does not appear to be a valid GitHub App manifest"},
		"no url":                     {`{"url":""}`, `&#34;url&#34; wasn&#39;t supplied.`},
		"a hook without a url":       {`{"hook_attributes":{"active":false}}`, `&#34;url&#34; wasn&#39;t supplied.`},
		"a secret":                   {`{"hook_attributes":{"url":"https://bot.example.org","secret":"x"}}`, "secret"},
		"localhost":                  {`{"hook_attributes":{"url":"http://localhost:3000/api/webhooks"}}`, "isn&#39;t reachable over the public Internet (localhost)"},
		"a loopback address":         {`{"hook_attributes":{"url":"http://127.0.0.1:3000/"}}`, "isn&#39;t reachable over the public Internet"},
		"an event that comes anyway": {`{"default_events":["installation"]}`, "Default events unsupported: installation"},
		"an event without its right": {`{"default_events":["merge_group"]}`, "Default events are not supported by permissions: merge_group"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := trial.Server(t, ghtest.Config{NoApp: true})
			srv.SignIn("dana")
			all := map[string]any{}
			trial.OK(t, json.Unmarshal([]byte(manifest), &all))
			text := tt.change
			if json.Unmarshal([]byte(tt.change), &all) == nil {
				text = string(trial.Must(json.Marshal(all))(t))
			}
			if status, page, _ := postForm(t, srv.URL+"/settings/apps/new", url.Values{"manifest": {text}}); status != http.StatusUnprocessableEntity || !strings.Contains(page, tt.text) {
				t.Errorf("%d %s", status, page)
			}
		})
	}
}

// "Registering a GitHub App": owners of an organization and its App managers may; to others the page doesn't exist.
func TestWhoMayCreateAnApp(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{NoApp: true})
	srv.Owners("python", "dana")
	for login, want := range map[string]int{"dana": 200, "bob": 404, "": 401} {
		srv.SignIn(login)
		if status, _, _ := postForm(t, srv.URL+"/organizations/python/settings/apps/new", url.Values{"manifest": {manifest}}); status != want {
			t.Errorf("%q: %d", login, status)
		}
	}
}

// "Requesting a GitHub App from your organization owner": a member's installation waits, and the App sees the request ("List
// installation requests for the authenticated app") until an owner installs it.
func TestInstallationRequests(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	srv.Owners("psf", "dana")
	app := trial.AppClient(t, srv)
	requests := func() (found []struct{ Account, Requester struct{ Login string } }) {
		_, err := app.Do(t.Context(), trial.Must(app.NewRequest("GET", "app/installation-requests", nil))(t), &found)
		trial.OK(t, err)
		return found
	}
	srv.SignIn("bob")
	if status, page, _ := postForm(t, srv.URL+"/apps/concorde/installations", url.Values{"account": {"psf"}}); status != 200 || !strings.Contains(page, "Requested") {
		t.Errorf("%d %s", status, page)
	}
	if r := requests(); len(r) != 1 || r[0].Account.Login != "psf" || r[0].Requester.Login != "bob" || srv.InstallationID("psf") != 0 {
		t.Errorf("%+v", r)
	}
	srv.SignIn("dana")
	if _, page, _ := postForm(t, srv.URL+"/apps/concorde/installations", url.Values{"account": {"psf"}}); !strings.Contains(page, "Installed") {
		t.Error(page)
	}
	if r := requests(); len(r) != 0 || srv.InstallationID("psf") == 0 {
		t.Errorf("%+v", r)
	}
}

// "Update a webhook configuration for an app": only what is sent changes, the secret is never shown, and an address on this machine is
// refused (ultralisp#75).
func TestHookConfig(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{Hook: ghtest.Hook{URL: "https://old.example.org", Secret: "old"}})
	app := trial.AppClient(t, srv)
	c, _, err := app.Apps.UpdateHookConfig(t.Context(), &github.HookConfig{URL: github.String("https://new.example.org")})
	if err != nil || c.GetURL() != "https://new.example.org" || c.GetSecret() != "********" || c.GetContentType() != "json" || srv.WebhookSecret() != "old" {
		t.Errorf("%+v %v", c, err)
	}
	_, _, err = app.Apps.UpdateHookConfig(t.Context(), &github.HookConfig{Secret: github.String("new")})
	if trial.OK(t, err); srv.WebhookSecret() != "new" {
		t.Error(srv.WebhookSecret())
	}
	_, _, err = app.Apps.UpdateHookConfig(t.Context(), &github.HookConfig{URL: github.String("http://localhost/x")})
	if said, ok := errors.AsType[*github.ErrorResponse](err); !ok || said.Response.StatusCode != 422 || !strings.Contains(err.Error(), "public Internet") {
		t.Errorf("%v", err)
	}
	if c, _, err = app.Apps.GetHookConfig(t.Context()); err != nil || c.GetURL() != "https://new.example.org" {
		t.Errorf("%+v %v", c, err)
	}
}

// An App gets the events to which it subscribes, and those that come unasked ("Webhook events and payloads").
func TestEventsOfTheManifest(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{NoApp: true})
	repo := trial.Must(ghtest.NewCPython(srv))(t)
	createApp(t, srv)
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.Proxy("https://bot.example.org/webhook", rec.URL)
	srv.Install("python")
	trial.OpenPR(t, repo)
	trial.Must(repo.OpenIssue(ghtest.Issue{Title: "An issue", Author: "bob"}))(t)
	trial.Flush(t, srv)
	got := map[string]bool{}
	for _, d := range srv.Deliveries() {
		got[d.Event] = true
	}
	if !got["installation"] || !got["issues"] || !got["ping"] || got["pull_request"] {
		t.Errorf("%v", got)
	}
}
