package access

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/webhook"
)

func TestPermissionsAreWhole(t *testing.T) {
	seen := map[string]bool{}
	last := Required
	for _, p := range Permissions {
		if seen[p.Name] || seen[p.Title] || p.Title == "" || p.Use == "" || p.Level != Read && p.Level != Write || p.Need < last {
			t.Errorf("%+v", p)
		}
		seen[p.Name], seen[p.Title], last = true, true, p.Need
	}
	for _, e := range webhook.Events {
		if e.Permission != "" && !seen[e.Permission] {
			t.Errorf("the event %s needs the permission %q, which isn't in the table", e.Name, e.Permission)
		}
	}
}

// GitHub refuses events without their permission, so what isn't chosen takes its events
// along.
func TestManifest(t *testing.T) {
	m := Manifest{URL: "https://example.org", Hook: Hook{URL: "https://bot.example.org/webhook", Active: true},
		RedirectURL: "http://127.0.0.1:8080/setup/created"}
	for _, tt := range []struct {
		name  string
		want  func(Permission) bool
		queue bool
		count int
	}{
		{"required ones", func(Permission) bool { return false }, false, 7},
		{"advised ones too", func(p Permission) bool { return p.Need == Advised }, true, 9},
		{"all", func(Permission) bool { return true }, true, len(Permissions)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := m
			m.Permissions = Choose(tt.want)
			text, err := m.JSON()
			if err != nil {
				t.Fatal(err)
			}
			var sent struct {
				Hook        map[string]any    `json:"hook_attributes"`
				Permissions map[string]string `json:"default_permissions"`
				Events      []string          `json:"default_events"`
			}
			if err := json.Unmarshal(text, &sent); err != nil {
				t.Fatal(err)
			}
			if len(sent.Permissions) != tt.count || slices.Contains(sent.Events, "merge_group") != tt.queue ||
				!slices.Contains(sent.Events, "commit_comment") || slices.Contains(sent.Events, "check_run") {
				t.Errorf("%s", text)
			}
			if _, secret := sent.Hook["secret"]; secret || strings.Contains(string(text), "null") {
				t.Errorf("GitHub refuses %s", text)
			}
		})
	}
}

func TestIncludes(t *testing.T) {
	for _, tt := range []struct {
		granted, wanted string
		enough          bool
	}{{"write", "read", true}, {"read", "read", true}, {"admin", "write", true}, {"read", "write", false}, {"", "read", false}, {"none",
		"read", false}} {
		if got := Includes(tt.granted, tt.wanted); got != tt.enough {
			t.Errorf("Includes(%q, %q) = %v", tt.granted, tt.wanted, got)
		}
	}
}
