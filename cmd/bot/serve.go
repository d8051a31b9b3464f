package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
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
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/setup"
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

// party is who a key belongs to: an account's and a repository's keys share limits.
// GitHub's names are case-insensitive.
func party(key string) string {
	parsed, err := pull.ParseKey(key)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Repository().String())
}

type serveCmd struct {
	Listen          string        `env:"BOT_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to receive webhooks (default: 127.0.0.1:8080)."`
	Database        string        `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"An SQLite file, or postgres://… for several replicas (default: concorde.db)."`
	Role            string        `env:"BOT_ROLE" enum:"all,receive,work" default:"all" placeholder:"ROLE" help:"receive webhooks, work, or all of it; separate processes share a PostgreSQL database (default: all)."`
	Config          string        `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
	DryRun          bool          `help:"Log what would be done and change nothing."`
	Settle          time.Duration `env:"BOT_SETTLE" default:"250ms" placeholder:"TIME" help:"How long to wait before checking a pull request, so that several events need only one check (default: 250ms)."`
	WritesPerMinute int           `env:"BOT_WRITES_PER_MINUTE" default:"80" placeholder:"N" help:"Content writes to GitHub per minute for each installation, and five times as many per hour; 0 means no limit, for tests (default: 80; GitHub allows 80 and 500)."`
	KeepLog         time.Duration `env:"BOT_KEEP_LOG" default:"9600h" placeholder:"TIME" help:"How long to keep the audit log (default: 9600h, which is 400 days)."`
	ReadyWithin     time.Duration `env:"BOT_READY_WITHIN" default:"10m" placeholder:"TIME" help:"/readyz answers 503 if an account has pending work and none of it was done for longer than this (default: 10m)."`
	LogLevel        string        `env:"BOT_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"debug, info, warn or error (default: info)."`
	Picks           string        `env:"BOT_PICKS" placeholder:"DIR" help:"Directory for the temporary repositories that backports are picked in; only the bot's user may have access (default: a random name in the temporary directory)."`
	PickMemory      int64         `env:"BOT_PICK_MEMORY" default:"512" placeholder:"MB" help:"Memory limit for each git process, of which up to four merge at once; Linux only (default: 512)."`
	PickCPU         time.Duration `name:"pick-cpu" env:"BOT_PICK_CPU" default:"10s" placeholder:"TIME" help:"CPU time limit for each git process (default: 10s)."`
	PickFile        int64         `env:"BOT_PICK_FILE" default:"5" placeholder:"MB" help:"The largest file to merge if both sides changed it; larger ones must be backported by hand (default: 5)."`
	URL             string        `env:"BOT_URL" placeholder:"URL" help:"The bot's public address, such as https://bot.example.org: only the setup needs it, to be served there."`
	Feed            feedFlags     `embed:""`
	GitHub          githubFlags   `embed:""`

	front *front             // nil: newBot makes it
	app   *setup.Credentials // of the setup; nil: those of the environment or of files
}

// feedFlags say where release data comes from.
type feedFlags struct {
	Cycle    string `name:"lifecycle-cycle-url" env:"BOT_LIFECYCLE_CYCLE_URL" default:"https://peps.python.org/api/release-cycle.json" placeholder:"URL" help:"Where release-cycle.json is read daily; empty for the built-in copy (default: peps.python.org/api)."`
	Releases string `name:"lifecycle-releases-url" env:"BOT_LIFECYCLE_RELEASES_URL" default:"https://peps.python.org/api/python-releases.json" placeholder:"URL" help:"Where python-releases.json is read daily; empty for the built-in copy (default: peps.python.org/api)."`
}

func (serveCmd) Help() string {
	return `Webhooks arrive at POST /webhook. /healthz shows that the process is alive, /readyz
that it can work, and /metrics is for Prometheus. SIGTERM stops gracefully. Where no
App is set up, a page at /setup creates one; then the bot starts.

` + githubEnvironment + `
  GITHUB_WEBHOOK_SECRET          the secret of the App's webhook
  GITHUB_WEBHOOK_SECRET_PREVIOUS the old one, while you change it`
}

func (c *serveCmd) validate() error {
	switch {
	case c.Settle < 0 || c.Settle > time.Minute:
		return errors.New("reading --settle: it must be between 0 and 1m")
	case c.WritesPerMinute < 0:
		return errors.New("reading --writes-per-minute: it must not be negative")
	case c.KeepLog < time.Hour:
		return errors.New("reading --keep-log: it must be at least 1h")
	case c.PickMemory < 32 || c.PickMemory > 1<<20:
		return errors.New("reading --pick-memory: it must be between 32 and 1048576 (MB): git alone needs some")
	case c.PickCPU < time.Second:
		return errors.New("reading --pick-cpu: it must be at least 1s")
	case c.PickFile < 1 || c.PickFile > 1<<20:
		return errors.New("reading --pick-file: it must be between 1 and 1048576 (MB)")
	}
	if (c.Role == roleReceive || c.Role == roleWork) && !strings.Contains(c.Database, "://") {
		return fmt.Errorf("reading --role: %s needs a PostgreSQL database, which other processes share: an SQLite file belongs to one process",
			c.Role)
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("reading --listen: %w: want ADDRESS:PORT, such as 127.0.0.1:8080", err)
	}
	return c.place()
}

// place checks the database's location. Otherwise, an unknown kind of address would be
// taken for a file's name, password and all.
func (c *serveCmd) place() error {
	if strings.Contains(c.Database, "host=") || strings.Contains(c.Database, "password=") {
		return errors.New("reading --database: write the address of PostgreSQL as postgres://USER@HOST/NAME")
	}
	scheme, _, isURL := strings.Cut(c.Database, "://")
	if isURL {
		if scheme != "postgres" && scheme != "postgresql" {
			return errors.New("reading --database: it's neither a file nor postgres://…: other databases aren't supported")
		}
		return nil
	}
	if _, err := os.Stat(filepath.Dir(c.Database)); err != nil {
		return fmt.Errorf("reading --database: using the file's directory: %w", err)
	}
	file, err := os.OpenFile(c.Database, os.O_RDWR, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist): // it will be created
		return nil
	case err != nil:
		return fmt.Errorf("reading --database: %w: the bot must be able to write the file and its directory", err)
	}
	return file.Close()
}

func (c *serveCmd) Run(s streams) error {
	if err := c.validate(); err != nil {
		return misuse(err)
	}
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	if s.getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	_, err = c.GitHub.identity(s)
	if errors.Is(err, errNoApp) || err == nil && c.GitHub.unfinished(s) {
		return c.setUp(s, settings)
	}
	b, err := newBot(s, c, settings)
	if err != nil {
		return err
	}
	return b.run(s.ctx)
}

// identity is the App that the bot is.
func (c *serveCmd) identity(s streams) (setup.Credentials, error) {
	if c.app != nil {
		return *c.app, nil
	}
	return c.GitHub.identity(s)
}

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
	wizard     *setup.Wizard      // nil: the setup is finished
	asking     singleflight.Group // for health
}

// newBot connects the parts, starting with GitHub. After an error, what it opened stays
// open until the process ends.
func newBot(s streams, c *serveCmd, settings *config.Config) (*bot, error) {
	b := &bot{serveCmd: c, log: newLog(s.stderr, c.LogLevel), registry: prometheus.NewRegistry()}
	b.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	app, err := c.identity(s)
	if err == nil && app.Secret == "" {
		err = errors.New("reading GITHUB_WEBHOOK_SECRET: it isn't set: without it, anyone could send webhooks. Set it to the secret on the " +
			"App's settings page")
	}
	if err != nil {
		return nil, misuse(err)
	}
	client, err := c.GitHub.client(s, app, appNeeds{b.registry, b.log, c.WritesPerMinute})
	if err == nil {
		b.github, err = connected(client)
	}
	if err != nil {
		return nil, misuse(err)
	}
	b.queue, err = queue.Open(s.ctx, queue.Config{
		Database: c.Database, Settle: c.Settle, Workers: workers, Party: party, JobTimeout: runTime, KeepLog: c.KeepLog, Replicas: b.github.Share, Log: b.log, Now: s.now,
		Work: b.work,
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
		Rules: around.rules, Labels: around.labels,
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
	return b, nil
}

// receiver receives webhooks for an App.
func (b *bot) receiver(s streams, app setup.Credentials) (*webhook.Handler, error) {
	return webhook.New(webhook.Config{
		Secrets: [][]byte{[]byte(app.Secret), []byte(s.getenv("GITHUB_WEBHOOK_SECRET_PREVIOUS"))},
		Store:   b.queue, AppID: app.ID, Login: b.github.Login, People: b.reconciler.PeopleChanged, Serves: b.reconciler.Serves,
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
	group.Go(func() error { return b.watch(running, file) })
	loops := []func(context.Context){b.greet}
	if b.Role != roleReceive {
		loops = []func(context.Context){func(ctx context.Context) { b.greet(ctx); b.sweeps(ctx) }, b.calendar.Run, b.clean, b.findMissed}
	}
	for _, loop := range loops {
		group.Go(func() error { loop(running); return nil })
	}
	group.Go(func() error {
		<-running.Done()
		b.log.Info().Msg("stopping")
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
		defer cancel()
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

// The roles of a process.
const (
	roleAll     = "all"
	roleReceive = "receive"
	roleWork    = "work"
)

func (c *serveCmd) greeting() string {
	if c.Role == roleWork {
		return "working; webhooks are received by other processes"
	}
	return "receiving webhooks at /webhook"
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
