package backport

import (
	"slices"
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Word says why an open pull request into a version's branch needs the release manager's
// word now, in a few words; "" if it doesn't.
func (c *Config) Word(version string, m pull.Summary, now time.Time) string {
	b, known := c.Life(version, now)
	table, found := c.Settings.Phase(string(b.Phase))
	kind := c.kind(change(m))
	switch {
	case !known || !found || slices.Contains(table.Allow, kind):
		return ""
	case kind == config.ABIBreak && b.ABIFrozen():
		return "it breaks the ABI, which is frozen"
	case slices.Contains(table.Ask, kind):
		return "it's " + kindName(kind) + ", and the branch is in phase " + string(b.Phase)
	}
	return ""
}

// Asking returns the merged changes that request a backport to the branch and wait for the
// release manager's word. into are all pull requests into the branch, in any state.
func (c *Config) Asking(s Search, merged, into []pull.Summary, now time.Time) (all []pull.Summary) {
	known := backportsOf(s.Version, into)
	for _, m := range merged {
		there := known[m.Number]
		if m.State == pull.Merged && m.HasLabel(c.label(s.Version)) && !there.merged && there.open == 0 && c.Word(s.Version, m, now) != "" {
			all = append(all, m)
		}
	}
	return all
}
