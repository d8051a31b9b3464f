package main

import (
	"time"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/newscheck"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/reconcile"
)

// rules is the list of the bot's rules, for the settings of one repository.
// A rule whose mode is off has no Want and is left out.
func rules(central *config.Config, s config.Rules) []pull.Rule {
	return enabled([]pull.Rule{
		newscheck.News(s.News, s.ABI),
		newscheck.ABI(s.ABI, s.News),
		config.Rule(central),
	})
}

func enabled(all []pull.Rule) []pull.Rule {
	var on []pull.Rule
	for _, rule := range all {
		if rule.Want != nil {
			on = append(on, rule)
		}
	}
	return on
}

// newReconciler is a reconciler that only plans.
func newReconciler(settings *config.Config, github *gh.App) (*reconcile.Reconciler, error) {
	return reconcile.New(reconcile.Config{
		Settings: settings, GitHub: github, Now: time.Now,
		Rules: func(s config.Rules) []pull.Rule { return rules(settings, s) },
	})
}
