package conflict

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule {
		if s.Conflicts.Mode == config.Off { // as in the preset
			s.Conflicts.Mode = config.On
		}
		return Rule(s.Conflicts)
	})
}

func TestOffInPreset(t *testing.T) {
	if rule := Rule(config.Preset().Conflicts); rule.Want != nil {
		t.Error("the rule is on in the preset")
	}
}
