package main

import (
	"context"
	"errors"
	"fmt"
	"path"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

type newsCmd struct {
	Release string `arg:"" name:"x.y.z" help:"The release, as blurb names it, such as 3.15.0b2 or 3.14.8."`
	Preview bool   `help:"Print the file that \"blurb release\" would write, instead of a summary."`
	Repo    string `default:"." placeholder:"DIR" help:"A clone of the repository, or a directory inside it."`
	Ref     string `placeholder:"REF" help:"The commit or branch to look at; with --repository, a branch (default: the version's)."`
	At      string `placeholder:"YYYY-MM-DD" help:"The day of the release (default: today)."`
	JSON    bool   `name:"json" help:"Print JSON instead of text."`
	Config  string `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`

	calendarFlags `embed:""`
	remoteFlags   `embed:""`
}

func (newsCmd) Help() string {
	return `Judges every NEWS entry of the next release as "blurb release" would, in a clone and without
network access, or with --repository on GitHub in three requests. Entries that would break the release or be lost go to standard error, one line
for each fault. Exit code: 0 if the release would have every entry, 1 if not, 2 if the command was
misused.

  bot news 3.15.0b2 --repo ~/cpython
  bot news 3.15.0b2 --preview > 3.15.0b2.rst

` + githubEnvironment
}

func (c *newsCmd) Run(s streams) error {
	version, ok := changelog.VersionOf(c.Release)
	if !ok {
		return misuse(fmt.Errorf("reading %q: it isn't a release: expected one such as 3.15.0b2, 3.15.0rc1 or 3.14.8", c.Release))
	}
	day, err := dayAt(c.At, s)
	if err != nil {
		return misuse(err)
	}
	settings, err := readSettings(c.Config)
	if err != nil {
		return misuse(err)
	}
	calendar, err := c.calendarFlags.calendar()
	if err != nil {
		return misuse(err)
	}
	of := nextOf{version, day, calendar}
	var tree newsTree
	if c.Repository != "" {
		tree, err = c.remote(s, settings, of)
	} else if tree, err = c.local(s.ctx, settings, of); err != nil {
		err = misuse(err)
	}
	if err != nil {
		return err
	}
	return c.print(s, newNewsReport(c, tree, day))
}

// dayAt reads a flag --at; "" is today.
func dayAt(at string, s streams) (time.Time, error) {
	if at == "" {
		return s.now(), nil
	}
	day, err := time.Parse(time.DateOnly, at)
	if err != nil {
		err = fmt.Errorf("reading --at: %q isn't a date: expected YYYY-MM-DD, such as 2026-10-01", at)
	}
	return day, err
}

// nextOf says which version's next release is meant, and when.
type nextOf struct {
	version  string
	day      time.Time
	calendar *lifecycle.Calendar
}

// newsTree is what a repository has for the next release.
type newsTree struct {
	settings config.News
	from     string // where it was read: a branch and a commit, for people
	files    []pull.File
	released bool // the release's file exists already
}

// local reads a clone.
func (c *newsCmd) local(ctx context.Context, settings *config.Config, of nextOf) (newsTree, error) {
	repository := git.Repository{Dir: c.Repo}
	rules, err := ownSettings(ctx, settings, repository)
	if err != nil {
		return newsTree{}, err
	}
	name, commit, err := of.commit(ctx, repository, c.Ref)
	if err != nil {
		return newsTree{}, err
	}
	files, err := repository.Tree(ctx, commit, rules.News.Directory)
	if err != nil {
		return newsTree{}, err
	}
	tree := newsTree{settings: rules.News, from: fmt.Sprintf("%s (%.10s)", name, commit), files: files}
	tree.released, err = repository.Has(ctx, commit, releaseFile(rules.News, c.Release))
	return tree, err
}

// releaseFile is the file that "blurb release" writes.
func releaseFile(set config.News, release string) string {
	return path.Dir(set.Directory) + "/" + release + ".rst"
}

// commit finds the commit to look at in a clone, and its name.
func (of nextOf) commit(ctx context.Context, r git.Repository, ref string) (name, id string, err error) {
	if ref != "" {
		id, err = r.Resolve(ctx, ref)
		return ref, id, err
	}
	branches := []string{of.version}
	if b, found := of.calendar.Branch(of.version, of.day); found && b.Phase == lifecycle.Feature {
		branches = append(branches, b.Name)
	}
	for _, branch := range branches {
		for _, name := range []string{"refs/remotes/upstream/" + branch, "refs/remotes/origin/" + branch, "refs/heads/" + branch} {
			if id, err = r.Resolve(ctx, name); err == nil {
				return path.Base(path.Dir(name)) + "/" + branch, id, nil
			}
		}
	}
	if _, err := r.Root(ctx); err != nil {
		return "", "", err
	}
	return "", "", errors.New("finding the branch of " + of.version + ": this clone doesn't have it: fetch it, or name a commit with --ref")
}
