package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
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
	"github.com/concorde-bot/concorde/internal/suite"
	"github.com/concorde-bot/concorde/internal/webhook"
)

const latency = 300 * time.Millisecond // of a request; those of a run come one after the other

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
		Entries: around.entries, Log: zerolog.Nop(), Now: d.clock,
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

// open makes pull requests of which nobody saw anything yet.
func (d *day) open(count int) (numbers []int) {
	d.Helper()
	for i := range count {
		head := fmt.Sprintf("eric:work-%d", i)
		file := fmt.Sprintf("Lib/work%d.py", i)
		if i%20 == 0 {
			file = "Lib/shared.py" // conflicts with what comes into main
		}
		_, err := d.cpython.Push(head, ghtest.Commit{Message: "Work", Files: map[string]ghtest.File{file: ghtest.Text(head)}})
		d.must(err)
		number, err := d.cpython.OpenPR(ghtest.PR{Title: fmt.Sprintf("gh-140000: Work %d", i), Author: "eric", Head: head, Association: "MEMBER"})
		d.must(err)
		numbers = append(numbers, number)
	}
	d.flush()
	d.agenda.forget() // the bot was not there yet
	return numbers
}

// TestBranchDayStaysInsideTheLimits plays four hours in which all comes together:
// a first sweep, all of whose pull requests need something; a branch day, with
// conflicts in each twentieth of them; and one account that gives 300 commands in
// four minutes. GitHub must refuse nothing, and what happens to other pull requests
// meanwhile, twice a minute, must be worked within five seconds.
func TestBranchDayStaysInsideTheLimits(t *testing.T) {
	t.Parallel()
	some := [3]int{120, 60, 1}
	size := suite.Sizes[[3]int]{Normal: some, Long: some, Full: [3]int{3000, 300, 4}}.Size()
	open, comments, hours := size[0], size[1], size[2]
	settings := config.Preset()
	settings.Sweep.MaxWrites, settings.Conflicts.Mode = 100_000, config.On // as an operator who wants all of it
	d := newDay(t, settings)
	numbers := d.open(open)
	talked, bystanders := numbers[1], numbers[2:12]
	began := d.clock()
	d.must(d.reconciler.Sweep(t.Context()))
	for second := range hours * 3600 {
		at := began.Add(time.Duration(second) * time.Second)
		d.run(at)
		switch {
		case second%3600 == 3599:
			d.must(d.reconciler.Sweep(t.Context()))
		case second == 900:
			d.branchDay()
		case second%30 == 29:
			d.bystand(bystanders[second/30%len(bystanders)], second)
		}
		if talking := second - 1200; talking >= 0 && talking < 240 {
			for n := talking * comments / 240; n < (talking+1)*comments/240; n++ {
				_, err := d.cpython.Comment(talked, "mallory", fmt.Sprintf("@%s why %d", strings.TrimSuffix(d.github.BotLogin(), "[bot]"), n))
				d.must(err)
			}
			d.flush()
		}
	}
	d.run(began.Add(time.Duration(hours)*time.Hour + 10*time.Second))
	d.judge(hours * 118)
	d.Logf("%d open; %d runs for %d comments; %d pages of conflicts; %d keys wait", open, d.runs[fmt.Sprintf("python/cpython#%d", talked)],
		comments, d.pages, len(d.agenda.waiting()))
	d.played(open, talked)
}

// played checks that all came about that the limits were kept in.
func (d *day) played(open, talked int) {
	d.Helper()
	state, err := d.agenda.Get(d.Context(), "sweep/python/cpython")
	d.must(err)
	var sweep struct {
		Recent  time.Time
		Running any
	}
	d.must(json.Unmarshal(state, &sweep))
	if sweep.Recent.IsZero() || d.pages < open/100 {
		d.Errorf("the first sweep did not end, or there were %d pages of conflicts: %s", d.pages, state)
	}
	pr, err := d.cpython.PR(talked)
	d.must(err)
	answers := 0
	for _, c := range pr.Comments {
		if c.Author == d.github.BotLogin() {
			answers++
		}
	}
	if answers < 10 {
		d.Errorf("%d answers to commands", answers)
	}
}

func (d *day) branchDay() {
	_, err := d.cpython.Push("main", ghtest.Commit{Message: "The branch is cut",
		Files: map[string]ghtest.File{"Lib/shared.py": ghtest.Text("cut")}})
	d.must(err)
	_, err = d.cpython.Push("3.16", ghtest.Commit{Message: "3.16", From: "main",
		Files: map[string]ghtest.File{"README.rst": ghtest.Text("3.16")}})
	d.must(err)
	d.flush()
}

// bystand does something to another pull request: the title gets another issue.
func (d *day) bystand(number, second int) {
	d.must(d.cpython.EditTitle(number, fmt.Sprintf("gh-14000%d: Work %d", second%3, second)))
	d.changed[fmt.Sprintf("python/cpython#%d", number)] = d.clock()
	d.flush()
}
