package api_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-github/v60/github"
)

func TestJWT(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	key := trial.Must(rsa.GenerateKey(rand.Reader, 1024))(t)
	other := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	now, id := float64(time.Now().Unix()), srv.AppID()
	good := map[string]any{"iss": id, "iat": now - 30, "exp": now + 300}
	with := func(key string, value any) map[string]any {
		c := map[string]any{}
		for k, v := range good {
			c[k] = v
		}
		c[key] = value
		if value == nil {
			delete(c, key)
		}
		return c
	}
	for _, c := range []struct {
		name, token string
		status      int
		message     string
	}{
		{"good", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", good), 200, ""},
		{"issuer as text", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("iss", "2")), 200, ""},
		{"none", "", 401, "could not be decoded"},
		{"wrong key", trial.JWT(t, other, "RS256", good), 401, "could not be decoded"},
		{"wrong algorithm", trial.JWT(t, srv.PrivateKeyPEM(), "HS256", good), 401, "could not be decoded"},
		{"garbage", "eyJ.e.x", 401, "could not be decoded"},
		{"expired", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("exp", now-1)), 401, "'exp'"},
		{"too long", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("exp", now+3600)), 401, "too far in the future"},
		{"no exp", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("exp", nil)), 401, "'exp'"},
		{"issued later", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("iat", now+200)), 401, "'iat'"},
		{"wrong issuer", trial.JWT(t, srv.PrivateKeyPEM(), "RS256", with("iss", id+1)), 404, "Integration not found"},
	} {
		req := trial.Must(http.NewRequest(http.MethodGet, srv.APIURL()+"app", nil))(t)
		if c.token != "" {
			req.Header.Set("Authorization", "Bearer "+c.token)
		}
		resp := trial.Must(http.DefaultClient.Do(req))(t)
		var out struct{ Message, Status string }
		trial.OK(t, json.NewDecoder(resp.Body).Decode(&out))
		trial.OK(t, resp.Body.Close())
		if resp.StatusCode != c.status || !strings.Contains(out.Message, c.message) {
			t.Errorf("%s: got %d %q, want %d %q", c.name, resp.StatusCode, out.Message, c.status, c.message)
		}
	}
	if id != 2 {
		t.Errorf("the App is %d, and one case above needs 2", id)
	}
}

// An installation token dies after an hour of the server's clock, when revoked, and when the App is uninstalled.
func TestTokens(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.Repo(t, srv, "python/cpython")
	trial.Repo(t, srv, "python/peps")
	trial.Repo(t, srv, "pypa/pip")
	ctx, app := context.Background(), trial.AppClient(t, srv)
	mint := func(o *github.InstallationTokenOptions) (*github.Client, *github.InstallationToken) {
		t.Helper()
		tok, _, err := app.Apps.CreateInstallationToken(ctx, srv.InstallationID("python"), o)
		trial.OK(t, err)
		return trial.Enterprise(t, srv, github.NewClient(nil).WithAuthToken(tok.GetToken()).Client()), tok
	}
	gh, tok := mint(nil)
	if left := time.Until(tok.GetExpiresAt().Time); left < 59*time.Minute || left > time.Hour {
		t.Errorf("the token lives for %v", left)
	}
	_, _, err := gh.Repositories.Get(ctx, "python", "cpython")
	trial.OK(t, err)
	_, _, err = gh.Repositories.Get(ctx, "pypa", "pip")
	trial.WantError(t, err, 404, "Not Found")
	srv.Advance(time.Hour)
	_, _, err = gh.Repositories.Get(ctx, "python", "cpython")
	trial.WantError(t, err, 401, "Bad credentials")
	srv.Advance(-time.Hour)

	narrow, tok := mint(&github.InstallationTokenOptions{Repositories: []string{"cpython"}, Permissions: &github.InstallationPermissions{Metadata: github.String("read"), Contents: github.String("read")}})
	if len(tok.Repositories) != 1 || tok.GetPermissions().GetContents() != "read" {
		t.Errorf("the narrow token is %v", tok)
	}
	_, _, err = narrow.Repositories.Get(ctx, "python", "peps")
	trial.WantError(t, err, 404, "Not Found")
	_, _, err = narrow.Issues.CreateComment(ctx, "python", "cpython", 1, &github.IssueComment{Body: github.String("x")})
	trial.WantError(t, err, 403, "Resource not accessible by integration")
	_, _, err = app.Apps.CreateInstallationToken(ctx, srv.InstallationID("python"), &github.InstallationTokenOptions{Permissions: &github.InstallationPermissions{Administration: github.String("write")}})
	trial.WantError(t, err, 422, "not granted")
	_, _, err = app.Apps.CreateInstallationToken(ctx, srv.InstallationID("python"), &github.InstallationTokenOptions{Repositories: []string{"pip"}})
	trial.WantError(t, err, 422, "does not exist or is not accessible")

	srv.RevokeTokens()
	_, _, err = narrow.Repositories.Get(ctx, "python", "cpython")
	trial.WantError(t, err, 401, "Bad credentials")
	fresh, _ := mint(nil)
	srv.Uninstall("python")
	_, _, err = fresh.Repositories.Get(ctx, "python", "cpython")
	trial.WantError(t, err, 401, "Bad credentials")
	_, _, err = app.Apps.FindRepositoryInstallation(ctx, "python", "cpython")
	trial.WantError(t, err, 404, "Not Found")
}

// TestSuspended: a suspended installation is listed with the time, gets no token, and
// those that it has are refused; nothing of its account is told until it goes on.
func TestSuspended(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	srv.Rearrange(func([]ghtest.Delivery) []ghtest.Delivery { return nil })
	rec := trial.NewReceiver(t, srv.WebhookSecret)
	srv.SetHook(ghtest.Hook{URL: rec.URL})
	ctx, app, bot := context.Background(), trial.AppClient(t, srv), trial.Client(t, srv, "python")
	_, _, err := bot.PullRequests.Get(ctx, "python", "cpython", number) // it has a token now
	trial.OK(t, err)
	srv.Suspend("python")
	srv.Suspend("python")
	_, _, err = bot.PullRequests.Get(ctx, "python", "cpython", number)
	trial.WantError(t, err, 403, "This installation has been suspended")
	_, _, err = app.Apps.CreateInstallationToken(ctx, srv.InstallationID("python"), nil)
	trial.WantError(t, err, 403, "This installation has been suspended")
	all, _, err := app.Apps.ListInstallations(ctx, nil)
	trial.OK(t, err)
	if len(all) != 1 || all[0].SuspendedAt == nil || all[0].SuspendedBy == nil {
		t.Errorf("installations %v", all)
	}
	trial.OK(t, repo.EditTitle(number, "gh-2: Unseen"))
	trial.OK(t, srv.Team("python", "core", "dana"))
	srv.Unsuspend("python")
	_, _, err = bot.PullRequests.Get(ctx, "python", "cpython", number)
	trial.OK(t, err)
	trial.Flush(t, srv)
	if d := cmp.Diff([]string{"installation.suspend", "installation.unsuspend"}, rec.Events); d != "" {
		t.Errorf("events (-want +got):\n%s", d)
	}
}

func TestPermissions(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	trial.OK(t, srv.SetPermissions("python", map[string]string{"metadata": "read", "pull_requests": "read"}))
	ctx, gh := context.Background(), trial.Client(t, srv, "python")
	_, _, err := gh.PullRequests.Get(ctx, "python", "cpython", number)
	trial.OK(t, err)
	_, _, err = gh.Issues.AddLabelsToIssue(ctx, "python", "cpython", number, []string{"x"})
	trial.WantError(t, err, 403, "Resource not accessible by integration")
	_, _, err = gh.Repositories.CreateStatus(ctx, "python", "cpython", repo.Ref("main"), &github.RepoStatus{State: github.String("success")})
	trial.WantError(t, err, 403, "Resource not accessible by integration")
	app := trial.AppClient(t, srv)
	tok, _, err := app.Apps.CreateInstallationToken(ctx, srv.InstallationID("python"), nil)
	trial.OK(t, err)
	out := trial.GraphQL(t, srv, tok.GetToken(), `{repository(owner:"python",name:"cpython"){name object(expression:"HEAD"){oid}}}`, nil)
	if trial.At(out, "errors", 0, "type") != "FORBIDDEN" || trial.At(out, "data", "repository", "name") != "cpython" || trial.At(out, "data", "repository", "object") != nil {
		t.Errorf("without contents: %v", out)
	}
	anonymous := trial.Enterprise(t, srv, nil)
	_, _, err = anonymous.PullRequests.Get(ctx, "python", "cpython", number)
	trial.OK(t, err)
	_, _, err = anonymous.Issues.AddLabelsToIssue(ctx, "python", "cpython", number, []string{"x"})
	trial.WantError(t, err, 401, "Requires authentication")
}
