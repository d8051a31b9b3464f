package backport_test

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

func rules(settings []byte) ([]pull.Rule, error) {
	c := config.Preset()
	if settings != nil {
		var err error
		if c, err = config.Parse("settings", settings); err != nil {
			return nil, err
		}
	}
	with := backport.Config{Settings: c.Backport, ABI: c.ABI, Calendar: lifecycle.Builtin, ServerURL: "https://github.com"}
	var on []pull.Rule
	for _, rule := range []pull.Rule{backport.Rule(with), backport.ChildRule(with), backport.EndedRule(with)} {
		if rule.Want != nil {
			on = append(on, rule)
		}
	}
	return on, nil
}

func TestOriginal(t *testing.T) { pulltest.Golden(t, "testdata/original/*.txtar", rules) }
func TestChild(t *testing.T)    { pulltest.Golden(t, "testdata/child/*.txtar", rules) }
