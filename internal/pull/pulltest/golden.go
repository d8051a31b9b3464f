package pulltest

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/concorde-bot/concorde/internal/pull"
	"github.com/concorde-bot/concorde/internal/suite"
)

// Rules makes the rules of a golden file from its settings, nil if it has none.
type Rules func(settings []byte) ([]pull.Rule, error)

// Golden runs every golden file of a package, testdata/**/*.txtar, with the rules of its
// folder: "" is testdata itself, and nil stands for files that another test reads. A
// golden file is a txtar file:
//
//	A sentence that says what it shows.
//	-- request --
//	title: "gh-130000: Fix it"
//	files: [A Lib/it.py, A Misc/NEWS.d/next/Library/x.rst]
//	-- head/Misc/NEWS.d/next/Library/x.rst --
//	Contents of a file at the head.
//	-- settings --
//	YAML that the rules get.
//	-- plan --
//	Plan.String of what the rules want, without line numbers of the preset; make golden
//	writes it.
//
// See yamlRequest for the form of the request. Every case is held to the laws.
func Golden(t *testing.T, folders map[string]Rules) {
	t.Helper()
	files, err := files(os.DirFS("testdata"), folders)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if rules := folders[folder(file)]; rules != nil {
			t.Run(strings.TrimSuffix(file, ".txtar"), func(t *testing.T) { golden(t, filepath.Join("testdata", file), rules) })
		}
	}
}

// files are the golden files of testdata. It's an error if there's one that nothing runs,
// or none in a folder.
func files(testdata fs.FS, folders map[string]Rules) (all []string, err error) {
	found := map[string]bool{}
	err = fs.WalkDir(testdata, ".", func(file string, _ fs.DirEntry, err error) error {
		if err != nil || path.Ext(file) != ".txtar" {
			return err
		}
		if _, known := folders[folder(file)]; !known {
			return fmt.Errorf("nothing runs testdata/%s: name its folder in the call of pulltest.Golden", file)
		}
		all, found[folder(file)] = append(all, file), true
		return nil
	})
	for name := range folders {
		if err == nil && !found[name] {
			err = fmt.Errorf("there are no golden files in testdata/%s", name)
		}
	}
	return all, err
}

func folder(file string) string {
	return strings.TrimSuffix(strings.TrimSuffix(file, path.Base(file)), "/")
}

// GoldenRule runs the golden files of a package with one rule. Its settings are those of
// with, such as config.Preset().Override: the preset's, with what a file changes.
func GoldenRule[S any](t *testing.T, with func(name string, settings []byte) (S, error), rule func(S) pull.Rule) {
	t.Helper()
	Golden(t, map[string]Rules{"": func(settings []byte) ([]pull.Rule, error) {
		set, err := with("settings", settings)
		if err != nil {
			return nil, err
		}
		if r := rule(set); r.Want != nil {
			return []pull.Rule{r}, nil
		}
		return nil, nil
	}})
}

// lineOfPreset changes with every line that the preset gets.
var lineOfPreset = regexp.MustCompile(`\bcpython\.yml:\d+`)

func golden(t *testing.T, name string, build Rules) {
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

	got := lineOfPreset.ReplaceAllString(plan.String(), "cpython.yml")
	if suite.Update() {
		setPlan(archive, got)
		if err := os.WriteFile(name, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(c.plan, got); diff != "" {
		t.Errorf("the plan is another one (-want +got; make golden accepts it):\n%s", diff)
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
