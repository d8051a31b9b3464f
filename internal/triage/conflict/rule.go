// Package conflict is the rule on pull requests that conflict with their base
// branch: it labels them.
//
// It's pure, and must not know the other rules.
package conflict

import (
	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Rule labels pull requests that conflict with their base ("MergeStateStatus",
// GraphQL API). In mode off it has no Want.
func Rule(set config.Conflicts) pull.Rule {
	rule := pull.Rule{Name: "conflict", About: about, Needs: pull.Merging | pull.Events}
	if set.Mode == config.On {
		rule.Want = func(r *pull.Request) pull.Want {
			label := pull.Label{Name: set.Label, Hold: pull.Following, Why: whyResolved}
			switch {
			case r.State != pull.Open: // there is nothing to merge
				label.Why = whyClosed
			case r.MergeState == pull.MergeUnknown, r.MergeState == "":
				return pull.Want{} // GitHub hasn't found out yet
			case r.MergeState == pull.MergeDirty:
				label.On, label.Why = true, whyConflict
			}
			return pull.Want{Labels: []pull.Label{label}}
		}
	}
	return rule
}
