// Package freeze is the rule that closes a branch between the tag of a release and its
// announcement, when only the release manager merges.
//
// It's pure, and must not know other rules.
package freeze

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// noteKey is the key of the comment in a tracking issue that shows whether its version is
// frozen. It also shows that it once was.
const noteKey = "freeze"

// Config of the rule.
type Config struct {
	Settings config.Freeze
	Release  config.Release  // the tracking issues
	Backport config.Backport // who the release managers are, and corrections of the release data
	// Calendar returns the current release data.
	Calendar  func() *lifecycle.Calendar
	ServerURL string // of GitHub's pages, "https://github.com"
	// Commands returns the commands in comments in a version's tracking issue that freeze or
	// thaw it and count, oldest first. nil: there are no commands.
	Commands func(r *pull.Request, version string, comments []pull.Comment) []pull.Event
}

// Rule is about open pull requests into branches of versions, and about their tracking
// issues.
func Rule(c Config) pull.Rule {
	rule := pull.Rule{
		Name:   "freeze",
		About:  about,
		Issues: true,
		Needs:  pull.Statuses | pull.Notes | pull.Comments | pull.Events,
		Owns:   []string{c.Settings.Status},
		Looks:  c.looks,
	}
	if c.Settings.Mode != config.Off {
		rule.Want = c.want
	}
	return rule
}

func (c Config) looks(r *pull.Request) pull.Looks {
	if !r.Issue {
		return c.Looks(r.Base)
	}
	version := c.Release.Version(r.Key.Number)
	s := c.here(r, version)
	if version == "" || !s.ever {
		return pull.Looks{}
	}
	looks := pull.Looks{Open: []string{version}}
	if c.thaws(r, s) {
		looks.Awaiting = []string{c.label(version)}
	}
	return looks
}

// label requests backports to a version.
func (c Config) label(version string) string { return c.Backport.Label + " " + version }

// Looks are what State reads about versions, besides the request.
func (c Config) Looks(versions ...string) (looks pull.Looks) {
	for _, version := range versions {
		if issue := c.Release.Issue(version); issue != 0 {
			looks.Threads = append(looks.Threads, issue)
		}
	}
	return looks
}

// Frozen reports whether a version is frozen; decided is false for one that this rule isn't
// about. It reads what Looks names. Where not all of that can be read, it counts as frozen.
func (c Config) Frozen(r *pull.Request, version string) (frozen, decided bool) {
	s := c.of(r, version)
	return s.frozen || s.unsure, c.about(version)
}

// about reports whether a version can freeze.
func (c Config) about(version string) bool {
	switch c.Settings.Mode {
	case config.On:
		return lifecycle.ValidVersion(version)
	case config.Tracked:
		return c.Release.Issue(version) != 0
	}
	return false
}

func (c Config) want(r *pull.Request) pull.Want {
	switch {
	case r.Issue:
		return c.track(r)
	case r.State != pull.Open || r.Me == "": // a local range has no state
		return pull.Want{}
	}
	s := c.of(r, r.Base)
	want := pull.Want{Again: s.next}
	always := c.Settings.Always && c.about(r.Base)
	if s.unsure || !s.ever && !always && !r.EarlierStatuses[c.Settings.Status] {
		return want // what it shows stands, or it doesn't apply
	}
	others, mine := c.shared(r)
	if !mine {
		return want
	}
	status := c.status(r, s, r.Author)
	want.Statuses = []pull.Status{status}
	want.Enqueue = append(others, c.follow(r, s, status)...)
	if r.Own && r.Statuses[c.Settings.Status].State == pull.StatusFailure && !s.frozen {
		want.Again = pull.Sooner(want.Again, r.Now.Add(2*pull.ReadLag)) // once GitHub sees that it's green, it may be merged
	}
	return want
}

// shared reports whether the head's status is this pull request's. It belongs to the commit,
// and another pull request with this head may be into a frozen branch. If this one came from
// there, it sets the status, and enqueues that version's tracking issue, which sets it right.
func (c Config) shared(r *pull.Request) (others []pull.Key, mine bool) {
	shown := r.Statuses[c.Settings.Status]
	version := c.versionAt(r, shown.URL)
	if shown.State != pull.StatusFailure || version == "" || version == r.Base {
		return nil, true
	}
	if issue := c.Release.Issue(version); issue != 0 {
		others = append(others, c.key(r, issue))
	}
	return others, r.Happened(pull.BaseChanged, r.Base)
}

// follow is what changes with a pull request's status.
func (c Config) follow(r *pull.Request, s state, status pull.Status) (keys []pull.Key) {
	if _, noted := r.Threads[s.issue].Notes[noteKey]; s.frozen && !noted && s.issue != 0 {
		keys = append(keys, c.key(r, s.issue))
	}
	// A merge queue's commits get it too. If it fails, in any case: a run may have been cut off
	// before it said so.
	if (status.State == pull.StatusFailure || r.Statuses[status.Context] != status) && r.Happened(pull.Queued, "") {
		keys = append(keys, r.Key.Repository())
	}
	return keys
}

// track keeps the comment in a tracking issue, and enqueues the open pull requests that
// show something else.
func (c Config) track(r *pull.Request) pull.Want {
	version := c.Release.Version(r.Key.Number)
	if version == "" {
		return pull.Want{}
	}
	s := c.here(r, version)
	want := pull.Want{Again: s.next}
	if s.unsure || !s.ever { // what pull requests show stands, or there's nothing to show
		return want
	}
	want.Notes = []pull.Note{c.note(r, s)}
	for _, number := range r.Awaiting[c.label(version)] {
		want.Enqueue = append(want.Enqueue, c.key(r, number))
	}
	missing := 0
	for _, open := range r.Open[version] {
		if open.Statuses[c.Settings.Status] != c.status(r, s, open.Author) {
			want.Enqueue = append(want.Enqueue, c.key(r, open.Number))
			missing++
		}
	}
	if missing > 0 {
		want.Again = pull.Sooner(s.next, r.Now.Add(min(max(r.Now.Sub(s.turned)/2, soon), late)))
	}
	return want
}

// While pull requests show something else, since GitHub rejected their statuses, the tracking
// issue enqueues them again: the longer nothing happens, the later.
const (
	soon = 2 * time.Minute
	late = 6 * time.Hour
)

// versionAt is the version whose statuses link to an address, or "". Addresses change with
// the settings and the repository's name: then they're no version's.
func (c Config) versionAt(r *pull.Request, address string) string {
	versions := []string{path.Base(address)}
	for _, t := range c.Release.Issues {
		versions = append(versions, t.Version)
	}
	for _, version := range versions {
		if c.about(version) && c.page(r, version) == address {
			return version
		}
	}
	return ""
}

// page is the address that a version's statuses link to: another version's differs.
func (c Config) page(r *pull.Request, version string) string {
	repository := fmt.Sprintf("%s/%s", strings.TrimRight(c.ServerURL, "/"), r.Key.Repository())
	switch issue := c.Release.Issue(version); {
	case issue != 0:
		return fmt.Sprintf("%s/issues/%d", repository, issue)
	case c.about(version):
		return fmt.Sprintf("%s/tree/%s", repository, version)
	}
	return ""
}

// thawedFor is how long after a thaw the merged pull requests that request a backport are
// enqueued, as they may wait for it: longer than it takes sweeps to find a command whose
// webhook was lost.
const thawedFor = 2 * time.Hour

// thaws reports whether backports may still wait for a thaw. It also comes when someone
// deletes the command to freeze.
func (c Config) thaws(r *pull.Request, s state) bool {
	posted, noted := r.Notes[noteKey]
	return !s.frozen && (r.Now.Sub(s.turned) < thawedFor || noted && posted.Digest != c.note(r, s).Digest())
}

// key of another pull request or issue of the same repository.
func (c Config) key(r *pull.Request, number int) pull.Key {
	key := r.Key.Repository()
	key.Number = number
	return key
}

// status of a pull request into a branch, by its author.
func (c Config) status(r *pull.Request, s state, author string) pull.Status {
	status := pull.Status{Context: c.Settings.Status, State: pull.StatusSuccess, Description: descriptionOpen(s.version)}
	status.URL = c.page(r, s.version)
	manages := func(login string) bool { return strings.EqualFold(login, author) }
	switch {
	case s.frozen && slices.ContainsFunc(s.lead, manages):
		status.Description = descriptionLead(author)
	case s.frozen:
		status.State, status.Description = pull.StatusFailure, descriptionFrozen(s)
	}
	return status
}
