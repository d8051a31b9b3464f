package pull_test

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestValidate(t *testing.T) {
	good := []pull.Rule{wants("a", pull.Want{}, "ci/a", "label"), wants("b", pull.Want{}, "ci/b")}
	if err := pull.Validate(good); err != nil {
		t.Errorf("good rules: %v", err)
	}
	bad := append(good, wants("a", pull.Want{}, "CI/B"), wants("c", pull.Want{}, "LABEL"), pull.Rule{Name: "d"}, wants("", pull.Want{}))
	err := pull.Validate(bad)
	for _, fault := range []string{
		`two rules are named "a"`, `rules "b" and "a" both set "CI/B"`, `rules "a" and "c" both set "LABEL"`,
		`rule "d" has no name, or no Want`, `rule "" has no name, or no Want`,
	} {
		if err == nil || !strings.Contains(err.Error(), fault) {
			t.Errorf("%q is not among the faults: %v", fault, err)
		}
	}
}

func TestNeedsAndReads(t *testing.T) {
	rules := []pull.Rule{
		{Needs: pull.Files, Reads: func(_ *pull.Request, path string) bool { return path == "a" }},
		{Needs: pull.Notes | pull.Files},
	}
	if got := pull.Needs(rules); got != pull.Files|pull.Notes {
		t.Errorf("needs %b", got)
	}
	if !pull.Reads(rules, nil, "a") || pull.Reads(rules, nil, "b") || pull.Reads(nil, nil, "a") {
		t.Error("the wrong files are read")
	}
}
