package main

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

const operations = "docs/operations.md"

// part is what stands between <!-- NAME --> and <!-- /NAME --> in a page: the names in the
// first cells of its rows, with the second cells.
func part(t *testing.T, path, name string) map[string]string {
	t.Helper()
	_, rest, found := strings.Cut(read(t, path), "<!-- "+name+" -->\n")
	text, _, ended := strings.Cut(rest, "<!-- /"+name+" -->")
	if !found || !ended {
		t.Fatalf("%s has no part %q", path, name)
	}
	rows := map[string]string{}
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\|([^|]*)\\|").FindAllStringSubmatch(text, -1) {
		rows[row[1]] = row[2]
	}
	return rows
}

// TestOperationsListMetrics: the page lists every metric of a running bot with its labels,
// and no other, also not in its alerts.
func TestOperationsListMetrics(t *testing.T) {
	c := newClinic(t)
	c.run("")
	descriptions := make(chan *prometheus.Desc)
	go func() {
		c.bot.registry.Describe(descriptions)
		close(descriptions)
	}()
	form := regexp.MustCompile(`fqName: "(\w+)".*variableLabels: \{([\w,]*)\}`)
	registered := map[string]string{}
	for d := range descriptions {
		words := form.FindStringSubmatch(d.String())
		if words == nil {
			t.Fatalf("unknown form of a description: %s", d)
		}
		if own := !strings.HasPrefix(words[1], "go_") && !strings.HasPrefix(words[1], "process_"); own {
			registered[words[1]] = words[2]
		}
	}
	listed := part(t, operations, "metrics")
	for name, labels := range listed {
		listed[name] = strings.NewReplacer("`", "", " ", "").Replace(labels)
	}
	if !maps.Equal(listed, registered) {
		t.Errorf("%s lists\n%v\nand the bot has\n%v", operations, listed, registered)
	}
	for _, name := range regexp.MustCompile(`concorde_\w+`).FindAllString(read(t, operations), -1) {
		if _, found := registered[name]; !found {
			t.Errorf("%s speaks of %s, which doesn't exist", operations, name)
		}
	}
}

// TestOperationsListAlerts: the page has a cure for every kind of alert.
func TestOperationsListAlerts(t *testing.T) {
	var known []string
	for _, kind := range kinds() {
		known = append(known, string(kind))
	}
	slices.Sort(known)
	if listed := slices.Sorted(maps.Keys(part(t, operations, "alerts"))); !slices.Equal(listed, known) {
		t.Errorf("%s lists %v, and the kinds are %v", operations, listed, known)
	}
}

// TestOperatorsPagesNameRealFlags: the flags and variables that the pages for operators
// name exist.
func TestOperatorsPagesNameRealFlags(t *testing.T) {
	parser, known := commandLine(t)
	for _, command := range parser.Model.Leaves(false) {
		for _, flag := range command.Flags {
			known = append(known, "--"+flag.Name)
		}
	}
	for _, path := range []string{operations, "docs/faq.md", "docs/security.md", "docs/switching.md"} {
		for _, word := range regexp.MustCompile("`bot [^`]*`|`--[^`]*`|`(?:GITHUB|BOT|DATABASE)_[A-Z_]+`").FindAllString(read(t, path), -1) {
			for _, name := range regexp.MustCompile(`--[a-z-]+|[A-Z]{3,}_[A-Z_]+`).FindAllString(word, -1) {
				if !slices.Contains(known, name) {
					t.Errorf("%s names %s, which the bot doesn't have", path, name)
				}
			}
		}
	}
}
