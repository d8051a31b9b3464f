package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/setup"
	"github.com/concorde-bot/concorde/internal/web"
)

type setupCmd struct {
	Listen   string      `env:"BOT_LISTEN" default:"127.0.0.1:8080" placeholder:"ADDRESS" help:"Where to serve the page."`
	URL      string      `env:"BOT_URL" placeholder:"URL" help:"The bot's public address, to serve the page there too."`
	Print    bool        `help:"Print the App's id, key and secret, for a secret store, instead of writing files."`
	Database string      `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"The bot's database, for the checks."`
	Config   string      `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
	Picks    string      `env:"BOT_PICKS" placeholder:"DIR" help:"Directory for backports (default: the temporary directory)."`
	Feed     feedFlags   `embed:"" prefix:"lifecycle-" envprefix:"BOT_LIFECYCLE_"`
	GitHub   githubFlags `embed:""`
}

func (setupCmd) Help() string {
	return `Serves one page, for whoever enters the code that the terminal shows. It has GitHub
create the App with exactly the permissions and events that the bot uses, or takes over
one that exists; stores its id, key and webhook secret in files that only the bot's user
can read; leads to installing it; and shows whether all works. You can stop at any step,
and go on later.

"bot serve" shows the same page where no App is set up.`
}

func (c *setupCmd) Run(s streams) error {
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	log := newLog(s.stderr, "warn")
	f, err := newFront(c.Listen, log)
	if err != nil {
		return err
	}
	w, err := newWizard(s, f, wizardNeeds{
		examination: examination{settings: settings, database: c.Database, picks: c.Picks, feed: c.Feed, github: c.GitHub},
		url:         c.URL, print: c.Print, ready: func(setup.Credentials) {}, next: "Now start the bot with “bot serve”.", log: log,
	})
	if err != nil {
		return misuse(err)
	}
	f.handle(setupRoutes(w))
	go f.serve()
	select {
	case <-s.ctx.Done():
	case <-f.ended:
		return f.fault
	case <-w.Done():
		fmt.Fprintln(s.stdout, "The setup is finished. Now start the bot: bot serve")
	}
	return f.close()
}

// close lets answers end.
func (f *front) close() error {
	grace, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	return f.server.Shutdown(grace)
}

// setUp serves the setup until there is an App, and then the bot in the same place.
func (c *serveCmd) setUp(s streams, settings *config.Config) error {
	log := newLog(s.stderr, c.LogLevel)
	var err error
	if c.front, err = newFront(c.Listen, log); err != nil {
		return err
	}
	ready := make(chan setup.Credentials, 1)
	w, err := newWizard(s, c.front, wizardNeeds{
		examination: examination{settings: settings, database: c.Database, picks: c.Picks, feed: c.Feed, github: c.GitHub},
		url:         c.URL, ready: func(got setup.Credentials) { ready <- got }, next: "The bot is running.", log: log,
	})
	if err != nil {
		return misuse(err)
	}
	c.front.handle(setupRoutes(w))
	go c.front.serve()
	if _, err := c.GitHub.identity(s); err != nil {
		log.Info().Str("address", c.front.listener.Addr().String()).Msg("no App is set up: open /setup in a browser")
		select {
		case <-s.ctx.Done():
			return c.front.close()
		case <-c.front.ended:
			return c.front.fault
		case got := <-ready: // which may be on the terminal alone
			c.app = &got
		}
	}
	b, err := newBot(s, c, settings)
	if err != nil {
		return errors.Join(err, c.front.close())
	}
	b.wizard = w
	return b.run(s.ctx)
}

// setupRoutes are the pages while there is no bot.
func setupRoutes(w *setup.Wizard) http.Handler {
	mux := http.NewServeMux()
	mux.Handle(setup.Path, w)
	mux.Handle(setup.Path+"/", w)
	mux.Handle("GET /{$}", http.RedirectHandler(setup.Path, http.StatusSeeOther))
	mux.HandleFunc("GET /healthz", alive)
	mux.HandleFunc("POST /webhook", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-GitHub-Event") != "ping" { // GitHub keeps it, and the bot requests it again
			http.Error(w, "not ready: no App is set up", http.StatusServiceUnavailable)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "not ready: no App is set up: open "+setup.Path, http.StatusServiceUnavailable)
	})
	return mux
}

type wizardNeeds struct {
	examination
	url   string
	print bool
	ready func(setup.Credentials)
	next  string
	log   zerolog.Logger
}

// newWizard makes the setup of a bot, which goes on where an earlier one stopped.
func newWizard(s streams, f *front, n wizardNeeds) (*setup.Wizard, error) {
	files := setup.Files{Dir: n.github.App}
	var store setup.Store = files
	var have *setup.Credentials
	progress := files.Dir
	if n.print {
		store, progress = setup.Printer{Out: s.stdout}, ""
	} else if c, err := files.Load(); err == nil {
		have = &c
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	client := func(c setup.Credentials) (*gh.App, error) {
		return n.github.client(s, c, appNeeds{log: zerolog.Nop()})
	}
	return setup.New(setup.Config{
		Store: store, Progress: progress, APIURL: n.github.APIURL, ServerURL: n.github.ServerURL, URL: n.url, Callback: web.CallbackPath,
		Address: pageAddress(f.listener.Addr()), Terminal: s.stdout, Client: client, Ready: n.ready, Next: n.next,
		Examine: func(ctx context.Context, app *gh.App, webhook string) doctor.Report {
			x := n.examination
			x.webhook = webhook
			return doctor.Examine(ctx, x.config(s, app, nil))
		},
		UserAgent: "concorde/" + version(), Log: n.log, Now: time.Now,
	}, have)
}

// pageAddress is where a browser on this machine finds the page.
func pageAddress(address net.Addr) string {
	host, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return "http://" + address.String() + setup.Path
	}
	if ip := net.ParseIP(host); ip != nil && !ip.IsLoopback() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + setup.Path
}
