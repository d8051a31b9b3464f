package ghtest_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bradleyfalzon/ghinstallation/v2"
	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

func newServer(t *testing.T, cfg ghtest.Config) *ghtest.Server {
	t.Helper()
	srv, err := ghtest.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
	})
	return srv
}

func newRepo(t *testing.T, srv *ghtest.Server, name string) *ghtest.Repo {
	t.Helper()
	repo, err := srv.Repo(name, ghtest.RepoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

// client is go-github with the token of the installation on an owner.
func client(t *testing.T, srv *ghtest.Server, owner string) *github.Client {
	t.Helper()
	tr, err := ghinstallation.New(http.DefaultTransport, srv.AppID(), srv.InstallationID(owner), srv.PrivateKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	tr.BaseURL = strings.TrimSuffix(srv.APIURL(), "/")
	return enterprise(t, srv, &http.Client{Transport: tr})
}

func appClient(t *testing.T, srv *ghtest.Server) *github.Client {
	t.Helper()
	tr, err := ghinstallation.NewAppsTransport(http.DefaultTransport, srv.AppID(), srv.PrivateKeyPEM())
	if err != nil {
		t.Fatal(err)
	}
	return enterprise(t, srv, &http.Client{Transport: tr})
}

func enterprise(t *testing.T, srv *ghtest.Server, hc *http.Client) *github.Client {
	t.Helper()
	c := github.NewClient(hc)
	u, err := url.Parse(srv.APIURL())
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = u
	return c
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// must is for calls that return a value.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		ok(t, err)
		return v
	}
}

// openPR opens a pull request from alice's fork that adds one file.
func openPR(t *testing.T, repo *ghtest.Repo) int {
	t.Helper()
	_, err := repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"Lib/os.py": ghtest.Text("import sys\n")}})
	ok(t, err)
	return must(repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Head: "alice:fix", Labels: []string{"type-bug"}}))(t)
}

// graphql posts a query and returns the whole answer.
func graphql(t *testing.T, srv *ghtest.Server, token, query string, vars map[string]any) map[string]any {
	t.Helper()
	data := must(json.Marshal(map[string]any{"query": query, "variables": vars}))(t)
	req := must(http.NewRequest(http.MethodPost, srv.GraphQLURL(), bytes.NewReader(data)))(t)
	req.Header.Set("Authorization", "bearer "+token)
	resp := must(http.DefaultClient.Do(req))(t)
	defer resp.Body.Close()
	var out map[string]any
	ok(t, json.NewDecoder(resp.Body).Decode(&out))
	return out
}

// at walks into decoded JSON: strings are keys, ints are indexes.
func at(v any, path ...any) any {
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}

// receiver is the far end of the webhooks.
type receiver struct {
	*httptest.Server
	mu       sync.Mutex
	events   []string // "event.action"
	payloads [][]byte
	headers  []http.Header
}

func newReceiver(t *testing.T, secret func() string) *receiver {
	t.Helper()
	rec := &receiver{}
	rec.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		mac := hmac.New(sha256.New, []byte(secret()))
		mac.Write(body)
		if err != nil || r.Header.Get("X-Hub-Signature-256") != "sha256="+hex.EncodeToString(mac.Sum(nil)) {
			http.Error(w, "bad signature", http.StatusUnauthorized)
			return
		}
		var p struct{ Action string }
		if err := json.Unmarshal(body, &p); err != nil {
			http.Error(w, "bad JSON", http.StatusBadRequest)
			return
		}
		rec.mu.Lock()
		defer rec.mu.Unlock()
		rec.events = append(rec.events, strings.TrimSuffix(r.Header.Get("X-GitHub-Event")+"."+p.Action, "."))
		rec.payloads, rec.headers = append(rec.payloads, body), append(rec.headers, r.Header)
		w.WriteHeader(http.StatusAccepted)
	}))
	t.Cleanup(rec.Close)
	return rec
}

func flush(t *testing.T, srv *ghtest.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	ok(t, srv.Flush(ctx))
}

func apiError(t *testing.T, err error, status int, message string) {
	t.Helper()
	var e *github.ErrorResponse
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an answer %d", err, status)
	}
	if e.Response.StatusCode != status || !strings.Contains(e.Message, message) {
		t.Fatalf("got %d %q, want %d %q", e.Response.StatusCode, e.Message, status, message)
	}
}
