package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
)

// A missing label is created with the color and description of the settings, or refused.
func TestStyled(t *testing.T) {
	bare := pull.Rule{Name: "stage", Owns: []string{"awaiting review"}, Needs: pull.Events, Want: func(*pull.Request) pull.Want {
		return pull.Want{Labels: []pull.Label{{Name: "awaiting review", On: true, Why: "nobody reviewed it"}}}
	}}
	r := &pull.Request{State: pull.Open, Facts: bare.Needs}
	for _, missing := range []string{"create", Refuse} {
		set := Preset().Rules
		set.Labels.Missing = missing
		plan, err := pull.Decide(r, []pull.Rule{set.Labels.Styled(bare)})
		if err != nil {
			t.Fatal(err)
		}
		want := []pull.Action{pull.AddLabel{Name: "awaiting review", Color: "fbca04",
			Description: set.Labels.Label("awaiting review").Description, Existing: missing == Refuse, Why: "nobody reviewed it"}}
		if diff := cmp.Diff(want, plan.Actions); diff != "" {
			t.Errorf("missing labels: %s (-want +got):\n%s", missing, diff)
		}
	}
	set := Preset().Rules
	if rule := set.Labels.Styled(pull.Rule{Name: "stage"}); rule.Want != nil {
		t.Error("a rule that is off wants something")
	}
}
