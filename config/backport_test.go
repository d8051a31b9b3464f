package config

import (
	"strings"
	"testing"
)

func TestBackportFaults(t *testing.T) {
	for text, want := range map[string]string{
		"mode: require":                     `backport.mode is "require": want on or off`,
		"branch: a b":                       "backport.branch is \"a b\", which can't start a branch name",
		"branch: -x":                        "can't start a branch name",
		"push-to: a/b":                      "isn't an account name",
		"conflicts: x":                      "want draft or comment",
		"reopen-within: 999":                "expected a whole number from 0 to 365",
		"status: Bedevere/News":             `backport.status and news.status are both "Bedevere/News"`,
		"kinds: [{name: bug, labels: [x]}]": "want security or feature",
		"kinds: [{name: fix}]":              "has no labels: add it",
		"kinds: [{name: fix, labels: [x]}, {name: docs, labels: [X]}]":                     `is "X", and so is backport.kinds[0].labels[0]`,
		"phases: [{phase: beta, allow: [fix], ask: [fix], color: c2e0c6, description: x}]": `has "fix" under allow and under ask`,
		"phases: [{phase: beta, color: red, description: x}]":                              "six hexadecimal digits",
		"phases: [{phase: feature, color: c2e0c6, description: x}]":                        `is "feature": want beta or`,
		"managers: [{name: A, login: '@a'}]":                                               "without @",
		"managers: [{name: A, login: a}, {name: a, login: b}]":                             "make them differ",
		"overrides: [{version: 3.09, phase: beta}]":                                        "expected MAJOR.MINOR",
		"overrides: [{version: 3.9, phase: beta}, {version: 3.9, phase: beta}]":            "make them differ",
	} {
		_, err := Parse("c.yml", []byte("preset: cpython\nbackport:\n  "+text+"\n"))
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "c.yml:") {
			t.Errorf("%s: want a fault with %q, got %v", text, want, err)
		}
	}
}

func TestBackportLookups(t *testing.T) {
	b := Preset().Backport
	if got := b.Login("łukasz langa"); got != "ambv" {
		t.Error(got)
	}
	if got := b.Login("Nobody"); got != "" {
		t.Error(got)
	}
	if p, found := b.Phase("security"); !found || p.Color != "e99695" {
		t.Error(p, found)
	}
	if _, found := b.Phase("feature"); found {
		t.Error("the phase feature has settings")
	}
}

func TestPushToIsTheOperatorsToDecide(t *testing.T) {
	_, err := Preset().Override("r.yml", []byte("backport:\n  push-to: python\n"))
	if err == nil || !strings.Contains(err.Error(), "r.yml:2:12: only the bot's operator can set backport.push-to") {
		t.Errorf("a repository may push elsewhere: %v", err)
	}
}
