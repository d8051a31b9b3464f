package backport

import (
	"slices"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Word says why an open pull request into a branch needs the release manager's word now, in a
// few words; "" if it doesn't.
func (c *Config) Word(b lifecycle.Branch, m pull.Summary) string {
	table, found := c.Settings.Phase(string(b.Phase))
	kind := c.kind(change(m))
	switch {
	case !found || slices.Contains(table.Allow, kind):
		return ""
	case b.Phase == lifecycle.FinalFreeze && slices.Contains(table.Ask, kind): // maybe by a command
		return "it's " + kindNames[kind][0] + ", and the branch is frozen"
	case kind == config.ABIBreak && b.ABIFrozen():
		return "it breaks the ABI, which is frozen"
	case slices.Contains(table.Ask, kind):
		return "it's " + kindNames[kind][0] + ", and the branch is " + b.Phase.Words()
	}
	return ""
}

// Asking are the merged changes whose backport waits for the release manager's word: it's
// requested, or the branch lacks a security fix. into are all pull requests into the branch, in any
// state.
func (c *Config) Asking(b lifecycle.Branch, merged, into []pull.Summary) (all []pull.Summary) {
	known := backportsOf(b.Version, into, merged)
	for _, m := range c.standing(b.Version, merged) {
		there := known[m.Number]
		missing := m.State == pull.Merged && !there.merged && there.open == 0
		if missing && (c.Requested(b.Version, m) || c.secures(m)) && c.Word(b, m) != "" {
			all = append(all, m)
		}
	}
	return all
}

// Requested reports whether a pull request's labels request the backport to a version.
func (c *Config) Requested(version string, m pull.Summary) bool { return m.HasLabel(c.label(version)) }
