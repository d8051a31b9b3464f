package main

import (
	"context"
	"errors"
	"fmt"
	"path"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

type newsCmd struct {
	Release   string `arg:"" name:"x.y.z" help:"The release, as blurb names it, such as 3.15.0b2 or 3.14.8."`
	Preview   bool   `help:"Print the file that \"blurb release\" would write, instead of a summary."`
	treeFlags `embed:""`
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
	at, err := c.open(s, version)
	if err != nil {
		return err
	}
	found, err := c.read(s.ctx, at)
	if err != nil {
		return at.at(err)
	}
	return c.print(s, newNewsReport(c, found, at.day))
}

// newsTree is what a repository has for the next release.
type newsTree struct {
	settings config.News
	from     string // where it was read: a branch and a commit, for people
	files    []pull.File
	released bool // the release's file exists already
}

// read asks GitHub, or reads a clone.
func (c *newsCmd) read(ctx context.Context, at tree) (found newsTree, err error) {
	found = newsTree{settings: at.rules.News, from: at.from}
	directory, released := at.rules.News.Directory, releaseFile(at.rules.News, c.Release)
	if at.branch == "" {
		if found.files, err = at.clone.Tree(ctx, at.commit, directory); err == nil {
			found.released, err = at.clone.Has(ctx, at.commit, released)
		}
		return found, err
	}
	q := snapshot.TreeQuery{Key: at.remote.key, Ref: "refs/heads/" + at.branch, Directory: directory}
	if found.files, err = at.remote.loads.Tree(ctx, q); err == nil {
		q.Directory = released
		found.released, err = at.remote.loads.Has(ctx, q)
	}
	return found, err
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
	if of.calendar.Uncut(of.version, of.day) {
		branches = append(branches, "main")
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
