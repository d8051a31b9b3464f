package main

import (
	"errors"
	"fmt"
	"net"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/queue"
	"github.com/concorde-bot/concorde/internal/setup"
	"github.com/concorde-bot/concorde/internal/web"
)

// noPages is the value of --pages for none.
const noPages = "off"

// openPages listens for visitors of the pages. The tables exist by now. If the
// default address is taken, the bot works without pages.
func (b *bot) openPages(s streams, app setup.Credentials) error {
	if b.Pages == "" || b.Pages == noPages {
		return nil
	}
	if b.SignIn.On && (app.Client.ID == "" || app.Client.Secret == "") {
		return misuse(errNoClient)
	}
	reader, err := queue.OpenReader(s.ctx, b.Database, s.now)
	if err != nil {
		return err
	}
	rules, commands := b.describe()
	pages, err := web.New(web.Config{
		State: b.stateOf, Missed: b.missedSoFar, Settings: b.settingsOf, Try: b.tryLabels, Rules: rules, Commands: commands,
		Branches: b.branchesOf, Stages: b.stagesOf, LifeCycle: b.lifeCycleOf, Releases: b.releasesOf, Checked: b.checkedOf,
		SignIn: b.signIn(app), Store: reader, Version: version(), ServerURL: b.GitHub.ServerURL, Acts: b.acts, Log: b.log, Now: s.now,
		Health: func() web.Health {
			h := b.health()
			shown := web.Health{Behind: int(h.stats.Oldest().Seconds())}
			for _, alert := range h.Alerts {
				shown.Alerts = append(shown.Alerts, plainLine(alert.Text))
			}
			for _, note := range h.Notes {
				shown.Notes = append(shown.Notes, plainLine(note))
			}
			return shown
		},
	})
	if err != nil {
		return errors.Join(err, reader.Close())
	}
	listener, err := net.Listen("tcp", b.Pages)
	if err != nil && b.Pages == defaultPages {
		b.log.Warn().Err(err).Msg("not serving pages, since their address is in use: choose another one with --pages, or --pages off")
		return reader.Close()
	}
	if err != nil {
		err = fmt.Errorf("serving pages: %w: stop the program that listens there, or choose another address with --pages", err)
		return errors.Join(err, reader.Close())
	}
	b.pages, b.site, b.reader = frontOn(listener, b.log), pages, reader
	b.pages.handle(pages)
	return nil
}

// acts reports whether the settings list a repository.
func (b *bot) acts(owner, repository string) bool {
	return pull.Key{Owner: owner, Repo: repository}.Validate() == nil && b.reconciler.Settings.Acts(owner, repository)
}

// publicPages is the address of pages that anybody can see; "" if there are none. A process
// without pages links to those of others.
func (c *serveCmd) publicPages() string {
	if !c.SignIn.On || !c.SignIn.Public || c.SignIn.check(c.URL) != nil {
		return ""
	}
	return c.URL
}

// checkPages checks where pages are served. Without a sign-in, only this machine may see
// them.
func (c *serveCmd) checkPages() error {
	if c.Pages == "" || c.Pages == noPages {
		return nil
	}
	host, _, err := net.SplitHostPort(c.Pages)
	if err != nil {
		return fmt.Errorf("reading --pages: %w: want ADDRESS:PORT, such as %s, or off", err, defaultPages)
	}
	if c.SignIn.On {
		return c.SignIn.check(c.URL)
	}
	if c.SignIn.Public {
		return errors.New("reading --pages-public: it needs --pages-sign-in")
	}
	if !web.Loopback(host) {
		return fmt.Errorf("reading --pages: %s isn't a loopback address: the pages show private repositories, so others must sign in: "+
			"set --pages-sign-in", host)
	}
	return nil
}
