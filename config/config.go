// Package config reads the settings: the central file of the operator, the
// file that a repository may have of its own, and the built-in preset that both
// start from. It is strict: whatever is wrong with a file is told in one go,
// each fault with its place.
//
// It must not know GitHub's API, nor what a rule does with its settings. A new
// setting is a field here with its limits in the tag, a line in cpython.yml,
// and the schema files written again (go test ./config -update).
package config

import (
	_ "embed"
	"fmt"
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
	// Accounts are the logins, in any case, on whose installations the bot acts. Others'
	// deliveries are answered and not stored, and their trouble isn't the bot's. Empty:
	// wherever the App is installed.
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
	News News `yaml:"news"`
	ABI  ABI  `yaml:"abi"`

	Backport Backport `yaml:"backport"`

	Roles        Roles        `yaml:"roles"`
	Stages       Stages       `yaml:"stages"`
	IssueNumbers IssueNumbers `yaml:"issue-numbers"`
	Titles       Titles       `yaml:"titles"`
	WrongBranch  WrongBranch  `yaml:"wrong-branch"`
	Commands     Commands     `yaml:"commands"`
	Conflicts    Conflicts    `yaml:"conflicts"`
	Labels       Labels       `yaml:"labels"`

	// Warnings are about what the last file read doesn't mean as it looks; the file is
	// in force all the same.
	Warnings yamlfile.Faults `yaml:"-"`
	// LeftOut are the faults of single rules of a labeler file. These rules aren't in
	// force; the file's other rules are.
	LeftOut yamlfile.Faults `yaml:"-"`
}

// Sweep is the periodic look at pull requests whose webhooks may be lost.
type Sweep struct {
	// MaxWrites bounds the writes of one sweep, oldest pull requests first. The rest waits
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

// News are the settings of the NEWS rule: how the files in which pull requests
// announce themselves are named, and what must be in them (devguide, "What's
// New and News Entries"; the tool blurb).
type News struct {
	Mode      Mode   `yaml:"mode" jsonschema:"enum=off,enum=require"`                     // off or require
	Status    string `yaml:"status" names:"status"`                                       // commit status context
	Check     string `yaml:"check"`                                                       // name of the check run
	SkipLabel string `yaml:"skip-label" jsonschema:"maxLength=50" names:"people's label"` // label that makes an entry unnecessary
	Directory string `yaml:"directory" jsonschema:"format=directory"`                     // where the entries are, below it the sections
	// Sections in the order of the changelog.
	Sections []Section `yaml:"sections" jsonschema:"minItems=1,maxItems=100"`
	// MinGHIssue is the lowest issue number that GitHub can have: lower ones
	// are of the old tracker.
	MinGHIssue int `yaml:"min-gh-issue" jsonschema:"minimum=1,maximum=1000000000"`
	Width      int `yaml:"width" jsonschema:"minimum=40,maximum=200"` // of the text once it is wrapped, in characters
	// Help is whether newcomers get a comment that explains entries.
	Help    bool   `yaml:"help"`
	HelpURL string `yaml:"help-url" jsonschema:"maxLength=2000,format=uri"` // the page that the comment links to
}

// Section of the changelog.
type Section struct {
	Name      string   `yaml:"name" jsonschema:"required,maxLength=100"`                       // as the changelog shows it
	Directory string   `yaml:"directory" jsonschema:"required,maxLength=100,format=file-name"` // where its entries are
	Legacy    []string `yaml:"legacy" jsonschema:"format=file-name,maxItems=20"`               // directories that are still read
	// Paths are prefixes of changed files that suggest this section, by which
	// it is guessed for a missing entry.
	Paths []string `yaml:"paths" jsonschema:"format=path-prefix,maxItems=100"`
}

// ABI are the settings of the ABI rule (PEP 605, "ABI markers").
type ABI struct {
	Mode         Mode   `yaml:"mode" jsonschema:"enum=off,enum=warn,enum=require"` // off, warn or require
	Status       string `yaml:"status" names:"status"`                             // commit status context
	Check        string `yaml:"check"`                                             // name of the check run
	CommitMarker string `yaml:"commit-marker" jsonschema:"maxLength=50"`           // at the start of a commit's summary line
	NewsMarker   string `yaml:"news-marker" jsonschema:"maxLength=50"`             // at the start of a NEWS entry
	// Evidence are files (path.Match patterns) that change with the ABI.
	Evidence []string `yaml:"evidence" jsonschema:"format=path-pattern,uniqueItems=true,maxItems=100"`
}

//go:embed cpython.yml
var preset []byte

// Preset is the built-in preset, "cpython".
func Preset() *Config {
	c := &Config{}
	if faults := decode("cpython.yml", preset, c); len(faults) > 0 {
		panic(fmt.Sprintf("the built-in preset is wrong: %v", faults)) // a test holds it right
	}
	return c
}

// Parse reads the central file; name is what faults call it. The error is of
// type yamlfile.Faults and has all of them.
func Parse(name string, data []byte) (*Config, error) {
	c := Preset()
	if faults := decode(name, data, c); len(faults) > 0 {
		return nil, faults
	}
	return c, nil
}

// Override reads a repository's own file, which may change what Rules holds,
// and gives the settings that are in force there. The error is of type yamlfile.Faults
// and has all of them.
func (c *Config) Override(name string, data []byte) (Rules, error) {
	rules := c.Rules // lists are replaced, never changed in place: a flat copy will do
	if faults := decode(name, data, &rules); len(faults) > 0 {
		return Rules{}, faults
	}
	return rules, nil
}

// Serves tells whether the bot acts on an account's installation. GitHub compares
// names without regard to case.
func (c *Config) Serves(account string) bool {
	return len(c.Accounts) == 0 || slices.ContainsFunc(c.Accounts, func(login string) bool { return strings.EqualFold(login, account) })
}

// Acts tells whether the bot does anything in the repository.
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
