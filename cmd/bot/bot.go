package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/rs/zerolog"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport/pick"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle/feed"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/setup"
	"github.com/concorde-bot/concorde/internal/web"
	"github.com/concorde-bot/concorde/internal/webhook"
	"github.com/concorde-bot/concorde/internal/webhook/missed"
)

const (
	// stopTime is how long running work may take to end after SIGTERM. What is cut off
	// runs again after the next start, so it's well below the 10 seconds after which
	// container runtimes kill.
	stopTime = 5 * time.Second
	// sweepEvery is how often sweeps are requested.
	sweepEvery = time.Hour
	// cleanEvery is how often files of killed processes are removed.
	cleanEvery = time.Hour
)

const (
	// runTime is the longest run of a key: a load and a pick, which is made twice if the
	// first push lacked the permission for workflows. Each of them ends before that.
	runTime                       = 5 * time.Minute
	fetchTime, pickTime, pushTime = 50 * time.Second, 30 * time.Second, 30 * time.Second
)

// workers is how many keys run at once. One repository gets a quarter of them, so at
// most four of the largest pull requests that strangers can open are in memory at a
// time.
const workers = 16

// memoryLimit is when the garbage collector starts working harder, in bytes, unless
// GOMEMLIMIT is set.
const memoryLimit = 120 << 20

// bot is the running program.
type bot struct {
	*serveCmd
	log        zerolog.Logger
	registry   *prometheus.Registry
	github     connection
	queue      *queue.Queue
	engine     *git.Engine
	calendar   *feed.Feed
	reconciler *reconcile.Reconciler
	hooks      *webhook.Handler
	missed     *missed.Finder
	front      *front
	pages      *front             // nil: none
	site       *web.Pages         // what answers there
	reader     *queue.Reader      // of the pages
	wizard     *setup.Wizard      // nil: the setup is finished
	asking     singleflight.Group // for health
}

// newBot connects the parts, starting with GitHub. After an error, what it opened stays
// open until the process ends, but no files of picks stay.
func newBot(s streams, c *serveCmd, settings *config.Config) (made *bot, err error) {
	b := &bot{serveCmd: c, log: newLog(s.stderr, c.LogLevel), registry: prometheus.NewRegistry()}
	defer func() {
		if err != nil && b.engine != nil { // nothing of its directory stays
			err = errors.Join(err, b.engine.Close())
		}
	}()
	b.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	app, err := b.connect(s)
	if err != nil {
		return nil, misuse(err)
	}
	b.queue, err = queue.Open(s.ctx, queue.Config{
		Database: c.Database, Settle: c.Settle, Workers: workers, Party: party, JobTimeout: runTime, KeepLog: c.KeepLog,
		Work: b.work, Replicas: b.github.Share, Version: version(), Log: b.log, Now: s.now,
	})
	if err != nil {
		return nil, errors.New(strings.Join(strings.Fields(err.Error()), " ")) // PostgreSQL's errors have several lines
	}
	if b.engine, err = git.NewEngine(c.engine(s.now, b.log)); err != nil {
		return nil, misuse(err)
	}
	sources := feed.Config{Cycle: c.Feed.Cycle, Releases: c.Feed.Releases, Store: b.queue, Log: b.log, Now: s.now}
	if b.calendar, err = feed.New(s.ctx, sources); err != nil {
		return nil, misuse(err)
	}
	around := surroundings{settings, b.calendar.Current, c.GitHub.ServerURL}
	b.reconciler, err = reconcile.New(reconcile.Config{
		Settings: settings, GitHub: b.github.App, Loads: b.github.loads, Writes: b.github.writes, Store: b.queue, DryRun: c.DryRun,
		Rules: around.rules, Labels: around.labels, Entries: around.entries, Freezes: around.freezes, Pages: c.publicPages(),
		Picker:  &pick.Picker{GitHub: b.github.App, Loads: b.github.loads, Engine: b.engine, Now: s.now},
		Metrics: b.registry, Log: b.log, Now: s.now,
	})
	if err != nil {
		return nil, err
	}
	if b.hooks, err = b.receiver(s, app); err != nil {
		return nil, misuse(err)
	}
	if b.missed, err = b.finder(s.now); err != nil {
		return nil, err
	}
	b.registry.MustRegister(&healthMetrics{b})
	if c.front == nil {
		if c.front, err = newFront(c.Listen, b.log); err != nil {
			return nil, err
		}
	}
	b.front = c.front
	return b, b.openPages(s, app)
}

// connect makes the client of the App that the environment or the files name.
func (b *bot) connect(s streams) (setup.Credentials, error) {
	app, err := b.identity(s)
	if err != nil {
		return app, err
	}
	if app.Secret == "" {
		return app, errors.New("reading GITHUB_WEBHOOK_SECRET: it isn't set: without it, anyone could send webhooks. Set it to the secret " +
			"on the App's settings page")
	}
	client, err := b.GitHub.client(s, app, appNeeds{b.registry, b.log, b.WritesPerMinute})
	if err != nil {
		return app, err
	}
	b.github, err = connected(client)
	return app, err
}

// receiver receives webhooks for an App.
func (b *bot) receiver(s streams, app setup.Credentials) (*webhook.Handler, error) {
	return webhook.New(webhook.Config{
		Secrets: [][]byte{[]byte(app.Secret), []byte(s.getenv("GITHUB_WEBHOOK_SECRET_PREVIOUS"))},
		Store:   b.queue, AppID: app.ID, Login: b.github.Login, People: b.peopleChanged, Serves: b.reconciler.Serves,
		Installed: b.reconciler.InstallationsChanged, Waiting: b.reconciler.Waiting, Heed: b.heed(), Log: b.log, Now: s.now, Metrics: b.registry,
	})
}

// run serves until ctx ends, then lets requests and work finish.
func (b *bot) run(ctx context.Context) error {
	file, _ := os.Stat(b.Database) // nil for PostgreSQL
	if b.Role != roleReceive {
		if err := b.queue.Start(context.WithoutCancel(ctx)); err != nil {
			return err
		}
	}
	b.log.Info().Str("address", b.front.listener.Addr().String()).Str("role", b.Role).Bool("dry_run", b.DryRun).Str("version",
		version()).Msg(b.greeting())
	group, running := errgroup.WithContext(ctx)
	b.front.handle(b.routes())
	group.Go(b.front.serve)
	if b.pages != nil {
		b.log.Info().Str("url", "http://"+b.pages.listener.Addr().String()).Msg("showing pages")
		group.Go(b.pages.serve)
	}
	group.Go(func() error { return b.watch(running, file) })
	loops := []func(context.Context){b.greet}
	if b.Role != roleReceive {
		greetAndSweep := func(ctx context.Context) { b.greet(ctx); b.sweeps(ctx) }
		loops = []func(context.Context){greetAndSweep, b.calendar.Run, b.clean, b.findMissed, b.report}
	}
	loops = append(loops, b.countUsage)
	for _, loop := range loops {
		group.Go(func() error { loop(running); return nil })
	}
	group.Go(func() error {
		<-running.Done()
		b.log.Info().Msg("stopping")
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
		if b.pages != nil {
			err := errors.Join(b.pages.server.Shutdown(grace), b.reader.Close())
			return errors.Join(b.front.server.Shutdown(grace), b.queue.Stop(grace), err)
		}
		return errors.Join(b.front.server.Shutdown(grace), b.queue.Stop(grace))
	})
	err := errors.Join(group.Wait(), b.engine.Close())
	b.log.Info().Msg("stopped")
	return err
}

func (c *serveCmd) engine(now func() time.Time, log zerolog.Logger) git.EngineConfig {
	return git.EngineConfig{
		Dir: c.Picks, MaxMemory: c.PickMemory << 20, MaxCPU: c.PickCPU, MaxMerge: c.PickFile << 20,
		FetchTime: fetchTime, PickTime: pickTime, PushTime: pushTime, Now: now, Log: log,
	}
}

// clean removes files of killed processes' picks.
func (b *bot) clean(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(cleanEvery):
		}
		if err := b.engine.Clean(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn().Err(err).Msg("removing old picks' files")
		}
	}
}

// relistings limits extra sweeps: anyone may install and remove a public App all day.
const relistings = 5

// sweeps requests sweeps: at the start, hourly, and after the App was installed, removed
// or suspended. While GitHub is unreachable, it retries sooner, since webhooks still
// arrive.
func (b *bot) sweeps(ctx context.Context) {
	relist := rate.NewLimiter(rate.Every(time.Minute), relistings)
	for retry := time.Minute; ; {
		pause := sweepEvery
		if err := b.reconciler.Sweep(ctx); err == nil {
			retry = time.Minute
		} else if ctx.Err() == nil {
			pause, retry = retry, min(2*retry, sweepEvery)
			b.log.Error().Err(err).Stringer("again_in", pause).Msg("requesting a sweep")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		case <-b.reconciler.Relists():
			if relist.Wait(ctx) != nil {
				return
			}
		}
	}
}

// greet asks GitHub once who the App is, so that a wrong key shows at the start and not
// with the first pull request.
func (b *bot) greet(ctx context.Context) {
	switch name, err := b.github.Verify(ctx); {
	case err == nil:
		b.log.Info().Str("app", name).Msg("authenticated to GitHub")
	case ctx.Err() == nil:
		b.log.Error().Err(err).Msg("authenticating to GitHub")
	}
}
