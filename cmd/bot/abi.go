package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/newscheck"
)

type abiCmd struct {
	Version string `arg:"" name:"x.y" help:"The version, such as 3.15."`
	Since   string `placeholder:"TAG" help:"The release to compare with (default: the version's last one)."`
	Scheme  string `default:"pep602" placeholder:"NAME" help:"How releases are named: pep602 (in force), pep605 or pep2026 (rejected)."`
	Repo    string `default:"." placeholder:"DIR" help:"A clone of the repository, or a directory inside it."`
	Ref     string `placeholder:"REF" help:"The commit or branch to look at; with --repository, a branch (default: the version's)."`
	At      string `placeholder:"YYYY-MM-DD" help:"The day to decide on (default: today)."`
	JSON    bool   `name:"json" help:"Print JSON instead of text."`
	Config  string `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`

	calendarFlags `embed:""`
	remoteFlags   `embed:""`
}

func (abiCmd) Help() string {
	return `Lists what has broken the full ABI since the last release, by markers in titles, commits and NEWS
entries (PEP 605) and by changes of the ABI dump; names the next release; and prints a text for its
announcement. Reverted changes don't count. Exit code: 0, or 1 if the ABI is frozen and was broken,
2 if the command was misused.

  bot abi 3.15 --repo ~/cpython
  bot abi 3.15 --scheme pep605 --since v3.15.0a3 --json

With --repository it asks GitHub: some six requests, and one for each hundred commits.

` + githubEnvironment
}

func (c *abiCmd) Run(s streams) error {
	if !lifecycle.ValidVersion(c.Version) {
		return misuse(fmt.Errorf("reading %q: it isn't a version: expected MAJOR.MINOR, such as 3.15", c.Version))
	}
	scheme, err := schemeNamed(c.Scheme)
	if err != nil {
		return misuse(err)
	}
	calendar, err := c.calendarFlags.calendar()
	if err != nil {
		return misuse(err)
	}
	day, err := dayAt(c.At, s)
	if err != nil {
		return misuse(err)
	}
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	var found abiFacts
	if c.Repository != "" {
		found, err = c.remote(s, settings, nextOf{c.Version, day, calendar})
	} else if found, err = c.local(s.ctx, settings, nextOf{c.Version, day, calendar}); err != nil {
		err = misuse(err)
	}
	if err != nil {
		return err
	}
	report, err := newABIReport(c.Version, abi.Source{Scheme: scheme, Data: calendar}, found, day)
	if err != nil {
		return misuse(err)
	}
	if c.JSON {
		err = printJSON(s, report)
	} else {
		err = report.print(s)
	}
	if err == nil && report.Frozen && len(report.Breaks) > 0 {
		err = failure{code: exitFailed}
	}
	return err
}

// abiFacts are what a repository shows.
type abiFacts struct {
	from     string        // where it was read: a branch and a commit, for people
	last     *abi.Release  // nil before the first one
	released []abi.Release // those of the version
	ledger   abi.Ledger
	stable   abi.Stable
}

// local reads a clone.
func (c *abiCmd) local(ctx context.Context, settings *config.Config, of nextOf) (f abiFacts, err error) {
	repository := git.Repository{Dir: c.Repo}
	rules, err := ownSettings(ctx, settings, repository)
	if err != nil {
		return f, err
	}
	name, tip, err := of.commit(ctx, repository, c.Ref)
	if err != nil {
		return f, err
	}
	f.from = fmt.Sprintf("%s (%.10s)", name, tip)
	tags, err := repository.Tags(ctx, "v"+of.version+".")
	if err != nil {
		return f, err
	}
	for _, tag := range tags {
		if r, err := abi.ParseRelease(tag); err == nil {
			f.released = append(f.released, r)
		}
	}
	tag := c.Since
	if tag == "" {
		if tag, err = repository.LastTag(ctx, tip, "v"+of.version+"."); tag == "" || err != nil {
			return f, errors.Join(err, c.untagged(of))
		}
	}
	if f.last, err = sinceTag(tag, of.version); err != nil {
		return f, err
	}
	since, err := repository.Resolve(ctx, "refs/tags/"+f.last.Tag())
	if err != nil {
		return f, errors.New("finding the tag " + f.last.Tag() + ": this clone doesn't have it: run git fetch --tags")
	}
	return f, c.read(ctx, repository, rules, span{since, tip}, &f)
}

// untagged is an error if the release data has a release, so that its tag is missing. By PEP
// 605, there may have been none.
func (c *abiCmd) untagged(of nextOf) error {
	schedule, _ := of.calendar.Schedule(of.version)
	last, released := schedule.Last(of.day)
	if !released || c.Scheme == "pep605" {
		return nil
	}
	return fmt.Errorf("finding the last release of %s: no tag such as %s leads to this branch: run git fetch --tags, or name one with --since",
		of.version, last.Tag())
}

// sinceTag is the release with a tag.
func sinceTag(tag, version string) (*abi.Release, error) {
	r, err := abi.ParseRelease(tag)
	if err == nil && r.Version != version {
		err = fmt.Errorf("reading --since: %s isn't a release of %s", tag, version)
	}
	return &r, err
}

// span is what lies between two commits.
type span struct{ from, to string }

func (c *abiCmd) read(ctx context.Context, r git.Repository, rules config.Rules, of span, f *abiFacts) error {
	landed, err := r.Log(ctx, of.from, of.to, func(path string) bool { return newscheck.IsEntry(rules.News, path) })
	if err != nil {
		return err
	}
	var changes []abi.Change
	for _, l := range landed {
		changes = append(changes, abi.Change{Commit: l.ID, Message: l.Message, Files: l.Files})
	}
	f.ledger = abi.Read(abi.Settings{ABI: rules.ABI, News: rules.News}, changes)
	before, err := r.File(ctx, of.from, abi.StableManifest)
	if err != nil {
		return err
	}
	after, err := r.File(ctx, of.to, abi.StableManifest)
	f.stable = abi.CompareStable(before, after)
	return err
}

// schemeNamed is one of the proposed schedules.
func schemeNamed(name string) (lifecycle.Scheme, error) {
	scheme, found := lifecycle.SchemeNamed(name)
	if found {
		return scheme, nil
	}
	var names []string
	for _, s := range lifecycle.Schemes() {
		names = append(names, s.Name)
	}
	return scheme, fmt.Errorf("reading --scheme: unknown scheme %q: expected one of %s", name, strings.Join(names, ", "))
}
