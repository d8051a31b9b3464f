package pulltest

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

var update = flag.Bool("update", false, "write the plans of golden files again")

// Golden runs every case that matches the pattern ("testdata/*.txtar"). A case
// is a txtar file:
//
//	A sentence that says what it shows.
//	-- request --
//	title: "gh-130000: Fix it"
//	files: [A Lib/it.py, A Misc/NEWS.d/next/Library/x.rst]
//	-- head/Misc/NEWS.d/next/Library/x.rst --
//	Contents of a file at the head.
//	-- settings --
//	YAML that rules gets; nil without this part.
//	-- plan --
//	Plan.String of what the rules want; written by go test -update.
//
// See yamlRequest for the form of the request. Every case is held to the laws.
func Golden(t *testing.T, pattern string, rules func(settings []byte) ([]pull.Rule, error)) {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no golden files match %s (%v)", pattern, err)
	}
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar"), func(t *testing.T) {
			golden(t, name, rules)
		})
	}
}

// GoldenRule runs testdata/*.txtar with one rule, with the settings of the preset and what a
// case changes of them.
func GoldenRule(t *testing.T, rule func(config.Rules) pull.Rule) {
	t.Helper()
	Golden(t, "testdata/*.txtar", func(settings []byte) ([]pull.Rule, error) {
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

func golden(t *testing.T, name string, build func(settings []byte) ([]pull.Rule, error)) {
	archive, err := txtar.ParseFile(name)
	if err != nil {
		t.Fatal(err)
	}
	c, err := parse(archive)
	if err != nil {
		t.Fatal(err)
	}
	rules, err := build(c.settings)
	if err != nil {
		t.Fatalf("building the rules: %v", err)
	}
	r := c.load(rules)
	plan, err := pull.Decide(r, rules)
	if err != nil {
		t.Fatal(err)
	}
	Laws(t, r, rules)

	got := plan.String()
	if *update {
		setPlan(archive, got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(c.plan, got); diff != "" {
		t.Errorf("the plan is another one (-want +got; go test -update accepts it):\n%s", diff)
	}
}

func setPlan(archive *txtar.Archive, plan string) {
	for i := range archive.Files {
		if archive.Files[i].Name == "plan" {
			archive.Files[i].Data = []byte(plan)
			return
		}
	}
	archive.Files = append(archive.Files, txtar.File{Name: "plan", Data: []byte(plan)})
}
