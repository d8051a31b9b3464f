package gh_test

import (
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"

	"errors"
	"strings"
	"testing"
	"time"

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
