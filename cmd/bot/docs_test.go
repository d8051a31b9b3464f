package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/config"
)

// TestThreatsNameRealTests: each line of the threat model names tests, and they exist.
func TestThreatsNameRealTests(t *testing.T) {
	var all strings.Builder
	for _, path := range goFiles(t) {
		if source, err := os.ReadFile(path); err != nil {
			t.Fatal(err)
		} else if strings.HasSuffix(path, "_test.go") {
			all.Write(source)
		}
	}
	_, rest, _ := strings.Cut(read(t, "docs/security.md"), "<!-- threats -->\n")
	table, _, found := strings.Cut(rest, "<!-- /threats -->")
	if !found {
		t.Fatal("docs/security.md has no table of threats")
	}
	rows := strings.Split(strings.TrimSpace(table), "\n")[2:]
	for _, row := range rows {
		cells := strings.Split(strings.Trim(row, "|"), "|")
		names := regexp.MustCompile("`((?:Test|Fuzz)\\w+)`").FindAllStringSubmatch(cells[len(cells)-1], -1)
		if len(cells) != 3 || len(names) == 0 {
			t.Errorf("no test holds %s", row)
		}
		for _, name := range names {
			if !strings.Contains(all.String(), "func "+name[1]+"(") {
				t.Errorf("%s doesn't exist", name[1])
			}
		}
	}
	if len(rows) < 30 {
		t.Errorf("there are only %d threats", len(rows))
	}
}

// TestSwitchingSettings: the settings with which one begins to switch are good, and no
// rule acts.
func TestSwitchingSettings(t *testing.T) {
	var lines []string
	for _, line := range regexp.MustCompile(`(?m)^        (\s*\S.*)$`).FindAllStringSubmatch(read(t, "docs/switching.md"), -1) {
		lines = append(lines, line[1])
	}
	settings, err := config.Parse("switching.yml", []byte(strings.Join(lines, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	for _, rule := range (surroundings{central: settings}).rules(settings.Rules) {
		if rule.Shadow == nil {
			t.Errorf("the rule %s acts", rule.Name)
		}
	}
}

// anchors are the headings of a page, as GitHub's links name them.
func anchors(text string) map[string]bool {
	found := map[string]bool{}
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		plain := regexp.MustCompile(`[^\w\- ]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		found[strings.ReplaceAll(plain, " ", "-")] = true
	}
	return found
}

// TestLinksOfDocs: links between the pages lead to files and headings that exist.
func TestLinksOfDocs(t *testing.T) {
	root := filepath.Join("..", "..")
	pages, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	top, err := filepath.Glob(filepath.Join(root, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, page := range append(pages, top...) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range regexp.MustCompile(`\]\(([^)\s]+)\)`).FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			checked++
			path, anchor, _ := strings.Cut(link[1], "#")
			target := page
			if path != "" {
				target = filepath.Join(filepath.Dir(page), path)
			}
			there, err := os.ReadFile(target)
			if err != nil {
				t.Errorf("%s links to %s: %v", page, link[1], err)
			} else if anchor != "" && !anchors(string(there))[anchor] {
				t.Errorf("%s links to %s, a heading that doesn't exist", page, link[1])
			}
		}
	}
	if checked < 30 {
		t.Errorf("only %d links were found", checked)
	}
}
