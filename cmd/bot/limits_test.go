package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestLimitsNameRealTests: docs/limits.md names fuzz targets, tests and benchmarks that
// exist, each in the package that the same cell names, and bounds by their constants.
func TestLimitsNameRealTests(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	sources := map[string]string{} // by package
	var all strings.Builder
	for _, path := range goFiles(t) {
		source, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir, err := filepath.Rel("../..", filepath.Dir(path))
		if err != nil {
			t.Fatal(err)
		}
		sources[filepath.ToSlash(dir)] += string(source)
		all.Write(source)
	}
	cell := regexp.MustCompile("((?:`Fuzz\\w+`(?: \\(steps\\))?(?:, )?)+) in ([a-z/]+)")
	fuzz := regexp.MustCompile("`(Fuzz\\w+)`")
	named := 0
	for _, group := range cell.FindAllStringSubmatch(string(text), -1) {
		for _, name := range fuzz.FindAllStringSubmatch(group[1], -1) {
			named++
			if !strings.Contains(sources[group[2]], "func "+name[1]+"(") {
				t.Errorf("%s has no %s", group[2], name[1])
			}
		}
	}
	if written := len(fuzz.FindAllString(string(text), -1)); named != written || named < 20 {
		t.Errorf("%d of %d fuzz targets are named with their package", named, written)
	}
	for _, name := range regexp.MustCompile("`((?:Test|Benchmark)\\w+)`").FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(all.String(), "func "+name[1]+"(") {
			t.Errorf("%s does not exist", name[1])
		}
	}
	for _, name := range regexp.MustCompile("\\(`([A-Za-z]+)`\\)").FindAllStringSubmatch(string(text), -1) {
		if !strings.Contains(all.String(), name[1]+" ") {
			t.Errorf("there is no constant %s", name[1])
		}
	}
}

// goFiles are all of the module.
func goFiles(t *testing.T) (paths []string) {
	t.Helper()
	for _, root := range []string{"../../cmd", "../../config", "../../internal"} {
		err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, ".go") {
				paths = append(paths, path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return paths
}
