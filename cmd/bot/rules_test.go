package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestOwnRulesAreValidatedTogether: settings whose rules cannot live together are a
// fault of the file, for check-config as in the check of a pull request.
func TestOwnRulesAreValidatedTogether(t *testing.T) {
	const text = "backport: {label: docs}\nlabels: {rules: [{label: docs, hold: kept, title: x}]}\n"
	const want = `.github/concorde.yml:1:1: rules "labels" and "backport" both set "docs": give one of them another name in the settings`
	in := surroundings{central: config.Preset()}
	own, err := in.central.Override(config.RepositoryFile, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if err := in.together(config.RepositoryFile, own); err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	if err := in.together(config.RepositoryFile, in.central.Rules); err != nil {
		t.Error(err)
	}
	r := &pull.Request{
		Key: pull.Key{Owner: "python", Repo: "cpython", Number: 1}, State: pull.Open, Base: "main", DefaultBranch: "main",
		Head: strings.Repeat("a", 40), Facts: ^pull.Facts(0),
		Files: []pull.File{{Path: config.RepositoryFile, Change: pull.Added,
			Content: &pull.Content{Kind: pull.Regular, Size: int64(len(text)), Data: []byte(text)}}},
	}
	for _, rule := range in.rules(in.central.Rules) {
		if rule.Name != "settings" {
			continue
		}
		part := rule.Want(r).Checks[0]
		if part.Conclusion != pull.Failure || !strings.Contains(part.Summary, want) {
			t.Errorf("%+v", part)
		}
		return
	}
	t.Error("there is no rule on settings")
}

// TestOwnedNamesAreTagged: the statuses and labels that a rule owns are those that its
// settings name, by their tags. (The rule "labels" owns those of its list.)
func TestOwnedNamesAreTagged(t *testing.T) {
	in := surroundings{central: config.Preset()}
	names, checked := in.central.Names(), 0
	for _, rule := range in.rules(in.central.Rules) {
		for _, own := range rule.Owns {
			tagged := slices.ContainsFunc(names, func(n config.Name) bool { return n.Text == strings.TrimSuffix(own, " *") })
			if checked++; !tagged && rule.Name != "labels" {
				t.Errorf("the rule %s owns %q, which no setting names", rule.Name, own)
			}
		}
	}
	if checked == 0 {
		t.Error("no rule owns anything")
	}
}
