package config

import (
	"strings"
	"testing"
)

// TestModes: a repository's file may put single rules into shadow; the others stay as
// they are.
func TestModes(t *testing.T) {
	rules, err := Preset().Override(RepositoryFile, []byte("modes: {news: shadow, stage: off}\nshadow: {window: 90, bots: [old-bot]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	for rule, want := range map[string]Mode{"news": InShadow, "stage": Off, "backport-pr": On, "a rule of tomorrow": On} {
		if have := rules.Modes.Of(rule); have != want {
			t.Errorf("%s is %q, want %q", rule, have, want)
		}
	}
	if rules.Shadow.Window != 90 || len(rules.Shadow.Bots) != 1 {
		t.Errorf("%+v", rules.Shadow)
	}
}

// TestModesThatAreWrong: each fault is on its line, and says what to write.
func TestModesThatAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"modes:\n  news: shadows\n":         `f.yml:2:9: modes.news`,
		"modes:\n  news: require\n":         `modes.news is "require": want off or shadow or on`,
		"modes:\n  newz: shadow\n":          `did you mean "news"?`,
		"modes: shadow\n":                   "isn't a group of settings",
		"shadow:\n  window: 0\n":            "f.yml:2:11: shadow.window",
		"shadow:\n  window: 2000\n":         "f.yml:2:11: shadow.window",
		"shadow:\n  bots: [\"old[bot]\"]\n": "isn't an account name",
	} {
		_, err := Parse("f.yml", []byte(text))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q in it", text, err, want)
		}
	}
}

// TestShadowSwitchesParts: parts of rules that aren't actions on pull requests act only
// with their rules.
func TestShadowSwitchesParts(t *testing.T) {
	rules := Preset().Rules
	rules.Conflicts.Mode = On
	if !rules.CommandsAct() || !rules.ConflictsAct() {
		t.Error("rules that are on don't act")
	}
	rules.Modes.Commands, rules.Modes.Conflict = InShadow, InShadow
	if rules.CommandsAct() || rules.ConflictsAct() {
		t.Error("rules in shadow act")
	}
}
