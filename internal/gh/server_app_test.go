package gh_test

import (
	"github.com/concorde-bot/concorde/internal/gh"

	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

var testKey = sync.OnceValue(func() []byte {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil
	}
	return pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
})

const testToken = "ghs_0123456789abcdefghijABCDEFGHIJ012345"

// plain is an App before a server that mints tokens and leaves the rest to the
// handler.
func plain(t *testing.T, cfg gh.Config, handler http.HandlerFunc) (hub, *httptest.Server) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v3/app/installations/{id}/access_tokens", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		fmt.Fprintf(w, `{"token":%q,"expires_at":%q}`, testToken, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	})
	mux.HandleFunc("/", handler)
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	cfg.AppID, cfg.PrivateKey, cfg.APIURL = 7, testKey(), srv.URL+"/api/v3"
	app, err := newHub(cfg)
	must(t, err)
	return app, srv
}

// answer writes JSON.
func answer(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	fmt.Fprint(w, body)
}

var (
	somePull   = pull.Key{Owner: "python", Repo: "cpython", Number: 1}
	someSHA    = strings.Repeat("ab", 20)
	someStatus = pull.SetStatus{SHA: someSHA, Status: pull.Status{Context: "c", State: pull.StatusSuccess, Description: "d"}}
)

// clock stands still until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// get reads something by the REST API.
func get(ctx context.Context, app *gh.App) error {
	c, err := app.Client(ctx, somePull, 1)
	if err != nil {
		return err
	}
	_, _, err = c.REST.Repositories.Get(ctx, c.About.Owner, c.About.Repo)
	return gh.Settle(err)
}
