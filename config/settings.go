// Package config reads the settings: the central file of the operator, the
// file that a repository may have of its own, and the built-in preset that both
// start from. It is strict: whatever is wrong with a file is told in one go,
// each fault with its place.
//
// It must not know GitHub's API, nor what a rule does with its settings. A new
// setting is a field of a group in Rules with its limits in the tag, a line in
// cpython.yml, and the schema files written again (make golden). One that
// names a status or a label has the tag "names" (names.go).
package config

import (
	"path"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config/yamlfile"
)

// RepositoryFile is where a repository keeps its own settings, on its default
// branch.
const RepositoryFile = ".github/concorde.yml"

// Config is the central file: what the operator of the App decides.
type Config struct {
	// Preset is what the file starts from. Settings that the file leaves out are those of the preset.
	Preset string `yaml:"preset" jsonschema:"enum=cpython"`
	// Accounts are those on whose installations the bot acts, in upper or lower case. Other
	// accounts' deliveries are acknowledged without being stored, and their problems don't
	// turn /readyz red. Empty: wherever the App is installed.
	Accounts []string `yaml:"accounts" jsonschema:"format=account,maxLength=100,uniqueItems=true,maxItems=1000"`
	// Repositories are patterns of OWNER/NAME, with * for any run of characters within
	// a part. The bot stores deliveries of others and does nothing more.
	Repositories []string `yaml:"repositories" jsonschema:"format=repository-pattern,uniqueItems=true,maxItems=1000"`
	Sweep        Sweep    `yaml:"sweep"`
	// Rules hold for every repository unless its own file says otherwise.
	Rules `yaml:",inline"`
}

// Rules are the settings that a repository may override in its own file.
type Rules struct {
	Modes  Modes  `yaml:"modes"`
	Shadow Shadow `yaml:"shadow"`

	News News `yaml:"news"`
	ABI  ABI  `yaml:"abi"`

	Backport Backport `yaml:"backport"`
	Picks    Picks    `yaml:"picks"`

	Roles        Roles        `yaml:"roles"`
	Stages       Stages       `yaml:"stages"`
	IssueNumbers IssueNumbers `yaml:"issue-numbers"`
	Titles       Titles       `yaml:"titles"`
	WrongBranch  WrongBranch  `yaml:"wrong-branch"`
	Commands     Commands     `yaml:"commands"`
	Conflicts    Conflicts    `yaml:"conflicts"`
	Labels       Labels       `yaml:"labels"`

	Freeze        Freeze        `yaml:"freeze"`
	Release       Release       `yaml:"release"`
	Regressions   Regressions   `yaml:"regressions"`
	NightlyBuilds NightlyBuilds `yaml:"nightly-builds"`

	// Warnings are about what the last file read doesn't mean as it looks; the file is
	// in force all the same.
	Warnings yamlfile.Faults `yaml:"-"`
	// LeftOut are the faults of single rules of a labeler file. These rules aren't in
	// force; the file's other rules are.
	LeftOut yamlfile.Faults `yaml:"-"`
}

// Sweep is the periodic look at pull requests whose webhooks may be lost.
type Sweep struct {
	// MaxWrites is how much one sweep may write, oldest pull requests first. The rest waits
	// for the next sweep, and /readyz says so until then: a person should check why.
	MaxWrites int `yaml:"max-writes" jsonschema:"minimum=1,maximum=100000"`
	// PullRequestsPerMinute is how many pull requests a sweep checks a minute, per
	// repository, and how many of its finds then run a minute. Each takes about two
	// requests, and some of the 5,000 points that GitHub allows an hour.
	PullRequestsPerMinute int `yaml:"pull-requests-per-minute" jsonschema:"minimum=1,maximum=400"`
	// FullAt is the hour (UTC, 0 to 23) after which the nightly sweep runs: over all
	// pull requests that are open, changed within a week, or wait for a backport.
	FullAt int `yaml:"full-at" jsonschema:"minimum=0,maximum=23"`
}

// Mode says how much a rule insists.
type Mode string

const (
	Off     Mode = "off"
	Warn    Mode = "warn"
	Require Mode = "require"
)

// Serves reports whether the bot acts on an account's installation. GitHub compares
// names without regard to case.
func (c *Config) Serves(account string) bool {
	return len(c.Accounts) == 0 || slices.ContainsFunc(c.Accounts, func(login string) bool { return strings.EqualFold(login, account) })
}

// Acts reports whether the bot does anything in the repository.
func (c *Config) Acts(owner, repo string) bool {
	if !c.Serves(owner) {
		return false
	}
	name := strings.ToLower(owner + "/" + repo)
	return slices.ContainsFunc(c.Repositories, func(pattern string) bool {
		ok, err := path.Match(strings.ToLower(pattern), name)
		return ok && err == nil
	})
}
