package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the package map of ARCHITECTURE.md: what of this module, and
// of the libraries that must stay in one place, each package may import.
var mayImport = map[string][]string{
	"cmd/bot":                     {"config", "config/labeler", "config/yamlfile", "internal/backport", "internal/backport/local", "internal/backport/pick", "internal/gh", "internal/gh/apply", "internal/gh/snapshot", "internal/ghtest", "internal/git", "internal/lifecycle", "internal/lifecycle/feed", "internal/manual", "internal/newscheck", "internal/pull", "internal/queue", "internal/reconcile", "internal/settingscheck", "internal/triage/command", "internal/triage/conflict", "internal/triage/issuenumber", "internal/triage/labels", "internal/triage/links", "internal/triage/stage", "internal/triage/title", "internal/triage/wrongbranch", "internal/webhook", "internal/webhook/missed"},
	"internal/access":             {"internal/webhook"},
	"config":                      {"config/yamlfile", "internal/glob", "internal/jsre", "internal/lifecycle", "internal/pull"},
	"config/hostile":              {"config/yamlfile", "internal/suite"},
	"config/labeler":              {"config", "config/yamlfile", "internal/glob", "internal/jsre"},
	"config/yamlfile":             {},
	"internal/backport":           {"config", "internal/git", "internal/lifecycle", "internal/markdown", "internal/pull"},
	"internal/backport/pick":      {"internal/backport", "internal/gh", "internal/gh/snapshot", "internal/git", "internal/pull"},
	"internal/backport/local":     {"internal/backport", "internal/git", "internal/markdown"},
	"internal/gh":                 {"internal/pull", "go-github", "ghinstallation"},
	"internal/gh/apply":           {"internal/gh", "internal/pull", "go-github"},
	"internal/gh/snapshot":        {"internal/gh", "internal/pull", "go-github"},
	"internal/ghtest":             {"internal/ghtest/api", "internal/ghtest/gitserver", "internal/ghtest/gitstore", "internal/ghtest/graphql", "internal/ghtest/hooks", "internal/ghtest/rest", "internal/ghtest/world"},
	"internal/ghtest/api":         {"internal/ghtest/world"},
	"internal/ghtest/gitserver":   {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/gitstore":    {},
	"internal/ghtest/graphql":     {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/hooks":       {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/object", "internal/ghtest/world"},
	"internal/ghtest/object":      {"internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/rest":        {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/object", "internal/ghtest/world"},
	"internal/ghtest/world":       {"internal/ghtest/gitstore"},
	"internal/glob":               {"internal/jsre"},
	"internal/git":                {"internal/pull"},
	"internal/jsre":               {},
	"internal/lifecycle":          {},
	"internal/lifecycle/feed":     {"internal/lifecycle"},
	"internal/manual":             {},
	"internal/markdown":           {"markdown"},
	"internal/newscheck":          {"config", "internal/markdown", "internal/pull", "internal/tracker"},
	"internal/pull":               {},
	"internal/pull/pulltest":      {"config", "internal/pull"},
	"internal/queue":              {},
	"internal/reconcile":          {"config", "config/labeler", "internal/gh", "internal/gh/apply", "internal/gh/snapshot", "internal/pull", "internal/queue"},
	"internal/settingscheck":      {"config", "config/labeler", "config/yamlfile", "internal/pull"},
	"internal/suite":              {},
	"internal/tracker":            {},
	"internal/triage/command":     {"config", "internal/lifecycle", "internal/markdown", "internal/pull"},
	"internal/triage/labels":      {"config", "internal/glob", "internal/jsre", "internal/markdown", "internal/pull"},
	"internal/triage/conflict":    {"config", "internal/pull"},
	"internal/triage/issuenumber": {"config", "internal/pull", "internal/tracker"},
	"internal/triage/links":       {"config", "internal/markdown", "internal/pull", "internal/tracker"},
	"internal/triage/stage":       {"config", "internal/markdown", "internal/pull"},
	"internal/triage/title":       {"config", "internal/lifecycle", "internal/markdown", "internal/pull"},
	"internal/triage/wrongbranch": {"config", "internal/lifecycle", "internal/pull"},
	"internal/weigh":              {"internal/suite"},
	"internal/webhook/missed":     {"internal/gh"},
	"internal/webhook":            {"internal/lifecycle", "internal/pull", "internal/queue"},
}

// guarded are libraries that one package alone may know.
var guarded = map[string]string{
	"github.com/google/go-github/":             "go-github",
	"github.com/bradleyfalzon/ghinstallation/": "ghinstallation",
	"rsc.io/markdown":                          "markdown",
}

func TestImportsPointDownward(t *testing.T) {
	const module = "github.com/concorde-bot/concorde/"
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	for _, path := range sources(t, root) {
		pkg := filepath.ToSlash(filepath.Dir(path))
		seen[pkg] = true
		allowed, known := mayImport[pkg]
		if !known {
			t.Errorf("%s: package %s is not in the map of this test and of ARCHITECTURE.md", path, pkg)
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			ours, isOurs := strings.CutPrefix(name, module)
			for prefix, library := range guarded {
				if strings.HasPrefix(name, prefix) {
					ours, isOurs = library, true
				}
			}
			if isOurs && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s", path, ours)
			}
			if pkg == "internal/pull" && strings.Contains(name, ".") {
				t.Errorf("%s imports %s: the core uses the standard library alone", path, name)
			}
		}
	}
	const triage = "internal/triage/"
	for pkg, allowed := range mayImport {
		if !seen[pkg] {
			t.Errorf("package %s has no sources", pkg)
		}
		if strings.HasPrefix(pkg, triage) && slices.ContainsFunc(allowed, func(other string) bool { return strings.HasPrefix(other, triage) }) {
			t.Errorf("%s may import another rule", pkg)
		}
	}
}

// sources are the Go files below root that are not tests.
func sources(t *testing.T, root string) []string {
	var paths []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == ".git" || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			relative, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			paths = append(paths, relative)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}
