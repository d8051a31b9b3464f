package web

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
	"github.com/concorde-bot/concorde/internal/suite"
)

func TestMain(m *testing.M) { os.Exit(suite.Tests{M: m}.Run()) }

// at is the time of the tests.
var at = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// nobody works.
func nobody(context.Context, queue.Job) error { return nil }

// site is pages over a database.
type site struct {
	testing.TB
	now    time.Time // of all clocks
	queue  *queue.Queue
	pages  *Pages
	log    strings.Builder
	health Health

	settings Settings
	missed   Missed
	branches []Branch
	life     LifeCycle
	releases []Release
	checked  Checked
}

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{TB: t, now: at}
	now := func() time.Time { return s.now }
	database := filepath.Join(t.TempDir(), "bot.db")
	var err error
	s.queue, err = queue.Open(t.Context(), queue.Config{Database: database, Now: now, Work: nobody, Log: zerolog.Nop()})
	s.ok(err)
	t.Cleanup(func() { s.ok(s.queue.Stop(t.Context())) })
	reader, err := queue.OpenReader(t.Context(), database, now)
	s.ok(err)
	t.Cleanup(func() { s.ok(reader.Close()) })
	s.pages, err = New(Config{
		Store: reader, Health: func() Health { return s.health }, Version: "v1.2.3", ServerURL: "https://github.example",
		Acts: func(owner, _ string) bool { return strings.EqualFold(owner, "python") }, Log: zerolog.New(&s.log), Now: now,
		State: func(context.Context, pull.Key) (State, error) {
			return State{Swept: at.Add(-time.Hour), Left: 3, Budget: 83}, nil
		},
		Missed:   func(context.Context) (Missed, error) { return s.missed, nil },
		Settings: func(context.Context, pull.Key) (Settings, error) { return s.settings, nil },
		Try: func(_ context.Context, _ pull.Key, trial Trial) ([]pull.Wanted, error) {
			return []pull.Wanted{{What: "docs", Why: strings.Join(trial.Files, "+") + trial.Title}}, nil
		},
		Branches: func(context.Context, pull.Key, []pull.Brief) ([]Branch, error) { return s.branches, nil },
		Stages: func(context.Context, pull.Key) ([]Stage, error) {
			return []Stage{{"awaiting review", "triagers"}, {"awaiting changes", Author}, {"awaiting merge", "core developers"}}, nil
		},
		LifeCycle: func(context.Context, pull.Key) (LifeCycle, error) { return s.life, nil },
		Releases:  func(context.Context, pull.Key) ([]Release, error) { return slices.Clone(s.releases), nil },
		Checked:   func(context.Context, pull.Key) (Checked, error) { return s.checked, nil },
		Rules:     []Rule{{Name: "news", About: "Checks entries.", Owns: []string{"bedevere/news"}}},
		Commands:  []Command{{Name: "why", Who: "anyone", Does: "Says why.", Example: "why"}},
	})
	s.ok(err)
	return s
}

func (s *site) ok(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// see stores a view, as a run does.
func (s *site) see(repository string, v pull.View) {
	s.Helper()
	brief, err := json.Marshal(v.Brief)
	s.ok(err)
	detail, err := json.Marshal(v)
	s.ok(err)
	s.ok(s.queue.PutView(s.Context(), queue.View{Group: repository, Number: v.Number, Class: string(v.State), At: v.Seen, Brief: brief,
		Detail: detail}))
}

// write adds to the audit log.
func (s *site) write(key string, e pull.LogEntry) {
	s.Helper()
	entry, err := json.Marshal(e)
	s.ok(err)
	s.ok(s.queue.Log(s.Context(), key, entry))
}

// get asks for a page, as a browser on this machine.
func (s *site) get(path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	s.Helper()
	r := httptest.NewRequest("GET", path, nil)
	r.Host = "localhost:8081"
	for _, c := range change {
		c(r)
	}
	w := httptest.NewRecorder()
	s.pages.ServeHTTP(w, r)
	return w
}

// shows checks a page's status, and that it has some texts.
func (s *site) shows(path string, status int, texts ...string) string {
	s.Helper()
	w := s.get(path)
	if w.Code != status {
		s.Errorf("%s: %d, want %d: %s", path, w.Code, status, w.Body)
	}
	for _, text := range texts {
		if !strings.Contains(w.Body.String(), text) {
			s.Errorf("%s lacks %q:\n%s", path, text, w.Body)
		}
	}
	return w.Body.String()
}

// predict stores a prediction.
func (s *site) predict(key string, r shadow.Record) {
	s.Helper()
	value, err := r.Stored()
	s.ok(err)
	s.ok(s.queue.Predict(s.Context(), queue.Prediction{Key: key, Thing: r.Thing, At: at, Value: value}))
}

// markup is what strangers may write wherever they can.
const markup = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>`

// hostile is a pull request that is markup wherever a stranger can write.
func hostile(number int) pull.View {
	marks := []pull.Mark{{Name: markup, Value: "failure: " + markup, URL: "javascript:alert(1)", By: markup, Rule: markup, Why: markup,
		Since: at}}
	return pull.View{Brief: pull.Brief{Number: number, Title: markup, Author: markup, State: pull.Open, Base: markup, Branch: markup,
		Fork:   markup,
		Labels: marks, Seen: at, Related: []pull.Related{{Branch: markup, State: markup, Why: markup}}},
		Statuses: marks, Wants: []pull.Wanted{{Rule: markup, What: markup, Why: markup}}, Plan: []pull.Wanted{{Rule: markup, What: markup}},
		Fault: markup}
}
