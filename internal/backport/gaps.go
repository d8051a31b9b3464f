package backport

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// security is the settings' name for the kind that goes to every living branch.
const security = "security"

// Search is what to look for to find out what a branch lacks.
type Search struct {
	Version string
	Phase   string
	// Since is when the branch was cut: earlier changes are on it. Zero if the release
	// data doesn't say.
	Since time.Time
	// Labels of changes that may be missing: the one that requests the backport, and those
	// for the kinds of fixes that the branch accepts now.
	Labels []string
}

// Search returns what to look for on a version's branch. An error says why there's
// nothing to look for.
func (c *Config) Search(version string, now time.Time) (Search, error) {
	s := Search{Version: version, Labels: []string{c.label(version)}}
	b, known := c.Life(version, now)
	s.Phase = string(b.Phase)
	table, found := c.Settings.Phase(s.Phase)
	switch {
	case !known:
		return s, fmt.Errorf("the release data doesn't list %s: is the version right? If so, add it to backport.overrides in the settings",
			version)
	case b.Phase == lifecycle.EndOfLife:
		return s, errors.New(whyEndOfLife(version, ended(b)))
	case b.Phase == lifecycle.Feature:
		return s, fmt.Errorf("%s is still in development, so it has all changes", version)
	case !found:
		return s, errors.New(whyNoPhase(version, s.Phase))
	}
	schedule, _ := c.Calendar().Schedule(version)
	s.Since = schedule.FeatureFreeze
	for _, k := range c.Settings.Kinds {
		if isFix(k.Name) && takes(table, k.Name) {
			s.Labels = append(s.Labels, k.Labels...)
		}
	}
	return s, nil
}

// Finds reports whether a pull request is one to look at.
func (s Search) Finds(m pull.Summary) bool {
	return !m.ClosedAt.Before(s.Since) && slices.ContainsFunc(s.Labels, m.HasLabel)
}

func isFix(kind string) bool { return kind == security || kind == config.Fix }

// takes reports whether a branch accepts changes of a kind. A fix that waits for the
// release manager, as all do before the final release, is missing too.
func takes(table config.Phase, kind string) bool {
	return slices.Contains(table.Allow, kind) || isFix(kind) && slices.Contains(table.Ask, kind)
}

// Maintained returns the branches that take backports now, newest first.
func (c *Config) Maintained(now time.Time) []lifecycle.Branch {
	var versions []string
	for _, b := range c.Calendar().At(now) {
		versions = append(versions, b.Version)
	}
	for _, o := range c.Settings.Overrides {
		versions = append(versions, o.Version)
	}
	slices.SortFunc(versions, func(a, b string) int { return lifecycle.Compare(b, a) })
	var all []lifecycle.Branch
	for _, version := range slices.Compact(versions) {
		if b, known := c.Life(version, now); known && b.Phase != lifecycle.Feature && b.Phase != lifecycle.EndOfLife {
			all = append(all, b)
		}
	}
	return all
}

// Gap is a merged change that a branch lacks.
type Gap struct {
	Number   int // its pull request's
	Title    string
	Kind     string // "security", "crash", "bug", "revert", or another kind in the settings
	Merged   time.Time
	Labelled bool   // the label that requests the backport is still on
	Why      string // why it's listed, in a few words
	Backport int    // the open backport, or 0
	Asks     bool   // it needs the release manager
}

// Reason is Why, and whose word it needs.
func (g Gap) Reason() string {
	if g.Asks {
		return g.Why + "; needs the release manager"
	}
	return g.Why
}

// Gaps returns the changes that the branch lacks and accepts now: security fixes first,
// then crashes, then bugs; the oldest first, since later ones may build on them. merged
// are pull requests into the default branch, into all those into the branch, in any
// state. What the bot's reverts took back isn't missing, nor are they, unless a label requests them.
func (c *Config) Gaps(s Search, merged, into []pull.Summary) []Gap {
	known := backportsOf(s.Version, into, merged)
	merged = c.standing(s.Version, merged)
	table, _ := c.Settings.Phase(s.Phase)
	seen := map[int]bool{}
	var gaps []Gap
	for _, m := range merged {
		g, missing := c.gap(s, m)
		if there := known[m.Number]; missing && !there.merged && !seen[m.Number] {
			seen[m.Number] = true
			g.Backport = there.open
			switch {
			case there.open == 0 && there.reverted != 0:
				g.Why += fmt.Sprintf("; its backport #%d was reverted", there.reverted)
			case there.open == 0 && there.closed != 0:
				g.Why += fmt.Sprintf("; its backport #%d was closed", there.closed)
			case there.open == 0 && !g.Labelled:
				g.Why += ", and no backport"
			}
			g.Asks = !slices.Contains(table.Allow, c.kind(change(m)))
			gaps = append(gaps, g)
		}
	}
	slices.SortFunc(gaps, func(a, b Gap) int {
		return cmp.Or(cmp.Compare(rank(a.Kind), rank(b.Kind)), a.Merged.Compare(b.Merged), cmp.Compare(a.Number, b.Number))
	})
	return gaps
}

// Of is the number of a backport's original, by its title; 0 if it's no backport to this version.
func Of(version string, p pull.Summary) int {
	branch, number := originalOf(pull.FullTitle(p.Title, p.Body))
	if branch != version || p.Base != version {
		return 0
	}
	return number
}

// OpenFix is an open pull request into the branch with a security fix.
type OpenFix struct {
	Of   int // the original; the pull request itself if it's no backport
	Pull pull.Summary
}

// OpenFixes are the security fixes among the open pull requests into the branch, also those of
// changes that Gaps doesn't look at any more. They go by their labels alone, which strangers
// can't set: authors choose titles.
func (c *Config) OpenFixes(version string, open []pull.Incoming) (all []OpenFix) {
	for _, p := range open {
		if c.secures(p.Summary) && (!takesBack(p.Summary) || Of(version, p.Summary) != 0) {
			all = append(all, OpenFix{cmp.Or(Of(version, p.Summary), p.Number), p.Summary})
		}
	}
	return all
}

// secures reports whether a pull request has the label of a security fix.
func (c *Config) secures(m pull.Summary) bool {
	return slices.ContainsFunc(c.Settings.Kinds, func(k config.Kind) bool {
		return k.Name == security && slices.ContainsFunc(k.Labels, m.HasLabel)
	})
}

// gap returns whether a change should be on the branch, only by its labels.
func (c *Config) gap(s Search, m pull.Summary) (Gap, bool) {
	kind := c.kind(change(m))
	if m.State == pull.Merged && c.secures(m) { // since then, its author may have changed the title
		kind = security
	}
	table, _ := c.Settings.Phase(s.Phase)
	g := Gap{Number: m.Number, Title: m.Title, Kind: kind, Merged: m.ClosedAt, Labelled: m.HasLabel(c.label(s.Version))}
	var types []string
	for _, k := range c.Settings.Kinds {
		for _, label := range k.Labels {
			if k.Name == kind && m.HasLabel(label) {
				types = append(types, label)
			}
		}
	}
	if kind == config.Fix && len(types) > 0 {
		g.Kind = "bug"
		if slices.ContainsFunc(types, func(l string) bool { return strings.Contains(strings.ToLower(l), "crash") }) {
			g.Kind = "crash"
		}
	}
	if takesBack(m) { // with its original's labels
		g.Kind = "revert"
	}
	switch {
	case g.Labelled:
		g.Why = "labelled " + c.label(s.Version)
	case isFix(kind):
		g.Why = strings.Join(types, ", ")
	}
	return g, m.State == pull.Merged && takes(table, kind) && g.Why != ""
}

// change has the parts of a pull request on which its kind depends.
func change(m pull.Summary) *pull.Request { return &pull.Request{Title: m.Title, Labels: m.Labels} }

// rank orders kinds by urgency.
func rank(kind string) int {
	order := []string{security, "crash", "bug"}
	if i := slices.Index(order, kind); i >= 0 {
		return i
	}
	return len(order)
}

// backports are those of one change to one branch.
type backports struct {
	merged                 bool
	open, closed, reverted int // the newest of each
}

// backportsOf finds a branch's backports by their titles, including those by hand, by
// their originals' numbers. merged are those into the default branch.
func backportsOf(version string, into, merged []pull.Summary) map[int]backports {
	all, undone, onDefault := map[int]backports{}, revertsAmong(into), revertsAmong(merged)
	for _, p := range into {
		number := Of(version, p)
		if number == 0 {
			continue
		}
		b := all[number]
		switch {
		case p.State == pull.Merged && undone.undidBackport(number, p, onDefault):
			b.reverted = max(b.reverted, p.Number)
		case p.State == pull.Merged:
			b.merged = true
		case p.State == pull.Open:
			b.open = max(b.open, p.Number)
		default:
			b.closed = max(b.closed, p.Number)
		}
		all[number] = b
	}
	return all
}
