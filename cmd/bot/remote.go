package main

import (
	"fmt"
	"slices"

	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// remote is a repository on GitHub, for commands that otherwise read a clone.
type remote struct {
	connection
	key     pull.Key
	outline pull.Repository
	rules   config.Rules // the repository's own settings
}

// remoteFlags choose one.
type remoteFlags struct {
	Repository string      `placeholder:"OWNER/REPO" help:"Ask GitHub about this repository instead of reading a clone."`
	GitHub     githubFlags `embed:""`
}

// open asks about the repository.
func (f remoteFlags) open(s streams, settings *config.Config) (r remote, err error) {
	if r.key, err = parseRepository(f.Repository); err != nil {
		return r, err
	}
	if r.connection, err = f.GitHub.connect(s, appNeeds{log: zerolog.Nop()}); err != nil {
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
		b, found := of.calendar.Branch(of.version, of.day)
		if found && b.Phase == lifecycle.Feature && !slices.Contains(r.outline.Branches, named) {
			named = r.outline.DefaultBranch
		}
	}
	if !slices.Contains(r.outline.Branches, named) {
		return "", fmt.Errorf("finding the branch of %s: %s doesn't have %s", of.version, r.key, named)
	}
	return named, nil
}

// from names where something was read, for people.
func (r remote) from(branch string) string {
	return fmt.Sprintf("%s of %s (%.10s)", branch, r.key, r.outline.Tips[branch])
}
