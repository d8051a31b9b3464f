package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryGoldenFileIsRun: each testdata/**/*.txtar of the module is in a package whose
// tests run such files. (pulltest.Golden fails on those below it that it doesn't run.)
func TestEveryGoldenFileIsRun(t *testing.T) {
	runs, found := map[string]bool{}, 0
	root := os.DirFS("../..")
	err := fs.WalkDir(root, ".", func(path string, _ fs.DirEntry, err error) error {
		pkg, file, below := strings.Cut(path, "/testdata/")
		if err != nil || !below || filepath.Ext(file) != ".txtar" {
			return err
		}
		if _, known := runs[pkg]; !known {
			runs[pkg] = pkg != "cmd/bot" && goldens(t, pkg)
		}
		script := pkg == "cmd/bot" && !strings.Contains(file, "/") // TestScripts runs it
		copied := pkg == "cmd/bot" && strings.HasPrefix(file, "newrule/")
		if found++; !runs[pkg] && !script && !copied {
			t.Errorf("%s: nothing runs it: call pulltest.Golden or pulltest.GoldenRule in a test of %s", path, pkg)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d golden files: %v", found, err)
	}
}

// goldens reports whether the tests of a package run its golden files.
func goldens(t *testing.T, pkg string) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join("../..", pkg, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range tests {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "pulltest.Golden") {
			return true
		}
	}
	return false
}
