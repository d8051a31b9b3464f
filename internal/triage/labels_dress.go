package triage

import (
	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Dressed is a rule whose labels look as the settings say, where the repository
// does not have them yet and they are made.
func Dressed(set config.Labels, rule pull.Rule) pull.Rule {
	if rule.Want == nil {
		return rule
	}
	bare := rule.Want
	rule.Want = func(r *pull.Request) pull.Want {
		want := bare(r)
		for i, label := range want.Labels {
			made := set.Label(label.Name)
			made.On, made.Hold, made.Why = label.On, label.Hold, label.Why
			want.Labels[i] = made
		}
		return want
	}
	return rule
}
