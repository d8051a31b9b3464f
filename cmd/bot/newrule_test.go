package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/suite"
)

// TestNewRule follows CONTRIBUTING.md in a copy of the module: the rule of testdata/newrule
// and its line in the list are six files, make golden writes the rest, and nothing else
// is missing.
func TestNewRule(t *testing.T) {
	if !(suite.Sizes[bool]{Long: true, Full: true}).Size() {
		t.Skip("it builds the program again: CONCORDE_TEST=long")
	}
	t.Parallel()
	module := t.TempDir()
	copyTree(t, module, "../..")
	const mostFiles, list = 6, "cmd/bot/rules.go"
	written := 1 + copyTree(t, module, "testdata/newrule")
	if written > mostFiles {
		t.Errorf("a rule takes %d files", written)
	}
	add(t, filepath.Join(module, list), "\t\ttitle.Rule(s.Titles),\n", "\t\twhatsnew.Rule(s.News),\n")
	const triage = "\t\"github.com/concorde-bot/concorde/internal/triage/"
	add(t, filepath.Join(module, list), triage+"title\"\n", triage+"whatsnew\"\n")
	for _, update := range []string{"1", ""} {
		test := exec.Command("go", "test", "-count=1", "-run", "Golden|Current|Imports|Owned|Laws", "./internal/triage/whatsnew", "./cmd/bot")
		test.Dir, test.Env = module, append(os.Environ(), "CONCORDE_TEST=", "CONCORDE_UPDATE="+update, "GOWORK=off")
		if out, err := test.CombinedOutput(); err != nil {
			t.Fatalf("%v:\n%s", err, out)
		}
	}
	for file, want := range map[string]string{
		"internal/triage/whatsnew/testdata/without-entry.txtar": "\ncomment whatsnew\n",
		"internal/triage/whatsnew/testdata/with-entry.txtar":    "\nnothing to do\n",
		"README.md": "\n| whatsnew |",
	} {
		if text, err := os.ReadFile(filepath.Join(module, file)); err != nil || !strings.Contains(string(text), want) {
			t.Errorf("%s has no %q (%v):\n%s", file, want, err, text)
		}
	}
}

// copyTree copies files to where they are below another directory, and counts them.
func copyTree(t *testing.T, to, from string) (files int) {
	t.Helper()
	root := os.DirFS(from)
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git":
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, path), 0o755)
		}
		files++
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, path), text, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// add inserts a line after another.
func add(t *testing.T, path, after, line string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), after) {
		t.Fatalf("%s has no %q: %v", path, after, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(text), after, after+line, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}
