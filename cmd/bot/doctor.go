package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/doctor"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/lifecycle/feed"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
	"github.com/concorde-bot/concorde/internal/setup"
)

// exitUnknown is the exit code of bot doctor when it found no problem, but couldn't
// check everything.
const exitUnknown = 2

type doctorCmd struct {
	JSON     bool          `name:"json" help:"Print JSON, for monitoring."`
	Limit    time.Duration `default:"10s" placeholder:"TIME" help:"How long a check may take; three times that with several requests."`
	URL      string        `env:"BOT_URL" placeholder:"URL" help:"The bot's public address, to compare the App's webhook with."`
	Database string        `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"The bot's database, which is only read."`
	Config   string        `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
	Picks    string        `env:"BOT_PICKS" placeholder:"DIR" help:"Directory for backports (default: the temporary directory)."`
	Feed     feedFlags     `embed:"" prefix:"lifecycle-" envprefix:"BOT_LIFECYCLE_"`
	GitHub   githubFlags   `embed:""`

	Acceptance acceptanceFlags `embed:""`
}

func (doctorCmd) Help() string {
	var b strings.Builder
	b.WriteString("Checks whether the bot can do its work, and says how to fix what's wrong. Changes nothing.\n\n")
	for _, c := range doctor.Checks() {
		fmt.Fprintf(&b, "  %-14s %s\n", c[0], c[1])
	}
	b.WriteString("\nWith --acceptance, it writes to a throw-away repository instead, to check what the bot assumes of GitHub.\n")
	b.WriteString("\nExit code: 0 if all is well, 1 if there is a problem, 2 if there is none but something\n" +
		"couldn't be checked.\n\n" + githubEnvironment)
	return b.String()
}

func (c *doctorCmd) Run(s streams) error {
	if c.Acceptance.Acceptance != "" {
		return c.Acceptance.run(s, c.GitHub)
	}
	if c.Limit < time.Second || c.Limit > 10*time.Minute {
		return misuse(errors.New("reading --limit: it must be between 1s and 10m"))
	}
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	x := examination{
		settings: settings, database: c.Database, picks: c.Picks, feed: c.Feed, github: c.GitHub, limit: c.Limit,
	}
	if c.URL != "" {
		x.webhook = strings.TrimSuffix(strings.TrimRight(c.URL, "/"), "/webhook") + "/webhook"
	}
	client, noApp := c.GitHub.app(s, appNeeds{log: zerolog.Nop()})
	report := doctor.Examine(s.ctx, x.config(s, client, noApp))
	if c.JSON {
		err = printJSON(s, report)
	} else {
		err = printReport(s, report)
	}
	if err != nil {
		return fmt.Errorf("printing the report: %w", err)
	}
	return verdict(report)
}

// verdict is the exit code for monitoring.
func verdict(report doctor.Report) error {
	switch report.State {
	case doctor.Problem:
		return failure{code: exitFailed}
	case doctor.Unknown:
		return failure{code: exitUnknown}
	}
	return nil
}

// examination is what a report is about, for the command and the setup page.
type examination struct {
	settings *config.Config
	database string
	picks    string
	feed     feedFlags
	github   githubFlags
	webhook  string // where webhooks should come, "" if nobody said
	limit    time.Duration
}

const (
	pickSpace     = 1 << 30   // what the engine of picks wants to be free
	databaseSpace = 600 << 20 // twice what all tables have, for a rewrite
)

func (x examination) config(s streams, client *gh.App, noApp error) doctor.Config {
	c := doctor.Config{
		GitHub: client, NoApp: noApp, ServerURL: x.github.ServerURL, WebhookURL: x.webhook, Settings: x.settings, Limit: x.limit, Now: s.now,
		Labels: surroundings{x.settings, builtin(), x.github.ServerURL}.labels,
		Database: func(ctx context.Context) (*queue.Reader, error) {
			return queue.OpenReader(ctx, x.database, s.now)
		},
		Calendar: func(ctx context.Context) (*lifecycle.Calendar, error) { return x.calendar(ctx, s) },
		Progress: func(ctx context.Context, db *queue.Reader) (lines []string, err error) {
			all, err := reconcile.InProgress(ctx, db, x.settings.Sweep, s.now())
			for _, p := range all {
				lines = append(lines, p.String())
			}
			return lines, err
		},
	}
	c.Secrets = x.secrets(s)
	picks := x.picks
	if picks == "" {
		picks = os.TempDir()
	}
	c.Dirs = []doctor.Dir{{Path: picks, Use: "backports", Needs: pickSpace}}
	if !strings.Contains(x.database, "://") {
		c.Dirs = append(c.Dirs, doctor.Dir{Path: filepath.Dir(x.database), Use: "the database", Needs: databaseSpace})
	}
	return c
}

// secrets are the files that only the bot should read.
func (x examination) secrets(s streams) (all []doctor.Secret) {
	key, secret := setup.Files{Dir: x.github.App}.Secrets()
	if path := s.getenv("GITHUB_APP_PRIVATE_KEY_FILE"); path != "" {
		key = path
	}
	all = []doctor.Secret{{Path: key, Use: "the private key"}, {Path: secret, Use: "the webhook's secret"}}
	if !strings.Contains(x.database, "://") {
		for _, end := range []string{"", "-wal"} {
			all = append(all, doctor.Secret{Path: x.database + end, Use: "the database"})
		}
	}
	return all
}

// calendar is the release data that the bot has, refreshed once.
func (x examination) calendar(ctx context.Context, s streams) (*lifecycle.Calendar, error) {
	kept := feed.Config{Cycle: x.feed.Cycle, Releases: x.feed.Releases, Log: zerolog.Nop(), Now: s.now}
	if db, err := queue.OpenReader(ctx, x.database, s.now); err == nil { // the check of the database says what's wrong
		defer db.Close()
		kept.Store = notes{db}
	}
	data, err := feed.New(ctx, kept)
	if err != nil {
		return nil, err
	}
	err = data.Refresh(ctx)
	return data.Current(), err
}

// notes are read, never written.
type notes struct{ *queue.Reader }

func (notes) Put(context.Context, string, []byte) error { return nil }

// printReport prints a table for people, cures below what they're for.
func printReport(s streams, report doctor.Report) error {
	table := tabwriter.NewWriter(s.stdout, 0, 0, 2, ' ', 0)
	counts := map[doctor.State]int{}
	for _, f := range report.Findings {
		counts[f.State]++
	}
	for _, f := range grouped(report.Findings) {
		text := f.Text
		if f.Subject != "" {
			text = f.Subject + ": " + text
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.State, f.Check, plainLine(text))
		if f.Cure != "" {
			fmt.Fprintf(table, "\t\t→ %s\n", plainLine(f.Cure))
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintf(s.stdout, "\nproblems: %d, not checked: %d, notes: %d, ok: %d\n",
		counts[doctor.Problem], counts[doctor.Unknown], counts[doctor.Note], counts[doctor.OK])
	return err
}

// grouped puts checks in one line that weren't made for the same reason.
func grouped(all []doctor.Finding) (lines []doctor.Finding) {
	for _, f := range all {
		last := len(lines) - 1
		alone := f.State != doctor.Unknown || f.Subject != "" || f.Cure != ""
		if last >= 0 && !alone && lines[last].State == f.State && lines[last].Text == f.Text {
			lines[last].Check += ", " + f.Check
			continue
		}
		lines = append(lines, f)
	}
	return lines
}
