package backport

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Config of the rules.
type Config struct {
	Settings config.Backport
	Picks    config.Picks
	ABI      config.ABI
	// Calendar returns the current release data. Rules are pure as long as it stays the
	// same.
	Calendar  func() *lifecycle.Calendar
	ServerURL string // of GitHub's pages, "https://github.com"
	// Asked returns the labels that commands in comments add or remove, as events; nil if
	// there are no commands.
	Asked func(*pull.Request) []pull.Event
	// May reports whether someone has a say on backports: they can request one by a
	// command, and their own ones count. It reads the Team, and Looks.People.
	May func(r *pull.Request, login string) bool
	// Decisions returns what release managers allow and refuse by commands, oldest first. nil:
	// there are no commands.
	Decisions func(*pull.Request) []pull.Event
	// Frozen reports whether a branch is frozen, and whether release managers decide that by
	// commands. FreezeLooks are what it reads. nil: the release data decides.
	Frozen      func(r *pull.Request, branch string) (frozen, decided bool)
	FreezeLooks func(branches ...string) pull.Looks

	paths *Paths // of Picks
}

// answer to the question whether a change may go to a branch.
type answer int

const (
	allowed answer = iota
	waiting        // for a person or a date
	refused        // and the label is removed
)

// verdict is an answer with its reason.
type verdict struct {
	answer answer
	why    string    // a sentence
	person bool      // someone must act
	again  time.Time // when the answer may change; zero: not by itself
}

// labelPrefix is the part of a label before the version.
func (c *Config) labelPrefix() string { return c.Settings.Label + " " }

func (c *Config) label(branch string) string { return c.labelPrefix() + branch }

// asked returns the branch that a label requests, which needn't be valid. label is its
// inverse.
func (c *Config) asked(label string) (branch string, ok bool) {
	prefix := c.labelPrefix()
	if len(label) < len(prefix) || !strings.EqualFold(label[:len(prefix)], prefix) {
		return "", strings.EqualFold(strings.TrimSpace(label), c.Settings.Label)
	}
	return label[len(prefix):], true
}

// Life returns a branch's phase and dates, with the settings' corrections.
func (c *Config) Life(version string, now time.Time) (lifecycle.Branch, bool) {
	return c.Settings.Life(c.Calendar(), version, now)
}

// managers returns the logins of a branch's release managers.
func (c *Config) managers(b lifecycle.Branch) []string { return c.Settings.Logins(b) }

// decide returns whether the change may go to a branch.
func (c *Config) decide(r *pull.Request, version string) verdict {
	if !lifecycle.ValidVersion(version) {
		if strings.EqualFold(version, r.DefaultBranch) {
			return verdict{answer: refused, why: whySource(r.DefaultBranch)}
		}
		return verdict{answer: refused, why: whyNoVersion(c.label("3.14"))}
	}
	b, known := c.Life(version, r.Now)
	exists := r.Branches[version].Tip != ""
	change, _ := c.Calendar().NextChange(version, r.Now)
	if change.Sub(r.Now) > 90*24*time.Hour {
		change = time.Time{} // no one waits for that
	}
	switch {
	case version == r.Base:
		return verdict{answer: refused, why: whyBase(version)}
	case known && b.Phase == lifecycle.EndOfLife:
		return verdict{answer: refused, why: whyEndOfLife(version, ended(b))}
	case !known && !exists:
		return verdict{answer: refused, why: whyUnknown(version)}
	case !known:
		return verdict{answer: waiting, why: whyUnlisted(version), again: r.Now.Add(look)}
	case b.Phase == lifecycle.Feature && !exists:
		return verdict{answer: refused, why: whyDevelopment(version, r.DefaultBranch)}
	case b.Phase == lifecycle.Feature:
		return verdict{answer: waiting, why: whyUnlisted(version), again: r.Now.Add(look)}
	case !exists:
		return verdict{answer: refused, why: whyMissing(version)}
	}
	return c.byPhase(r, b, change)
}

// look is how soon release data that seems out of date is read again.
const look = 6 * time.Hour

// phase of a branch, as release managers have it.
func (c *Config) phase(r *pull.Request, b lifecycle.Branch) lifecycle.Phase {
	if c.Frozen == nil {
		return b.Phase
	}
	switch frozen, decided := c.Frozen(r, b.Version); {
	case frozen:
		return lifecycle.FinalFreeze
	case decided && b.Phase == lifecycle.FinalFreeze: // thawed early
		return lifecycle.Bugfix
	}
	return b.Phase
}

// freezeLooks are what phase reads.
func (c *Config) freezeLooks(branches ...string) []int {
	if c.FreezeLooks == nil {
		return nil
	}
	return c.FreezeLooks(branches...).Threads
}

// byPhase applies the settings' table.
func (c *Config) byPhase(r *pull.Request, b lifecycle.Branch, change time.Time) verdict {
	if phase := c.phase(r, b); phase != b.Phase { // nobody knows until when
		b.Phase, change = phase, r.Now.Add(look)
	}
	kind, phase := c.kind(r), string(b.Phase)
	table, found := c.Settings.Phase(phase)
	managers := c.managers(b)
	by := who(managers)
	said := c.decision(r, b.Version)
	switch {
	case !found:
		return verdict{answer: refused, why: whyNoPhase(b.Version, phase)}
	case said.Kind == pull.Refused:
		return verdict{answer: refused, why: whyNot(r.Me, said)}
	case said.Kind == pull.Allowed:
		return verdict{answer: allowed}
	case slices.Contains(table.Allow, kind), c.approved(r, b.Version, managers):
		return verdict{answer: allowed}
	case slices.Contains(table.Ask, kind):
		return c.ask(r, b, kind, change)
	}
	return verdict{answer: refused, why: whyKind(b, kind, c.labelOf(security), mayAllow(by, c.allowing(r, b.Version, allowLabel)))}
}

// ask makes a change wait for the release manager, who is mentioned once the change is
// merged and only lacks the approval.
func (c *Config) ask(r *pull.Request, b lifecycle.Branch, kind string, change time.Time) verdict {
	by, how := who(c.managers(b)), c.allowing(r, b.Version, allowAgain)
	if b.Phase == lifecycle.FinalFreeze {
		return verdict{answer: waiting, why: fmt.Sprintf(whyFrozen, b.Version, by, how), again: change}
	}
	if r.Merge != nil {
		by = who(mentioned(c.managers(b)))
	}
	return verdict{answer: waiting, why: fmt.Sprintf(whyAsk, b.Version, b.Phase, kindNames[kind][1], by, how), person: true, again: change}
}

// allowing is how a release manager allows a backport.
func (c *Config) allowing(r *pull.Request, version, byLabel string) string {
	if c.Decisions != nil && r.Me != "" {
		return fmt.Sprintf(allowCommand, r.Me, version)
	}
	return fmt.Sprintf(byLabel, c.label(version))
}

// decision is the last word of a branch's release managers by a command, or a zero event.
// Setting the label by hand undoes a refusal.
func (c *Config) decision(r *pull.Request, version string) (last pull.Event) {
	if c.Decisions == nil {
		return last
	}
	for _, e := range c.Decisions(r) {
		if e.Subject == version {
			last = e
		}
	}
	b, _ := c.Life(version, r.Now)
	since := *r
	since.Events = slices.DeleteFunc(slices.Clone(r.Events), func(e pull.Event) bool { return !e.At.After(last.At) })
	if last.Kind == pull.Refused && c.approved(&since, version, c.managers(b)) {
		return pull.Event{}
	}
	return last
}

// approved reports whether a release manager of the branch set the label, or requested
// it by a command, since it was last removed.
func (c *Config) approved(r *pull.Request, version string, managers []string) bool {
	for _, e := range slices.Backward(r.Events) {
		switch {
		case !strings.EqualFold(e.Subject, c.label(version)):
		case e.Kind == pull.Unlabeled:
			return false
		case e.Kind == pull.Labeled && slices.ContainsFunc(managers, func(m string) bool { return strings.EqualFold(m, e.By) }):
			return true
		}
	}
	return false
}

// lastAsked returns when a branch's label was last set. The bot only sets it for people
// who gave a command.
func (c *Config) lastAsked(events []pull.Event, version string) (pull.Event, bool) {
	for _, e := range slices.Backward(events) {
		if e.Kind == pull.Labeled && strings.EqualFold(e.Subject, c.label(version)) {
			return e, true
		}
	}
	return pull.Event{}, false
}

// labelOf is the label for a kind of change, or "" if the settings have none.
func (c *Config) labelOf(kind string) string {
	for _, k := range c.Settings.Kinds {
		if k.Name == kind {
			return k.Labels[0]
		}
	}
	return ""
}

// askedAgain reports whether a branch's label was set after its backport was closed, and
// whether there's still time to reopen that one.
func (c *Config) askedAgain(events []pull.Event, version string, closed time.Time) (again, inTime bool) {
	asked, found := c.lastAsked(events, version)
	within := time.Duration(c.Settings.ReopenWithin) * 24 * time.Hour
	return found && asked.At.After(closed), asked.At.Sub(closed) <= within
}

// fork is the account whose fork gets the branches, or "" for the repository itself.
func (c *Config) fork() string {
	if c.Settings.PushTo == config.Upstream {
		return ""
	}
	return c.Settings.PushTo
}

// beforeMarker is what a title may have before the ABI marker.
var beforeMarker = regexp.MustCompile(`^\s*(\[[^\]]*\]\s*)?((?i:gh|bpo)-\d+:\s*)?`)

// kind of the change, by its title and labels.
func (c *Config) kind(r *pull.Request) string {
	title := r.Title
	if r.Merge != nil { // from then on, authors can put anything into the title
		title, _, _ = strings.Cut(r.Merge.Message, "\n")
	}
	marker := strings.ToLower(c.ABI.CommitMarker)
	title = strings.ToLower(title)
	if strings.HasPrefix(beforeMarker.ReplaceAllString(title, ""), marker) || strings.HasPrefix(strings.TrimSpace(title), marker) {
		return config.ABIBreak
	}
	for _, k := range c.Settings.Kinds {
		if slices.ContainsFunc(k.Labels, r.HasLabel) {
			return k.Name
		}
	}
	return config.Fix
}
