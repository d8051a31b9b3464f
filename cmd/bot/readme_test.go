package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
)

var update = flag.Bool("update", false, "write the generated part of the README")

// TestReadmeTellsWhatTheRulesDo holds the table of the README against the
// rules of the preset.
func TestReadmeTellsWhatTheRulesDo(t *testing.T) {
	const path, begin, end = "../../README.md", "<!-- rules -->\n", "<!-- /rules -->\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	old, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no part between %q and %q", path, begin, end)
	}
	var table strings.Builder
	table.WriteString("| rule | statuses and labels that it alone sets | what it does |\n| --- | --- | --- |\n")
	preset := config.Preset()
	for _, rule := range (surroundings{central: preset}).rules(preset.Rules) {
		if rule.About == "" {
			t.Errorf("rule %s does not say what it does", rule.Name)
		}
		owns := "none"
		if len(rule.Owns) > 0 {
			owns = "`" + strings.Join(rule.Owns, "`, `") + "`"
		}
		fmt.Fprintf(&table, "| %s | %s | %s |\n", rule.Name, owns, rule.About)
	}
	if old == table.String() {
		return
	}
	if !*update {
		t.Fatalf("the table of the README is not current: run go test ./cmd/bot -update")
	}
	if err := os.WriteFile(path, []byte(before+begin+table.String()+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}
