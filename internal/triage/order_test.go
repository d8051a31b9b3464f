package triage

import (
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/pull/pulltest"
)

// goldenOf runs the cases of one rule, with the settings of the preset and what a
// case changes of them.
func goldenOf(t *testing.T, name string, rule func(config.Rules) pull.Rule) {
	pulltest.Golden(t, "testdata/"+name+"/*.txtar", func(settings []byte) ([]pull.Rule, error) {
		set, err := config.Preset().Override("settings", settings)
		if err != nil {
			return nil, err
		}
		if r := rule(set); r.Want != nil {
			return []pull.Rule{r}, nil
		}
		return nil, nil
	})
}

func TestIssueNumberGolden(t *testing.T) {
	goldenOf(t, "issue-number", func(s config.Rules) pull.Rule { return IssueNumber(s.IssueNumbers, "") })
}

func TestLinksGolden(t *testing.T) {
	goldenOf(t, "links", func(s config.Rules) pull.Rule { return Links(s.IssueNumbers) })
}

func TestTitleGolden(t *testing.T) {
	goldenOf(t, "title", func(s config.Rules) pull.Rule { return Titles(s.Titles) })
}

func TestWrongBranchGolden(t *testing.T) {
	goldenOf(t, "wrong-branch", func(s config.Rules) pull.Rule { return WrongBranch(s.WrongBranch) })
}

func TestConflictGolden(t *testing.T) {
	goldenOf(t, "conflict", func(s config.Rules) pull.Rule {
		if s.Conflicts.Mode == config.Off { // as in the preset
			s.Conflicts.Mode = config.On
		}
		return Conflict(s.Conflicts)
	})
}
