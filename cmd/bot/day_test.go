package main

import (
	"context"
	"errors"
	"net/http/httptest"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport/pick"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/webhook"
)

// day is a bot before a GitHub that enforces its documented limits, both by a
// clock that the day moves. Webhooks, loading and writing are real; a run takes as
// long as its requests.
type day struct {
	*testing.T
	github     *ghtest.Server
	cpython    *ghtest.Repo
	agenda     *agenda
	reconciler *reconcile.Reconciler
	database   string
	hooks      string                 // where the bot receives webhooks
	busy       [workers / 4]time.Time // until when each of those that one repository gets is

	mu      sync.Mutex
	now     time.Time
	spent   []spending
	refused []string

	failing bool                 // GitHub is; what fails comes again
	runs    map[string]int       // with requests, by key
	pages   int                  // of open pull requests and whether they conflict
	changed map[string]time.Time // when something happened to a bystander that was not worked yet
	slowest time.Duration
	worked  int
}

func newDay(t *testing.T, settings *config.Config) *day {
	t.Helper()
	return newDayOn(t, settings, filepath.Join(t.TempDir(), "concorde.db"))
}

func newDayOn(t *testing.T, settings *config.Config, database string) *day {
	t.Helper()
	known := builtin()
	return newDayBy(t, settings, database, func(time.Time) *lifecycle.Calendar { return known() })
}

// newDayBy is a day by a calendar that may change.
func newDayBy(t *testing.T, settings *config.Config, database string, calendar func(time.Time) *lifecycle.Calendar) *day {
	t.Helper()
	d := &day{
		database: database, T: t, now: time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC),
		changed: map[string]time.Time{}, runs: map[string]int{},
	}
	d.github, d.cpython = newGitHub(t, ghtest.Config{Now: d.clock, Observe: d.observe, ContentPerMinute: 80, ContentPerHour: 500,
		PointsPerMinute: 900})
	d.agenda = newAgenda(t, d.database, d.clock)
	app, err := gh.New(gh.Config{
		AppID: d.github.AppID(), PrivateKey: d.github.PrivateKeyPEM(), APIURL: d.github.APIURL(), ServerURL: d.github.URL,
		WritesPerMinute: 80, Now: d.clock, Wait: d.wait,
	})
	d.must(err)
	github, err := connected(app)
	d.must(err)
	_, err = github.Verify(t.Context())
	d.must(err)
	engine, err := git.NewEngine(git.EngineConfig{Dir: filepath.Join(t.TempDir(), "picks"), FetchTime: time.Minute, PickTime: time.Minute,
		PushTime: time.Minute, Now: time.Now, Log: zerolog.Nop()})
	d.must(err)
	around := surroundings{settings, func() *lifecycle.Calendar { return calendar(d.clock()) }, d.github.URL}
	d.reconciler, err = reconcile.New(reconcile.Config{
		Settings: settings, GitHub: app, Loads: github.loads, Writes: github.writes, Store: d.agenda, Rules: around.rules, Labels: around.labels,
		Entries: around.entries, Freezes: around.freezes, Log: zerolog.Nop(), Now: d.clock,
		Picker: &pick.Picker{GitHub: app, Loads: github.loads, Engine: engine, Now: d.clock},
	})
	d.must(err)
	hooks, err := webhook.New(webhook.Config{
		Secrets: [][]byte{[]byte(d.github.WebhookSecret())}, Store: d.agenda, AppID: d.github.AppID(), Login: github.Login,
		People: d.reconciler.PeopleChanged, Now: d.clock,
	})
	d.must(err)
	server := httptest.NewServer(hooks)
	t.Cleanup(server.Close)
	d.hooks = server.URL
	d.github.SetHook(ghtest.Hook{URL: d.hooks})
	return d
}

func (d *day) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

func (d *day) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// wait lets time pass inside a request.
func (d *day) wait(_ context.Context, pause time.Duration) error {
	d.until(d.clock().Add(pause))
	return nil
}

func (d *day) until(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if at.After(d.now) {
		d.now = at
	}
}

// flush lets GitHub send what happened, which stands in the agenda then.
func (d *day) flush() {
	d.Helper()
	flush(d.T, d.github)
}

// run works what is due before a time, each key on the worker that is free first.
func (d *day) run(before time.Time) {
	d.Helper()
	for {
		key, at := d.agenda.next()
		worker := 0
		for i := range d.busy {
			if d.busy[i].Before(d.busy[worker]) {
				worker = i
			}
		}
		if at.Before(d.busy[worker]) {
			at = d.busy[worker]
		}
		if key == "" || !at.Before(before) {
			d.until(before)
			return
		}
		d.until(at)
		job, before := d.agenda.begin(key), d.sent()
		happened, watched := d.changed[key]
		outcome := d.reconciler.Run(d.Context(), job)
		requests := d.sent() - before
		if requests > 0 {
			d.runs[key]++
		}
		end := d.clock().Add(time.Duration(requests) * latency)
		d.busy[worker] = end
		if err := d.agenda.finish(job, end, outcome); err != nil {
			d.fails(job, end, err)
		}
		if watched && outcome == nil {
			delete(d.changed, key)
			d.worked++
			d.slowest = max(d.slowest, end.Sub(happened))
		}
		d.flush()
	}
}

// fails takes a run that ended in an error.
func (d *day) fails(job queue.Job, end time.Time, err error) {
	d.Helper()
	var over *queue.GiveUp
	switch {
	case !d.failing:
		d.Errorf("%s: %v", job.Key, err)
	case !errors.As(err, &over): // else the next event comes to it, as to a merge that is made already
		d.agenda.retry(job, end)
	}
}

// rest works all that has to be done, however long GitHub has it wait.
func (d *day) rest() {
	d.Helper()
	d.flush()
	for limit := d.clock().Add(24 * time.Hour); len(d.agenda.waiting()) > 0; {
		if d.clock().After(limit) {
			d.Fatalf("a day later there is still something to do: %q", d.agenda.waiting())
		}
		d.run(d.clock().Add(time.Minute))
	}
}
