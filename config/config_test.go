package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.yaml.in/yaml/v3"

	"github.com/concorde-bot/concorde/config/hostile"
	"github.com/concorde-bot/concorde/config/yamlfile"
)

func TestPresetIsComplete(t *testing.T) {
	var c Config
	d := newDecoder("cpython.yml")
	root, ok := d.Document(preset)
	if !ok {
		t.Fatal(d.Faults)
	}
	d.value(root, reflect.ValueOf(&c).Elem(), setting{})
	d.check(&c.Rules)
	if len(d.Faults) > 0 {
		t.Fatal(d.Faults)
	}
	var walk func(reflect.Type, setting)
	walk = func(typ reflect.Type, s setting) {
		for _, f := range fields(typ) {
			s := s.field(f)
			if _, found := d.marks[s.name]; !found {
				t.Errorf("the preset does not set %s", s.name)
			}
			switch {
			case s.name == "labels.rules": // whose settings may be left out
			case f.Type.Kind() == reflect.Struct:
				walk(f.Type, s)
			case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
				for i := 0; d.marks[fmt.Sprintf("%s[%d]", s.name, i)] != (yamlfile.Mark{}); i++ {
					walk(f.Type.Elem(), setting{name: fmt.Sprintf("%s[%d]", s.name, i)})
				}
			}
		}
	}
	walk(reflect.TypeFor[Config](), setting{})
}

// The strings that branch protection and other workflows of CPython depend on.
func TestPresetIsExact(t *testing.T) {
	c := Preset()
	var sections []string
	for _, s := range c.News.Sections {
		sections = append(sections, s.Name+" in "+s.Directory)
	}
	for _, tt := range []struct{ have, want any }{
		{c.News.Status, "bedevere/news"},
		{c.News.SkipLabel, "skip news"},
		{c.News.Directory, "Misc/NEWS.d/next"},
		{c.News.MinGHIssue, 32426},
		{c.News.Width, 76},
		{c.News.Check, "NEWS and ABI markers"},
		{c.News.Mode, Require},
		{c.ABI.Mode, Warn},
		{c.ABI.Status, "concorde/abi-markers"},
		{c.ABI.Check, "NEWS and ABI markers"},
		{c.ABI.CommitMarker, "(ABI break)"},
		{c.ABI.NewsMarker, "(CPython ABI break)"},
		{c.ABI.Evidence, []string{"Doc/data/*.abi"}},
		{c.News.Sections[1].Legacy, []string{"Core and Builtins"}},
		{c.Backport.Label, "needs backport to"},
		{c.Backport.Branch, "backport"},
		{c.Backport.CopyLabels, []string{"skip", "type", "sprint", "topic"}},
		{c.Backport.HoldLabel, "DO-NOT-MERGE"},
		{c.Backport.Phases[3], Phase{"bugfix", []string{"fix", "docs", "tests", "security"}, []string{"performance", "refactor", "abi-break"},
			"c2e0c6", "bug and security fixes"}},
		{sections, []string{
			"Security in Security", "Core and Builtins in Core_and_Builtins", "Library in Library",
			"Documentation in Documentation", "Tests in Tests", "Build in Build", "Windows in Windows",
			"macOS in macOS", "IDLE in IDLE", "Tools/Demos in Tools-Demos", "C API in C_API",
		}},
	} {
		if diff := cmp.Diff(tt.want, tt.have); diff != "" {
			t.Errorf("(-want +have)\n%s", diff)
		}
	}
}

func TestParse(t *testing.T) {
	want := Preset()
	want.Repositories = []string{"python/*"}
	want.Sweep.FullAt = 0
	want.News.Status = "3.10"
	want.News.Help = false
	want.News.Sections = []Section{{Name: "007", Directory: "1e3", Paths: []string{"Lib/", "x"}}}
	want.ABI.Mode = Off
	want.ABI.Evidence = nil
	have, err := Parse("c.yml", []byte(`
preset: cpython
repositories: [python/*]
sweep: {full-at: 0}
news:
  status: 3.10
  help: false
  sections:
  - {name: 007, directory: 1e3, paths: [Lib/, x]}
abi:
  mode: off
  evidence: []
`))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
}

// elsewhere compares settings from different files.
var elsewhere = cmpopts.IgnoreFields(LabelRule{}, "Where")

func TestParseTakesThePreset(t *testing.T) {
	for _, file := range []string{"", "# comments alone\n", "---\n", "\uFEFF# with a byte order mark\r\n", "{}", string(preset)} {
		c, err := Parse("c.yml", []byte(file))
		if err != nil {
			t.Errorf("%q: %v", file, err)
		} else if diff := cmp.Diff(Preset(), c, elsewhere); diff != "" {
			t.Errorf("%q: (-want +have)\n%s", file, diff)
		}
	}
}

func TestOverride(t *testing.T) {
	central, err := Parse("c.yml", []byte("abi: {mode: require}\nnews: {width: 80}"))
	if err != nil {
		t.Fatal(err)
	}
	rules, err := central.Override(RepositoryFile, []byte("news: {directory: NEWS, sections: [{name: All, directory: all}]}"))
	if err != nil {
		t.Fatal(err)
	}
	want := central.Rules
	want.News.Directory = "NEWS"
	want.News.Sections = []Section{{Name: "All", Directory: "all"}}
	if diff := cmp.Diff(want, rules); diff != "" {
		t.Errorf("(-want +have)\n%s", diff)
	}
	if len(central.News.Sections) != 11 || central.News.Directory != "Misc/NEWS.d/next" {
		t.Error("an override changed the central settings")
	}
}

func TestActs(t *testing.T) {
	c := Preset()
	c.Repositories = append(c.Repositories, "Python/peps", "bots/*-bot")
	for _, tt := range []struct {
		owner, repo string
		want        bool
	}{
		{"python", "cpython", true},
		{"someone", "CPython", true},
		{"python", "devguide", false},
		{"python", "cpython-mirror", false},
		{"python", "peps", true},
		{"other", "peps", false},
		{"bots", "news-bot", true},
		{"bots", "bot", false},
		{"a/b", "cpython", false},
		{"", "cpython", true},
	} {
		if have := c.Acts(tt.owner, tt.repo); have != tt.want {
			t.Errorf("Acts(%q, %q) = %v", tt.owner, tt.repo, have)
		}
	}
	c.Accounts = []string{"Python"}
	if !c.Acts("python", "cpython") || c.Acts("someone", "cpython") || c.Acts("", "cpython") {
		t.Error("acts elsewhere than on the accounts that are named")
	}
	c.Accounts, c.Repositories = nil, nil
	if c.Acts("python", "cpython") {
		t.Error("acts where nobody allowed it")
	}
}

// TestAccounts: a list of logins and nothing else, which only the operator gives.
func TestAccounts(t *testing.T) {
	c, err := Parse("concorde.yml", []byte("accounts: [python, psf]"))
	if err != nil || !c.Serves("PSF") || c.Serves("mallory") {
		t.Errorf("%v, %v", c, err)
	}
	if c, err = Parse("concorde.yml", []byte("sweep: {max-writes: 10}")); err != nil || !c.Serves("mallory") {
		t.Errorf("without a list: %v", err)
	}
	for _, text := range []string{"accounts: python", "accounts: [python/cpython]", "accounts: ['@python']", "accounts: [python, python]",
		"accounts: ['*']", "accounts: ['']", "accounts: {python: yes}"} {
		if _, err := Parse("concorde.yml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "concorde.yml:1:") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if _, err := c.Override(".github/concorde.yml", []byte("accounts: [mallory]")); err == nil {
		t.Error("a repository names the accounts")
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range append(wrong, faulty{file: string(preset)},
		faulty{file: "news: {status: '3.10', width: 80}\nabi: {evidence: [a, 'b*']}"}) {
		f.Add([]byte(seed.file))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		bounded(t, Preset(), data)
		_, err := Preset().Override(RepositoryFile, data)
		hostile.WellFormed(t, data, err)
		c, err := Parse("c.yml", data)
		hostile.WellFormed(t, data, err)
		if err != nil {
			return
		}
		out, err := yaml.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Parse("again.yml", out)
		if err != nil {
			t.Fatalf("written again as\n%s\n%v", out, err)
		}
		if diff := cmp.Diff(c, again, elsewhere); diff != "" {
			t.Fatalf("read again (-want +have)\n%s", diff)
		}
	})
}
