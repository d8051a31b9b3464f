package snapshot

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
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
	*Loader
	*apply.Writer
}

func newHub(cfg gh.Config) (hub, error) {
	app, err := gh.New(cfg)
	if err != nil {
		return hub{}, err
	}
	loads, err := New(app)
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

func (w *world) load(q Query) *pull.Request {
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

func newPull(t *testing.T) (*world, pull.Key) {
	t.Helper()
	w := newWorld(t)
	return w, w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
}

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.t.Helper()
	sha := w.backport(branch)
	s, err := w.app.OpenPull(w.t.Context(), 0, cpython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}

var (
	gone      = reflect.TypeFor[*gh.Gone]()
	denied    = reflect.TypeFor[*gh.Denied]()
	rejected  = reflect.TypeFor[*gh.Rejected]()
	temporary = reflect.TypeFor[*gh.Temporary]()
)

func check(t *testing.T, name string, err error, want reflect.Type, says string) {
	t.Helper()
	known, ok := typed(err)
	if !ok || reflect.TypeOf(known) != want {
		t.Errorf("%s: want %v, got %T: %v", name, want, known, err)
		return
	}
	if text := err.Error(); !strings.Contains(text, says) || strings.Contains(text, "\n") || len(text) > 800 {
		t.Errorf("%s: text %q", name, text)
	}
}

// typed finds one of the errors that say what GitHub's answer means.
func typed(err error) (found error, is bool) {
	for _, as := range []func() bool{
		func() (ok bool) { found, ok = errors.AsType[*gh.Gone](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Limited](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Denied](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Unauthorized](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Rejected](err); return ok },
		func() (ok bool) { found, ok = errors.AsType[*gh.Temporary](err); return ok },
	} {
		if as() {
			return found, true
		}
	}
	return nil, false
}

// kinds names the types of errors, "" where there is none.
func kinds(faults []error) (all []string) {
	for _, err := range faults {
		kind := ""
		for _, k := range []any{new(*gh.Gone), new(*gh.Limited), new(*gh.Denied), new(*gh.Rejected), new(*gh.Temporary)} {
			if errors.As(err, k) {
				kind = strings.TrimPrefix(fmt.Sprintf("%T", k), "**gh.")
			}
		}
		if kind == "" && err != nil {
			kind = err.Error()
		}
		all = append(all, kind)
	}
	return all
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
