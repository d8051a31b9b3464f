package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// reportFlags are those of every command that reports on a repository.
type reportFlags struct {
	JSON   bool   `name:"json" help:"Print JSON instead of text."`
	Config string `env:"BOT_CONFIG" placeholder:"FILE" help:"Settings (default: the built-in preset cpython)."`
}

// hostedFlags are those of commands that always ask GitHub.
type hostedFlags struct {
	Repository  string `default:"python/cpython" placeholder:"OWNER/REPO" help:"Where to look."`
	reportFlags `embed:""`
	GitHub      githubFlags `embed:""`
}

// remote is a repository on GitHub.
type remote struct {
	connection
	key     pull.Key
	outline pull.Repository
	rules   config.Rules // the repository's own settings
}

// open asks about the repository.
func (f hostedFlags) open(s streams) (remote, error) {
	settings, err := readSettings(f.Config)
	if err != nil {
		return remote{}, misuse(err)
	}
	return f.GitHub.repository(s, settings, f.Repository)
}

// repository asks about a repository.
func (f githubFlags) repository(s streams, settings *config.Config, name string) (r remote, err error) {
	if r.key, err = parseRepository(name); err != nil {
		return r, err
	}
	if r.connection, err = f.connect(s, appNeeds{log: zerolog.Nop()}); err != nil {
		return r, misuse(err)
	}
	r.outline, err = r.loads.Repository(s.ctx, snapshot.RepositoryQuery{Key: r.key, SettingsPath: config.RepositoryFile})
	if err != nil {
		return r, notInstalled(err)
	}
	r.rules = settingsOf(s, settings, r.outline)
	return r, nil
}

// branch is the branch to look at: the version's, unless one is named.
func (r remote) branch(of nextOf, named string) (string, error) {
	if named == "" {
		named = of.version
		if of.calendar.Uncut(of.version, of.day) && !slices.Contains(r.outline.Branches, named) {
			named = r.outline.DefaultBranch
		}
	}
	if !slices.Contains(r.outline.Branches, named) {
		return "", fmt.Errorf("finding the branch of %s: %s doesn't have %s", of.version, r.key, named)
	}
	return named, nil
}

// treeFlags are those of commands that read a version's branch: in a clone, or on GitHub.
type treeFlags struct {
	Repo          string `default:"." placeholder:"DIR" help:"A clone of the repository, or a directory inside it."`
	Ref           string `placeholder:"REF" help:"The commit or branch to look at; with --repository, a branch (default: the version's)."`
	At            string `placeholder:"YYYY-MM-DD" help:"The day to decide on, or of the release (default: today)."`
	reportFlags   `embed:""`
	calendarFlags `embed:""`
	Repository    string      `placeholder:"OWNER/REPO" help:"Ask GitHub about this repository instead of reading a clone."`
	GitHub        githubFlags `embed:""`
}

// nextOf says which version's next release is meant, and when.
type nextOf struct {
	version  string
	day      time.Time
	calendar *lifecycle.Calendar
}

// tree is where a version is read.
type tree struct {
	nextOf
	rules config.Rules // the repository's own settings
	from  string       // a branch and a commit, for people

	remote remote // with a branch; without one, the clone's commit is read
	branch string
	clone  git.Repository
	commit string
}

// open finds a version's branch.
func (f treeFlags) open(s streams, version string) (t tree, err error) {
	t.version = version
	if t.day, err = dayAt(f.At, s); err != nil {
		return t, misuse(err)
	}
	settings, err := readSettings(f.Config)
	if err != nil {
		return t, misuse(err)
	}
	if t.calendar, err = f.calendar(); err != nil {
		return t, misuse(err)
	}
	if f.Repository == "" {
		err = f.inClone(s.ctx, settings, &t)
		return t, t.at(err)
	}
	if t.remote, err = f.GitHub.repository(s, settings, f.Repository); err != nil {
		return t, err
	}
	t.rules = t.remote.rules
	if t.branch, err = t.remote.branch(t.nextOf, f.Ref); err != nil {
		return t, misuse(err)
	}
	t.from = fmt.Sprintf("%s of %s (%.10s)", t.branch, t.remote.key, t.remote.outline.Tips[t.branch])
	return t, nil
}

func (f treeFlags) inClone(ctx context.Context, settings *config.Config, t *tree) (err error) {
	t.clone = git.Repository{Dir: f.Repo}
	if t.rules, err = ownSettings(ctx, settings, t.clone); err != nil {
		return err
	}
	name := ""
	name, t.commit, err = t.nextOf.commit(ctx, t.clone, f.Ref)
	t.from = fmt.Sprintf("%s (%.10s)", name, t.commit)
	return err
}

// at is an error of reading. If a clone can't be read, another one was meant.
func (t tree) at(err error) error {
	if err != nil && t.branch == "" {
		return misuse(err)
	}
	return err
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
