package whatsnew

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(s config.Rules) pull.Rule { return Rule(s.News) })
}
