package doctor

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
)

// patient is a GitHub, a database and a machine that are well until a test makes them
// ill.
type patient struct {
	*testing.T
	github  *ghtest.Server
	cpython *ghtest.Repo
	config  Config
	hook    func(http.ResponseWriter, *http.Request) // what answers webhooks
	app     gh.Config
}

func newPatient(t *testing.T) *patient {
	t.Helper()
	every := access.Choose(func(access.Permission) bool { return true })
	github, err := ghtest.New(ghtest.Config{Permissions: every})
	must(t, err)
	t.Cleanup(func() { must(t, github.Close()) })
	cpython, err := ghtest.NewCPython(github)
	must(t, err)
	p := &patient{T: t, github: github, cpython: cpython,
		hook: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }}
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { p.hook(w, r) }))
	t.Cleanup(bot.Close)
	github.Proxy(public, bot.URL)
	github.SetHook(ghtest.Hook{URL: public + "/webhook"})
	p.app = gh.Config{AppID: github.AppID(), PrivateKey: github.PrivateKeyPEM(), APIURL: github.APIURL(), ServerURL: github.URL,
		Log: zerolog.Nop()}
	settings := config.Preset()
	settings.Labels.Labeler = config.Off
	dir := t.TempDir()
	p.config = Config{
		ServerURL: github.URL, WebhookURL: public + "/webhook", Settings: settings, Now: time.Now, Limit: time.Minute,
		Labels: func(set config.Rules, o pull.Repository, now time.Time) []pull.LabelEdit {
			c := backport.Config{Settings: set.Backport, Calendar: func() *lifecycle.Calendar { return calendar(now) }}
			return c.Labels(o, now)
		},
		Calendar: func(context.Context) (*lifecycle.Calendar, error) { return calendar(time.Now()), nil },
		Progress: func(context.Context, *queue.Reader) ([]string, error) { return nil, nil },
		Secrets:  []Secret{{filepath.Join(dir, "key.pem"), "the private key"}},
		Database: func(ctx context.Context) (*queue.Reader, error) {
			return queue.OpenReader(ctx, filepath.Join(dir, "concorde.db"), time.Now)
		},
		Dirs: []Dir{{Path: dir, Use: "backports", Needs: 1}},
	}
	q, err := queue.Open(t.Context(), queue.Config{Database: filepath.Join(dir, "concorde.db"),
		Work: func(context.Context, queue.Job) error { return nil }})
	must(t, err)
	t.Cleanup(func() { must(t, q.Stop(context.Background())) })
	must(t, os.WriteFile(p.config.Secrets[0].Path, []byte("key"), 0o600))
	must(t, cpython.SetLabel(ghtest.Label{Name: "invalid"}))
	p.dress()
	return p
}

// dress gives the labels for backports what their branches' phases want.
func (p *patient) dress() {
	p.Helper()
	app, err := gh.New(p.app)
	must(p, err)
	key := pull.Key{Owner: "python", Repo: "cpython"}
	loads, err := snapshot.New(app)
	must(p, err)
	writes, err := apply.New(app, loads.Answered)
	must(p, err)
	seen, err := loads.Repository(p.Context(), snapshot.RepositoryQuery{Key: key})
	must(p, err)
	for _, e := range p.config.Labels(p.config.Settings.Rules, seen, time.Now()) {
		must(p, writes.EditLabel(p.Context(), 0, key, e))
	}
}

// calendar has 3.10 to 3.15 in their maintenance, and 3.16 under development, whatever
// the day.
func calendar(now time.Time) *lifecycle.Calendar {
	type release struct {
		Stage string `json:"stage"`
		State string `json:"state"`
		Date  string `json:"date"`
	}
	metadata, releases := map[string]map[string]string{}, map[string][]release{}
	day := func(t time.Time) string { return t.Format(time.DateOnly) }
	for minor := 10; minor <= 16; minor++ {
		version, first := fmt.Sprint("3.", minor), now.AddDate(minor-15, -1, 0)
		metadata[version] = map[string]string{
			"status": "bugfix", "start_of_development": day(first.AddDate(-1, -5, 0)), "feature_freeze": day(first.AddDate(0, -5, 0)),
			"first_release": day(first),
			"end_of_bugfix": day(first.AddDate(2, 0, 0)), "end_of_life": day(first.AddDate(9, 0, 0)),
		}
		state := "actual"
		if first.After(now) {
			state = "expected"
		}
		releases[version] = []release{{fmt.Sprintf("3.%d.0 final", minor), state, day(first)}}
	}
	text, err := json.Marshal(map[string]any{"metadata": metadata, "releases": releases})
	if err == nil {
		var c *lifecycle.Calendar
		if c, err = lifecycle.Parse(nil, text); err == nil {
			return c
		}
	}
	panic(err)
}

// examine makes the checks after GitHub has sent its webhooks.
func (p *patient) examine() Report {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), time.Minute)
	defer cancel()
	must(p, p.github.Flush(ctx))
	if p.app.AppID != 0 {
		app, err := gh.New(p.app)
		must(p, err)
		p.config.GitHub = app
	}
	return Examine(p.Context(), p.config)
}

// find is the first finding of a check that isn't good, or else the first one.
func (r Report) find(check string) (found Finding) {
	for _, f := range r.Findings {
		if f.Check == check && (found.Check == "" || found.State == OK) {
			found = f
		}
	}
	return found
}

func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %s: %s → %s\n", f.State, f.Check, f.Subject, f.Text, f.Cure)
	}
	return b.String()
}

// slow lets checks wait for a second only: what they wait for never comes.
func (p *patient) slow(checks ...string) {
	p.config.limits = map[string]time.Duration{}
	for _, name := range checks {
		p.config.limits[name] = time.Second
	}
}

func (p *patient) fault(f ghtest.Fault) { p.Helper(); must(p, p.github.Fault(f)) }

// answers has a webhook sent that is answered so.
func (p *patient) answers(status int) {
	p.hook = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
	p.github.Ping()
}

// lacks takes permissions from the App, and the events that need them.
func (p *patient) lacks(names ...string) {
	has := access.Choose(func(access.Permission) bool { return true })
	for _, name := range names {
		delete(has, name)
	}
	p.github.SetApp(has, events(has))
}

func events(permissions map[string]string) (names []string) {
	for _, e := range access.Events(permissions) {
		names = append(names, e.Name)
	}
	return names
}

func (p *patient) push(path, text string) {
	p.Helper()
	_, err := p.cpython.Push("main", ghtest.Commit{Message: "m", Author: "dana", Files: map[string]ghtest.File{path: ghtest.Text(text)}})
	must(p, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
