package regression

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func TestGolden(t *testing.T) { pulltest.GoldenRule(t, config.Preset().Override, Rule) }
