package backport_test

import (
	"math/rand/v2"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/backport"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
	"github.com/concorde-bot/concorde/internal/triage"
)

var release = lifecycle.Builtin()

func builtin() *lifecycle.Calendar { return release }

func rules(settings []byte) ([]pull.Rule, error) {
	c := config.Preset()
	if settings != nil {
		var err error
		if c, err = config.Parse("settings", settings); err != nil {
			return nil, err
		}
	}
	with := backport.Config{Settings: c.Backport, ABI: c.ABI, Calendar: builtin, ServerURL: "https://github.com", May: triage.CommandConfig{Backport: c.Backport}.May}
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

// TestLaws holds the rules to the laws over random pull requests, which need
// all that the rules can do.
func TestLaws(t *testing.T) {
	on, err := rules(nil)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for seed := range uint64(4000) {
		data := make([]byte, 600)
		dice := rand.New(rand.NewPCG(seed, 1))
		for i := range data {
			data[i] = byte(dice.Uint32())
		}
		r := pulltest.Random(data)
		pulltest.Laws(t, r, on)
		plan, err := pull.Decide(r, on)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range plan.Actions {
			seen[a.Kind()] = true
		}
		seen["poke"] = seen["poke"] || len(plan.Pokes) > 0
		seen["again"] = seen["again"] || !plan.Again.IsZero()
	}
	for _, kind := range []string{"pick", "label", "unlabel", "comment", "edit-comment", "merge", "cancel-merge", "delete-branch", "restore-branch", "reopen", "assign", "poke", "again"} {
		if !seen[kind] {
			t.Errorf("no random pull request needs %q: the laws were not tried on it", kind)
		}
	}
}

// FuzzLaws holds the rules to the laws over pull requests of random bytes.
func FuzzLaws(f *testing.F) {
	for seed := range 64 {
		data := make([]byte, 400)
		for i := range data {
			data[i] = byte(seed*31 + i*i*(seed+7))
		}
		f.Add(data)
	}
	on, err := rules(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) { pulltest.Laws(t, pulltest.Random(data), on) })
}
