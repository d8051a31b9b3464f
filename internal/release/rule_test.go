package release_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/release"
	"github.com/concorde-bot/concorde/internal/triage/command"
	"github.com/concorde-bot/concorde/internal/triage/freeze"
)

var calendar = lifecycle.Builtin()

func builtin() *lifecycle.Calendar { return calendar }

func with(set config.Rules, calendar func() *lifecycle.Calendar) release.Config {
	backports := backport.Config{Settings: set.Backport, ABI: set.ABI, Calendar: calendar}
	commands := command.Config{Settings: set.Commands, Backport: set.Backport, Release: set.Release, Calendar: calendar}
	freezes := freeze.Config{Settings: set.Freeze, Release: set.Release, Backport: set.Backport, Calendar: calendar, Commands: commands.Freezes}
	return release.Config{Frozen: freezes.Frozen, Settings: set.Release, News: set.News, ABI: set.ABI, Backport: backports, Decisions: commands.Decisions}
}

func TestGolden(t *testing.T) {
	pulltest.GoldenRule(t, config.Preset().Override, func(set config.Rules) pull.Rule { return release.Rule(with(set, builtin)) })
}
