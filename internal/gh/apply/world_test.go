package apply

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
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
	*snapshot.Loader
	*Writer
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
	writes, err := New(app, loads.Answered)
	return hub{app, loads, writes}, err
}

func newWorld(t *testing.T, change ...func(*ghtest.Config, *gh.Config)) *world {
	t.Helper()
	w := ghtrial.NewWorld(t, change...)
	app, err := newHub(w.Cfg)
	trial.OK(t, err)
	return &world{w, app}
}

func (w *world) load(q snapshot.Query) *pull.Request {
	w.T.Helper()
	r, err := w.app.Load(w.T.Context(), q)
	trial.OK(w.T, err)
	return r
}

func (w *world) apply(key pull.Key, a pull.Action) {
	w.T.Helper()
	trial.OK(w.T, w.app.Apply(w.T.Context(), 0, key, a))
}

const settingsPath = ".github/concorde.yml"
