package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/setup"
)

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
	Listen      string        `env:"BOT_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to receive webhooks."`
	Pages       string        `env:"BOT_PAGES" default:"127.0.0.1:8081" placeholder:"ADDRESS" help:"Address of the pages, or off."`
	URL         string        `env:"BOT_URL" placeholder:"URL" help:"Public address of setup and pages, such as https://bot.example.org."`
	LogLevel    string        `env:"BOT_LOG_LEVEL" enum:"debug,info,warn,error" default:"info" help:"debug, info, warn or error."`
	ReadyWithin time.Duration `env:"BOT_READY_WITHIN" default:"10m" placeholder:"TIME" help:"How long work may wait before /readyz fails."`

	SignIn signInFlags `embed:"" prefix:"pages-" envprefix:"BOT_PAGES_"`

	Config   string        `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
	Database string        `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"SQLite file, or postgres://…"`
	Role     string        `env:"BOT_ROLE" enum:"all,receive,work" default:"all" placeholder:"ROLE" help:"receive webhooks, work, or all."`
	DryRun   bool          `help:"Log what would be done and change nothing."`
	Settle   time.Duration `env:"BOT_SETTLE" default:"250ms" placeholder:"TIME" help:"How long to collect events before a check."`
	KeepLog  time.Duration `env:"BOT_KEEP_LOG" default:"9600h" placeholder:"TIME" help:"How long to keep the audit log."`

	WritesPerMinute int `env:"BOT_WRITES_PER_MINUTE" default:"80" placeholder:"N" help:"Most writes to an account in a minute; 0 is no limit."`

	Picks      string        `env:"BOT_PICKS" placeholder:"DIR" help:"Private directory for backports (default: a random temporary one)."`
	PickMemory int64         `env:"BOT_PICK_MEMORY" default:"512" placeholder:"MB" help:"Memory limit of each git process; Linux only."`
	PickCPU    time.Duration `name:"pick-cpu" env:"BOT_PICK_CPU" default:"10s" placeholder:"TIME" help:"CPU time limit of each git process."`
	PickFile   int64         `env:"BOT_PICK_FILE" default:"5" placeholder:"MB" help:"The largest file to merge if both sides changed it."`

	Feed   feedFlags   `embed:"" prefix:"lifecycle-" envprefix:"BOT_LIFECYCLE_"`
	GitHub githubFlags `embed:""`

	front *front             // nil: newBot makes it
	app   *setup.Credentials // from the setup; nil: from the environment or files
}

// feedFlags say where release data comes from. Their prefix is "lifecycle-".
type feedFlags struct {
	Cycle    string `name:"cycle-url" env:"CYCLE_URL" default:"${peps}/release-cycle.json" placeholder:"URL" help:"${daily}"`
	Releases string `name:"releases-url" env:"RELEASES_URL" default:"${peps}/python-releases.json" placeholder:"URL" help:"${daily}"`
}

func (serveCmd) Help() string {
	return `Webhooks arrive at POST /webhook. /healthz shows that the process is alive, /readyz/database
that it can store webhooks, and /readyz whether anything needs attention; /metrics is for Prometheus.
--pages shows people what the bot sees. SIGTERM stops gracefully.
Without an App, a page at /setup creates one, and then the bot starts.

  --role             receive and work are separate processes on one PostgreSQL database.
  --keep-log         9600h is 400 days.
  --writes-per-minute  The hourly limit is five times that. GitHub allows 80 a minute and 500 an hour.
  --pages            A loopback address, since without --pages-sign-in whoever reaches the pages sees all.
  --pages-sign-in    Let people sign in with GitHub, at the address of --url. See docs/pages.md.
  --pages-operators  They see the text of problems and what was given up, which may name private repositories.
  --pick-file        Larger files must be backported by hand.
  --pick-memory      Up to four git processes merge at once.

` + githubEnvironment + `
  GITHUB_WEBHOOK_SECRET          the secret of the App's webhook
  GITHUB_WEBHOOK_SECRET_PREVIOUS the old one, while you change it
  GITHUB_APP_CLIENT_ID           the App's client id, if people sign in to the pages
  GITHUB_APP_CLIENT_SECRET       a client secret of the App, for the same`
}

func (c *serveCmd) validate() error {
	switch {
	case c.Settle < 0 || c.Settle > time.Minute:
		return errors.New("reading --settle: it must be between 0 and 1m")
	case c.WritesPerMinute < 0:
		return errors.New("reading --writes-per-minute: it can't be negative")
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
	if err := c.checkPages(); err != nil {
		return err
	}
	return c.place()
}

const defaultPages = "127.0.0.1:8081"

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
