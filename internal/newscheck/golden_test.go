package newscheck

import (
	"sync"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

// calendar reads the built-in release data once.
var calendar = sync.OnceValue(lifecycle.Builtin)

// rules are those of the preset, with what a repository's own file changes.
func rules(settings []byte) ([]pull.Rule, error) {
	set, err := config.Preset().Override("settings", settings)
	if err != nil {
		return nil, err
	}
	var on []pull.Rule
	for _, rule := range []pull.Rule{News(set.News, set.ABI), ABI(set.ABI, set.News), Merged(set.News, calendar)} {
		if rule.Want != nil {
			on = append(on, rule)
		}
	}
	return on, nil
}

func TestGolden(t *testing.T) { pulltest.Golden(t, map[string]pulltest.Rules{"": rules}) }
