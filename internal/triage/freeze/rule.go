// Package freeze is the rule that closes a branch between the tag of a release and its
// announcement, when only the release manager merges.
//
// It's pure, and must not know other rules.
package freeze

import (
	"fmt"
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
	// Commands returns the commands in a tracking issue's comments that freeze or thaw a
	// version and count, oldest first. nil: there are no commands.
	Commands func(r *pull.Request, comments []pull.Comment) []pull.Event
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
// about. It reads what Looks names.
func (c Config) Frozen(r *pull.Request, version string) (frozen, decided bool) {
	if !c.about(version) {
		return false, false
	}
	return c.state(r, version, r.Threads[c.Release.Issue(version)]).frozen, true
}

// about reports whether a version can freeze.
func (c Config) about(version string) bool {
	return c.Release.Issue(version) != 0 || c.Settings.Mode == config.On && lifecycle.ValidVersion(version)
}

// state of a version.
type state struct {
	version string
	issue   int // the tracking issue; 0: it has none
	frozen  bool
	by      string    // who froze it; "" for the release data
	at      time.Time // when a command froze or thawed it the last time; zero: none did
	until   time.Time // zero: until someone thaws it
	next    time.Time // when the release data freezes it or ends that; zero: not foreseen
	ever    bool      // it's frozen, or was
	lead    []string  // logins of its release managers
}

// state decides by the release data and the last command. A command to freeze holds until
// one to thaw; one to thaw holds until the release data freezes the branch the next time.
func (c Config) state(r *pull.Request, version string, thread pull.Thread) state {
	s := state{version: version, issue: c.Release.Issue(version)}
	b, known := c.Backport.Life(c.Calendar(), version, r.Now)
	if !known {
		b = lifecycle.Branch{}
	}
	s.lead = c.Backport.Logins(b)
	start, end := c.planned(version)
	scheduled := b.Phase == lifecycle.FinalFreeze
	switch {
	case r.Now.Before(start):
		s.next = start
	case scheduled && r.Now.Before(end):
		s.next = end
	}
	last, frozen := c.last(r, version, thread)
	s.at = last.At
	_, noted := thread.Notes[noteKey]
	switch {
	case last.Kind == pull.Frozen:
		s.frozen, s.by = true, last.By
	case scheduled && (r.Now.Before(start) || !r.Now.Before(end)): // by the settings, until they change
		s.frozen = true
	case scheduled && (last.Kind == "" || last.At.Before(start)):
		s.frozen, s.until = true, end
	}
	begun := s.issue == 0 && !start.IsZero() && !r.Now.Before(start)
	s.ever = frozen || s.frozen || noted || begun
	return s
}

// last is the last command on a version, and whether one ever froze it.
func (c Config) last(r *pull.Request, version string, thread pull.Thread) (last pull.Event, frozen bool) {
	if c.Commands == nil {
		return last, false
	}
	for _, e := range c.Commands(r, thread.Comments) {
		if e.Subject == version {
			last, frozen = e, frozen || e.Kind == pull.Frozen
		}
	}
	return last, frozen
}

// planned is when the release data freezes a version, and when that ends; zero: never.
func (c Config) planned(version string) (start, end time.Time) {
	schedule, found := c.Calendar().Schedule(version)
	if !found {
		return start, end
	}
	for _, p := range schedule.Periods() {
		switch {
		case p.Phase == lifecycle.FinalFreeze:
			start = p.From
		case !start.IsZero() && end.IsZero():
			end = p.From
		}
	}
	return start, end
}

// here is the state of a tracking issue's own version.
func (c Config) here(r *pull.Request, version string) state {
	return c.state(r, version, pull.Thread{Comments: r.Comments, Notes: r.Notes})
}

func (c Config) want(r *pull.Request) pull.Want {
	if r.Issue {
		return c.track(r)
	}
	if r.State != pull.Open || r.Me == "" { // a local range has no state
		return pull.Want{}
	}
	var want pull.Want
	issue := c.Release.Issue(r.Base)
	s := state{version: r.Base}
	if c.about(r.Base) {
		s = c.state(r, r.Base, r.Threads[issue])
		want.Again = s.next
	}
	if !s.ever && !r.EarlierStatuses[c.Settings.Status] {
		return want // it doesn't apply
	}
	status := c.status(r, s, r.Author)
	// A status belongs to the commit: another pull request with this head may be into a
	// frozen branch.
	if shown := r.Statuses[c.Settings.Status]; shown.State == pull.StatusFailure && shown.URL != status.URL &&
		!r.Happened(pull.BaseChanged, r.Base) {
		return want
	}
	want.Statuses = []pull.Status{status}
	if _, noted := r.Threads[issue].Notes[noteKey]; s.frozen && !noted && issue != 0 {
		want.Enqueue = append(want.Enqueue, c.key(r, issue))
	}
	if r.Statuses[c.Settings.Status] != status && r.Happened(pull.Queued, "") { // a merge queue's commits get it too
		want.Enqueue = append(want.Enqueue, r.Key.Repository())
	}
	return want
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
	if !s.ever {
		return want
	}
	want.Notes = []pull.Note{c.note(r, s)}
	for _, number := range r.Awaiting[c.label(version)] {
		want.Enqueue = append(want.Enqueue, c.key(r, number))
	}
	for _, open := range r.Open[version] {
		if open.Statuses[c.Settings.Status] != c.status(r, s, open.Author) {
			want.Enqueue = append(want.Enqueue, c.key(r, open.Number))
		}
	}
	return want
}

// thawedFor is how long after a thaw by command the merged pull requests that request a
// backport are enqueued, as many of them wait for it: longer than it takes sweeps to find a
// command whose webhook was lost.
const thawedFor = 2 * time.Hour

// thaws reports whether backports may still wait for a thaw, by a command or without one,
// after someone deleted the command to freeze.
func (c Config) thaws(r *pull.Request, s state) bool {
	posted, noted := r.Notes[noteKey]
	return !s.frozen && (r.Now.Sub(s.at) < thawedFor || noted && posted.Digest != c.note(r, s).Digest())
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
	page := fmt.Sprintf("%s/%s", strings.TrimRight(c.ServerURL, "/"), r.Key.Repository())
	switch {
	case s.issue != 0:
		status.URL = fmt.Sprintf("%s/issues/%d", page, s.issue)
	case c.about(s.version): // another pull request with this head has another one
		status.URL = fmt.Sprintf("%s/tree/%s", page, s.version)
	}
	manages := func(login string) bool { return strings.EqualFold(login, author) }
	switch {
	case s.frozen && slices.ContainsFunc(s.lead, manages):
		status.Description = descriptionLead(author)
	case s.frozen:
		status.State, status.Description = pull.StatusFailure, descriptionFrozen(s)
	}
	return status
}
