package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/apply"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/setup"
)

// githubFlags are GitHub's addresses. The App's identity only comes from files and the
// environment: everyone on the machine can read a command line.
type githubFlags struct {
	App       string `env:"BOT_APP" default:"github-app" placeholder:"DIR" help:"Directory where bot setup put the App's id, key and secret."`
	APIURL    string `name:"api-url" env:"GITHUB_API_URL" default:"https://api.github.com" placeholder:"URL" help:"GitHub's API."`
	ServerURL string `name:"server-url" env:"GITHUB_SERVER_URL" default:"https://github.com" placeholder:"URL" help:"GitHub's pages."`
}

const githubEnvironment = `On GitHub Enterprise Server, --api-url is https://HOST/api/v3 and --server-url is https://HOST.

Environment, which comes before the files that "bot setup" makes:
  GITHUB_APP_ID                the App's id, a number from its settings page
  GITHUB_APP_PRIVATE_KEY       its private key, the PEM text; or
  GITHUB_APP_PRIVATE_KEY_FILE  the file that holds it`

// errNoApp: neither the environment nor the files have an App.
var errNoApp = errors.New("no App is set up: run \"bot setup\", or set GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY_FILE")

// identity is the bot's App: the environment's, or else the one in the setup's files. The
// environment's secret comes first, too.
func (f githubFlags) identity(s streams) (setup.Credentials, error) {
	c, err := f.kept(s)
	if secret := s.getenv("GITHUB_WEBHOOK_SECRET"); secret != "" {
		c.Secret = secret
	}
	if id, secret := s.getenv("GITHUB_APP_CLIENT_ID"), s.getenv("GITHUB_APP_CLIENT_SECRET"); id != "" || secret != "" {
		c.Client = setup.Client{ID: id, Secret: secret}
	}
	return c, err
}

func (f githubFlags) kept(s streams) (setup.Credentials, error) {
	if s.getenv("GITHUB_APP_ID") == "" && s.getenv("GITHUB_APP_PRIVATE_KEY") == "" && s.getenv("GITHUB_APP_PRIVATE_KEY_FILE") == "" {
		c, err := setup.Files{Dir: f.App}.Load()
		if errors.Is(err, fs.ErrNotExist) && s.getenv("GITHUB_WEBHOOK_SECRET") == "" {
			return c, errNoApp
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return c, err
		}
	}
	id, err := appID(s)
	if err != nil {
		return setup.Credentials{}, err
	}
	key, err := privateKey(s)
	return setup.Credentials{ID: id, Key: key}, err
}

// unfinished reports whether the App's files come from a setup that no one has finished.
func (f githubFlags) unfinished(s streams) bool {
	return f.App != "" && s.getenv("GITHUB_APP_ID") == "" && setup.Unfinished(f.App)
}

type appNeeds struct {
	metrics         prometheus.Registerer
	log             zerolog.Logger
	writesPerMinute int
}

// connection is an App's client, with the loader and the writer that use it.
type connection struct {
	*gh.App
	loads  *snapshot.Loader
	writes *apply.Writer
}

// connect makes the client for the App in the environment.
func (f githubFlags) connect(s streams, needs appNeeds) (connection, error) {
	app, err := f.app(s, needs)
	if err != nil {
		return connection{}, err
	}
	return connected(app)
}

func connected(app *gh.App) (c connection, err error) {
	c.App = app
	if c.loads, err = snapshot.New(app); err != nil {
		return connection{}, err
	}
	c.writes, err = apply.New(app, c.loads.Answered)
	return c, err
}

// app makes the client for the App in the environment or files.
func (f githubFlags) app(s streams, needs appNeeds) (*gh.App, error) {
	c, err := f.identity(s)
	if err != nil {
		return nil, err
	}
	return f.client(s, c, needs)
}

// client makes an App's client.
func (f githubFlags) client(s streams, c setup.Credentials, needs appNeeds) (*gh.App, error) {
	return gh.New(f.clientConfig(s, c, needs))
}

func (f githubFlags) clientConfig(s streams, c setup.Credentials, needs appNeeds) gh.Config {
	return gh.Config{
		AppID: c.ID, PrivateKey: c.Key, APIURL: f.APIURL, ServerURL: f.ServerURL,
		WritesPerMinute: needs.writesPerMinute, Metrics: needs.metrics, Log: needs.log,
		Now: s.now, UserAgent: "concorde/" + version(),
	}
}

func appID(s streams) (int64, error) {
	id, err := strconv.ParseInt(s.getenv("GITHUB_APP_ID"), 10, 64)
	if err != nil || id <= 0 {
		return 0, errors.New("reading GITHUB_APP_ID: it must be the App's id, a number from the App's settings page")
	}
	return id, nil
}

func privateKey(s streams) ([]byte, error) {
	text, path := s.getenv("GITHUB_APP_PRIVATE_KEY"), s.getenv("GITHUB_APP_PRIVATE_KEY_FILE")
	switch {
	case text != "" && path != "":
		return nil, errors.New("reading the private key: both GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_FILE are set: unset one")
	case text != "":
		return []byte(text), nil
	case path == "":
		return nil, errors.New("reading the private key: set GITHUB_APP_PRIVATE_KEY_FILE (or GITHUB_APP_PRIVATE_KEY) to the key made on the " +
			"App's settings page")
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the private key named by GITHUB_APP_PRIVATE_KEY_FILE: %w", err)
	}
	return key, nil
}
