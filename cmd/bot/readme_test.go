package main

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/acceptance"
	"github.com/concorde-bot/concorde/internal/access"
	"github.com/concorde-bot/concorde/internal/suite"
	"github.com/concorde-bot/concorde/internal/webhook"
)

const (
	readme       = "../../README.md"
	installation = "../../docs/installation.md"
)

// current holds a generated part of a document to its lines.
func current(t *testing.T, path, name string, lines []string) {
	t.Helper()
	suite.Current(t, path, name, strings.Join(lines, "\n")+"\n")
}

// TestRulesInTheReadmeAreCurrent holds the table of the README against the
// rules of the preset.
func TestRulesInTheReadmeAreCurrent(t *testing.T) {
	lines := []string{"| rule | statuses and labels that it alone sets | what it does |", "| --- | --- | --- |"}
	preset := config.Preset()
	for _, rule := range (surroundings{central: preset}).rules(preset.Rules) {
		if rule.About == "" {
			t.Errorf("rule %s does not say what it does", rule.Name)
		}
		owns := "–"
		if len(rule.Owns) > 0 {
			owns = "`" + strings.Join(rule.Owns, "`, `") + "`"
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s |", rule.Name, owns, rule.About))
	}
	current(t, readme, "rules", lines)
}

// TestReadmeIsShort: who comes by reads it in five minutes.
func TestReadmeIsShort(t *testing.T) {
	text, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.FieldsFunc(string(text), func(r rune) bool { return unicode.IsSpace(r) || r == '|' })
	if n := len(words); n > 900 {
		t.Errorf("%d words: at most 900", n)
	}
}

// TestEventsInTheDocsAreCurrent holds the page on installation to the events
// that the bot uses.
func TestEventsInTheDocsAreCurrent(t *testing.T) {
	lines := []string{"| event | its permission | used for |", "| --- | --- | --- |"}
	var unasked []string
	for _, e := range webhook.Events {
		if e.Unasked {
			unasked = append(unasked, "*"+e.Title+"*")
			continue
		}
		lines = append(lines, fmt.Sprintf("| *%s* | *%s* | %s |", e.Title, e.Permission, e.Use))
	}
	last := len(unasked) - 1
	current(t, installation, "events", append(lines, "", "GitHub sends "+strings.Join(unasked[:last], ", ")+" and "+unasked[last]+" unasked."))
}

// TestStepsInTheDocsAreCurrent holds the page on acceptance to the steps of a run.
func TestStepsInTheDocsAreCurrent(t *testing.T) {
	lines := []string{"| step | what it settles | before the run |", "| --- | --- | --- |"}
	for _, step := range acceptance.Steps() {
		lines = append(lines, fmt.Sprintf("| `%s` | %s | %s |", step.Name, step.Assumption, step.Before))
	}
	current(t, "../../docs/acceptance.md", "steps", lines)
}

// TestPermissionsInTheDocsAreCurrent holds the page on installation to the table of
// permissions.
func TestPermissionsInTheDocsAreCurrent(t *testing.T) {
	lines := []string{"| permission | access | needed for |", "| --- | --- | --- |"}
	for _, p := range access.Permissions {
		title := "*" + p.Title + "*"
		if p.Organization {
			title += " (organization)"
		}
		use := p.Use
		if p.Need == access.Optional {
			use = "optional: " + use
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s |", title, p.Level, use))
	}
	current(t, installation, "permissions", lines)
}
