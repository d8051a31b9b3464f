package snapshot

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// world is a GitHub with one repository, and an App that speaks to it.
type world struct {
	*ghtrial.World
	app hub
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
	w := ghtrial.NewWorld(t, change...)
	app, err := newHub(w.Cfg)
	trial.OK(t, err)
	return &world{w, app}
}

func (w *world) load(q Query) *pull.Request {
	w.T.Helper()
	r, err := w.app.Load(w.T.Context(), q)
	trial.OK(w.T, err)
	return r
}

func (w *world) apply(key pull.Key, a pull.Action) {
	w.T.Helper()
	trial.OK(w.T, w.app.Apply(w.T.Context(), 0, key, a))
}

// plain is an App before a server that mints tokens and leaves the rest to the handler.
func plain(t *testing.T, cfg gh.Config, handler http.HandlerFunc) (hub, *httptest.Server) {
	t.Helper()
	cfg, srv := ghtrial.Plain(t, cfg, handler)
	app, err := newHub(cfg)
	trial.OK(t, err)
	return app, srv
}

func all(*pull.Request, string) bool { return true }

func newPull(t *testing.T) (*world, pull.Key) {
	t.Helper()
	w := newWorld(t)
	return w, w.Open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n")})
}

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.T.Helper()
	sha := w.Backport(branch)
	s, err := w.app.OpenPull(w.T.Context(), 0, ghtrial.CPython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	trial.OK(w.T, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}
