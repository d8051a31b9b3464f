package shadow

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// reported is a report of some records, as a database would give them.
func reported(t *testing.T, only Filter) *Report {
	t.Helper()
	at := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	report := NewReport("https://github.com/", only)
	add := func(key string, r Record) {
		at = at.Add(time.Minute)
		r.At = at
		data, err := r.Stored()
		if err != nil {
			t.Fatal(err)
		}
		report.Add(key, r.Thing, r.At, data)
	}
	status := func(sha, want, found string, outcome Outcome) {
		add("python/cpython#1", Record{Rule: "news", Thing: "status bedevere/news on " + sha, Want: want, Before: "none", Found: found,
			Outcome: outcome})
	}
	add("python/cpython#1", Record{Rules: []string{"news", "stage"}})
	status("0123456", "failure", "success", Different)
	status("0123457", "success", "success", Same)
	status("0123458", "success", "success", Same)
	stage := func(label string, r Record) {
		r.Rule, r.Thing = "stage", "label awaiting "+label
		add("python/cpython#2", r)
	}
	stage("merge", Record{Want: "off", Before: "off", Found: "on", Why: "it's a draft", Outcome: Extra})
	stage("review", Record{Want: "off", Before: "on", Found: "on", Outcome: Missing})
	stage("changes", Record{Want: "on", Before: "off", Due: at})
	add("python/cpython#3", Record{Rule: "backport", Thing: "backport to 3.14", Want: "[3.14] Fry \x1b[31m(GH-3)", Before: "none",
		Found: "Fry\u202e", Number: 4, Outcome: Different})
	add("python/cpython#140000", Record{Rule: "labels", Thing: "label OS-linux", Want: "on", Before: "off", Found: "off",
		Why: "cpython.yml:9", Outcome: Missing, Issue: true})
	add("python/peps#5", Record{Rule: "labels", Thing: "label docs", Want: "on", Before: "off", Found: "on", Outcome: Earlier})
	add("python/peps#5", Record{Rule: "title", Thing: "status title on 0123456", Want: "success", Before: "none", Due: at})
	report.Add("no key", "label x", at, []byte(`{"rule": "x"}`))
	report.Add("python/peps#5", "label x", at, []byte("of a newer program"))
	return report
}

func TestReportGolden(t *testing.T) {
	for name, print := range map[string]func(*Report, *bytes.Buffer) error{
		"report.txt":  func(r *Report, b *bytes.Buffer) error { return r.Text(b, printable) },
		"report.json": func(r *Report, b *bytes.Buffer) error { return r.JSON(b) },
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := print(reported(t, Filter{}), &got); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join("testdata", name)
			if suite.Update() {
				if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// printable stands for what a command does to text by strangers.
func printable(line string) string {
	return strings.NewReplacer("\x1b", "�", "\u202e", "�").Replace(line)
}

func TestReportFilters(t *testing.T) {
	for name, c := range map[string]struct {
		only  Filter
		rules string
		diffs int
	}{
		"all":          {Filter{}, "backport labels news stage title", 5},
		"rule":         {Filter{Rule: "stage"}, "stage", 2},
		"since":        {Filter{Since: noon.Add(7 * time.Minute)}, "backport labels stage title", 2},
		"repository":   {Filter{Repository: pull.Key{Owner: "Python", Repo: "CPython"}}, "backport labels news stage", 5},
		"pull request": {Filter{Repository: pull.Key{Owner: "python", Repo: "cpython", Number: 2}}, "stage", 2},
		"none":         {Filter{Rule: "commands"}, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			report := reported(t, c.only)
			var rules []string
			for _, a := range report.Rules {
				rules = append(rules, a.Rule)
			}
			if got := strings.Join(rules, " "); got != c.rules || len(report.Differences) != c.diffs {
				t.Errorf("%s and %d differences, want %s and %d", got, len(report.Differences), c.rules, c.diffs)
			}
		})
	}
}

func TestEmptyReport(t *testing.T) {
	var text, data bytes.Buffer
	report := NewReport("https://github.com", Filter{})
	if err := report.Text(&text, printable); err != nil || text.String() != "no predictions\n" {
		t.Errorf("%q, %v", text.String(), err)
	}
	if err := report.JSON(&data); err != nil || data.String() != "{\n  \"rules\": [],\n  \"differences\": []\n}\n" {
		t.Errorf("%q, %v", data.String(), err)
	}
}
