package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

type planCmd struct {
	Config   string      `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
	Database string      `placeholder:"FILE|URL" help:"The bot's database, to plan by all that it knows. It's only read."`
	GitHub   githubFlags `embed:""`
	Pull     string      `arg:"" name:"owner/repo#n" help:"The pull request or issue, such as python/cpython#12345."`
}

// leftOut warns that the running bot may know more, from its database; leftOutByAll that it
// doesn't.
const (
	leftOut = "bot: %s of %s has faults, so this plan ignores it; the running bot uses the last good version, if it has one (try: bot " +
		"check-config, or --database)\n"
	leftOutByAll = "bot: %s of %s has faults, and the bot knows no good version, so it's ignored (try: bot check-config)\n"
)

func (planCmd) Help() string {
	return "Loads the pull request or issue as the running bot would, and prints each write that it would make, with its text.\n\n" +
		githubEnvironment
}

func (c *planCmd) Run(s streams) error {
	key, err := pull.ParseKey(c.Pull)
	if err != nil {
		return misuse(err)
	}
	if key.Number == 0 {
		return misuse(fmt.Errorf("reading %q: missing number: expected OWNER/REPO#NUMBER", c.Pull))
	}
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	if !settings.Acts(key.Owner, key.Repo) {
		return misuse(fmt.Errorf("planning %s: the settings don't list this repository: add it to `repositories`", key))
	}
	github, err := c.GitHub.connect(s, appNeeds{log: zerolog.Nop()})
	if err != nil {
		return misuse(err)
	}
	var known reconcile.Store
	if c.Database != "" {
		reader, err := openReader(s, c.Database)
		if err != nil {
			return err
		}
		defer reader.Close()
		known = memory{reader}
	}
	reconciler, err := newReconciler(surroundings{central: settings, serverURL: c.GitHub.ServerURL}, github, known)
	if err != nil {
		return err
	}
	plan, _, err := reconciler.Plan(s.ctx, key, 0)
	var gone *gh.Gone
	if errors.As(err, &gone) {
		return fmt.Errorf("%w: is the number right, and is the App installed there?", err)
	}
	if err != nil {
		return err
	}
	warning := leftOut
	if c.Database != "" {
		warning = leftOutByAll
	}
	for _, file := range reconciler.LeftOut(key) {
		fmt.Fprintf(s.stderr, warning, file, key.Repository())
	}
	for _, alert := range reconciler.Alerts() {
		fmt.Fprintln(s.stderr, "bot: stage labels won't change:", plain(alert.Text))
	}
	fmt.Fprint(s.stdout, plain(plan.String()))
	return plan.ShadowFault
}

// memory is what the running bot knows. A plan keeps nothing there.
type memory struct{ *queue.Reader }

func (memory) Add(context.Context, ...queue.Hint) error { return nil }

func (memory) Put(context.Context, string, []byte) error { return nil }

func (memory) Log(context.Context, string, ...[]byte) error { return nil }

func (memory) PutView(context.Context, queue.View) error { return nil }

func (memory) See(context.Context, string, string, time.Time) error { return nil }

func (memory) Predict(context.Context, ...queue.Prediction) error { return nil }

// Predictions are compared by runs alone.
func (memory) Predictions(context.Context, string) ([]queue.Prediction, error) { return nil, nil }
