package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/abi"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/newscheck"
)

type abiCmd struct {
	Version   string `arg:"" name:"x.y" help:"The version, such as 3.15."`
	Since     string `placeholder:"TAG" help:"The release to compare with (default: the version's last one)."`
	Scheme    string `default:"pep602" placeholder:"NAME" help:"How releases are named: pep602 (in force), pep605 or pep2026 (rejected)."`
	treeFlags `embed:""`
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
	if err := parseVersion(c.Version); err != nil {
		return err
	}
	scheme, err := schemeNamed(c.Scheme)
	if err != nil {
		return misuse(err)
	}
	at, err := c.open(s, c.Version)
	if err != nil {
		return err
	}
	var found abiFacts
	if at.branch != "" {
		found, err = c.remote(s.ctx, at)
	} else {
		found, err = c.local(s.ctx, at)
	}
	if err != nil {
		return at.at(err)
	}
	report, err := newABIReport(at, abi.Source{Scheme: scheme, Data: at.calendar}, found)
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
	last     *abi.Release  // nil before the first one
	released []abi.Release // those of the version
	ledger   abi.Ledger
	stable   abi.Stable
}

// local reads a clone.
func (c *abiCmd) local(ctx context.Context, at tree) (f abiFacts, err error) {
	tags, err := at.clone.Tags(ctx, "v"+at.version+".")
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
		if tag, err = at.clone.LastTag(ctx, at.commit, "v"+at.version+"."); tag == "" || err != nil {
			return f, errors.Join(err, c.untagged(at.nextOf))
		}
	}
	if f.last, err = sinceTag(tag, at.version); err != nil {
		return f, err
	}
	since, err := at.clone.Resolve(ctx, "refs/tags/"+f.last.Tag())
	if err != nil {
		return f, errors.New("finding the tag " + f.last.Tag() + ": this clone doesn't have it: run git fetch --tags")
	}
	return f, f.read(ctx, at, since)
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

// read reads what came to a clone's commit since another one.
func (f *abiFacts) read(ctx context.Context, at tree, since string) error {
	set := at.rules
	landed, err := at.clone.Log(ctx, since, at.commit, func(path string) bool { return newscheck.IsEntry(set.News, path) })
	if err != nil {
		return err
	}
	var changes []abi.Change
	for _, l := range landed {
		changes = append(changes, abi.Change{Commit: l.ID, Message: l.Message, Files: l.Files})
	}
	f.ledger = abi.Read(abi.Settings{ABI: set.ABI, News: set.News}, changes)
	before, err := at.clone.File(ctx, since, abi.StableManifest)
	if err != nil {
		return err
	}
	after, err := at.clone.File(ctx, at.commit, abi.StableManifest)
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
