package revert_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/triage/revert"
)

// rules are those on reverts, with the command that asks for them.
func rules(settings []byte) ([]pull.Rule, error) {
	c := config.Preset()
	if settings != nil {
		var err error
		if c, err = config.Parse("settings", settings); err != nil {
			return nil, err
		}
	}
	commands := command.Config{Settings: c.Commands, Backport: c.Backport, Revert: true}
	with := revert.Config{Settings: c.Regressions, Backport: c.Backport, Asked: commands.Reverts, Backports: backport.Made,
		Cause: backport.Cause}
	return []pull.Rule{revert.Rule(with), revert.PullRule(with), command.Rule(commands)}, nil
}

func TestGolden(t *testing.T) { pulltest.Golden(t, map[string]pulltest.Rules{"": rules}) }
