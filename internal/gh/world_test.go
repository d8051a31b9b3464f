package gh_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

const everything = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes | pull.Events | pull.Reviews | pull.Merging |
	pull.Comments | pull.Opinions | pull.Mentions

// world is a GitHub with one repository, and an App that speaks to it.
type world struct {
	t    *testing.T
	srv  *ghtest.Server
	repo *ghtest.Repo
	app  hub
	cfg  gh.Config
}

// hub loads and writes as an App.
type hub struct {
	*gh.App
	*snapshot.Loader
	*apply.Writer
}

func newHub(cfg gh.Config) (hub, error) {
	app, err := gh.New(cfg)
	if err != nil {
		return hub{}, err
	}
	loads, err := snapshot.New(app)
	if err != nil {
		return hub{}, err
	}
	writes, err := apply.New(app, loads.Answered)
	return hub{app, loads, writes}, err
}

func newWorld(t *testing.T, change ...func(*ghtest.Config, *gh.Config)) *world {
	t.Helper()
	sc, cfg := ghtest.Config{Dir: t.TempDir()}, gh.Config{Timeout: time.Minute}
	for _, c := range change {
		c(&sc, &cfg)
	}
	srv, err := ghtest.New(sc)
	must(t, err)
	t.Cleanup(func() { must(t, srv.Close()) })
	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"README.rst": ghtest.Text("Python\n")}})
	must(t, err)
	cfg.AppID, cfg.PrivateKey, cfg.APIURL = srv.AppID(), srv.PrivateKeyPEM(), srv.APIURL()
	app, err := newHub(cfg)
	must(t, err)
	return &world{t: t, srv: srv, repo: repo, app: app, cfg: cfg}
}

// open makes a pull request of one commit from alice's fork.
func (w *world) open(files map[string]ghtest.File) pull.Key {
	w.t.Helper()
	_, err := w.repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Author: "alice", Files: files})
	must(w.t, err)
	n, err := w.repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Body: "Body", Author: "alice", Head: "alice:fix"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}
}

func (w *world) load(q snapshot.Query) *pull.Request {
	w.t.Helper()
	r, err := w.app.Load(w.t.Context(), q)
	must(w.t, err)
	return r
}

func (w *world) apply(key pull.Key, a pull.Action) {
	w.t.Helper()
	must(w.t, w.app.Apply(w.t.Context(), 0, key, a))
}

func (w *world) pr(key pull.Key) ghtest.PRState {
	w.t.Helper()
	st, err := w.repo.PR(key.Number)
	must(w.t, err)
	return st
}

func (w *world) fault(f ghtest.Fault) {
	w.t.Helper()
	must(w.t, w.srv.Fault(f))
}

// sent counts the requests but for those of authentication.
func (w *world) sent() int {
	n := 0
	for _, r := range w.srv.Requests() {
		if !strings.HasSuffix(r.Path, "/access_tokens") && !strings.HasSuffix(r.Path, "/installation") {
			n++
		}
	}
	return n
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// as is err as one of the types of this package, or the end of the test.
func as[E error](t testing.TB, err error) E {
	t.Helper()
	e, ok := errors.AsType[E](err)
	if !ok {
		t.Fatalf("want %T, got %T: %v", e, err, err)
	}
	return e
}

func all(*pull.Request, string) bool { return true }

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.t.Helper()
	sha := w.backport(branch)
	s, err := w.app.OpenPull(w.t.Context(), 0, cpython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}

const settingsPath = ".github/concorde.yml"

func looksAt(l pull.Looks) func(*pull.Request) pull.Looks {
	return func(*pull.Request) pull.Looks { return l }
}

var cpython = pull.Key{Owner: "python", Repo: "cpython"}

// backport pushes a branch of the repository itself, as an engine does.
func (w *world) backport(branch string) (sha string) {
	w.t.Helper()
	sha, err := w.repo.Push(branch, ghtest.Commit{Message: "Fix it", Author: "alice",
		Files: map[string]ghtest.File{"fix.txt": ghtest.Text(branch)}})
	must(w.t, err)
	return sha
}

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
