package backport_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/triage"
)

// commanded are the rules on backports together with that on commands.
func commanded(settings []byte) ([]pull.Rule, error) {
	set, err := config.Preset().Override("settings", settings)
	if err != nil {
		return nil, err
	}
	commands := triage.CommandConfig{Settings: set.Commands, Backport: set.Backport}
	with := backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: builtin, ServerURL: "https://github.com", Asked: commands.Asked, May: commands.May}
	commands.Rules = []pull.Rule{backport.Rule(with), backport.ChildRule(with)}
	return append(commands.Rules, triage.Commands(commands)), nil
}

func TestCommand(t *testing.T) { pulltest.Golden(t, "testdata/command/*.txtar", commanded) }
