package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/shadow"
)

type shadowReportCmd struct {
	Database  string `env:"DATABASE_URL" default:"concorde.db" placeholder:"FILE|URL" help:"The bot's database."`
	ServerURL string `env:"GITHUB_SERVER_URL" default:"https://github.com" placeholder:"URL" help:"GitHub's pages, for links."`
	Since     string `placeholder:"TIME" help:"Only predictions since then, such as 2026-11-30 (UTC), 2026-11-30T14:00:00Z, 36h or 7d."`
	Rule      string `placeholder:"RULE" help:"Only one rule, such as news."`
	JSON      bool   `help:"Print one JSON document."`
	Key       string `arg:"" optional:"" name:"owner/repo[#n]" help:"A repository, such as python/cpython, or one pull request or issue."`
}

func (shadowReportCmd) Help() string {
	return `Prints, for each rule in mode "shadow", how many of its predictions came true, and then every difference with links.
same: others did what the rule would do. different: they did something else. missing: they did nothing within
shadow.window. extra: they did what the rule wouldn't. The bot may run meanwhile.`
}

func (c *shadowReportCmd) Run(s streams) error {
	only := shadow.Filter{Rule: c.Rule}
	var err error
	if only.Since, err = parseSince(c.Since, s.now()); err != nil {
		return misuse(err)
	}
	if known := config.RulesWithMode(); c.Rule != "" && !slices.Contains(known, c.Rule) {
		return misuse(fmt.Errorf("reading --rule: %q isn't a rule: expected one of %s", c.Rule, strings.Join(known, ", ")))
	}
	if c.Key != "" {
		if only.Repository, err = pull.ParseKey(c.Key); err != nil {
			return misuse(err)
		}
	}
	reader, err := openReader(s, c.Database)
	if err != nil {
		return err
	}
	defer reader.Close()
	report := shadow.NewReport(c.ServerURL, only)
	err = reader.Predictions(s.ctx, only.Since, func(p queue.Prediction) error {
		report.Add(p.Key, p.Thing, p.At, p.Value)
		return nil
	})
	switch {
	case err != nil:
		return err
	case c.JSON:
		return report.JSON(s.stdout)
	}
	return report.Text(s.stdout, plainLine)
}
