package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport is the package map of ARCHITECTURE.md: what of this module, and
// of the libraries that must stay in one place, each package may import.
var mayImport = map[string][]string{
	"cmd/bot": {"config", "config/labeler", "config/yamlfile", "internal/abi", "internal/acceptance", "internal/backport", "internal/backport/local",
		"internal/backport/pick", "internal/changelog", "internal/doctor", "internal/gh", "internal/gh/apply", "internal/gh/snapshot", "internal/ghtest",
		"internal/git",
		"internal/lifecycle", "internal/lifecycle/feed", "internal/manual", "internal/newscheck", "internal/pull", "internal/queue",
		"internal/reconcile", "internal/regression", "internal/release", "internal/settingscheck", "internal/setup", "internal/shadow",
		"internal/triage/*", "internal/web",
		"internal/webhook", "internal/webhook/missed"},
	"internal/acceptance":     {"internal/gh", "internal/gh/apply", "internal/gh/snapshot", "internal/git", "internal/pull"},
	"internal/access":         {"internal/webhook"},
	"config":                  {"config/yamlfile", "internal/glob", "internal/jsre", "internal/lifecycle", "internal/pull"},
	"config/hostile":          {"config/yamlfile", "internal/suite"},
	"config/labeler":          {"config", "config/yamlfile", "internal/glob", "internal/jsre"},
	"config/yamlfile":         {},
	"internal/backport":       {"config", "internal/git", "internal/glob", "internal/lifecycle", "internal/markdown", "internal/pull"},
	"internal/backport/pick":  {"internal/backport", "internal/gh", "internal/gh/snapshot", "internal/git", "internal/pull"},
	"internal/backport/local": {"config", "internal/backport", "internal/git", "internal/markdown"},
	"internal/gh":             {"internal/pull", "go-github", "ghinstallation"},
	"internal/gh/apply":       {"internal/gh", "internal/pull", "go-github"},
	"internal/gh/ghtrial":     {"internal/gh", "internal/ghtest", "internal/ghtest/trial", "internal/pull"},
	"internal/gh/snapshot":    {"internal/gh", "internal/pull", "go-github"},
	"internal/ghtest": {"internal/ghtest/api", "internal/ghtest/gitserver", "internal/ghtest/gitstore", "internal/ghtest/graphql",
		"internal/ghtest/hooks", "internal/ghtest/pages", "internal/ghtest/rest", "internal/ghtest/world"},
	"internal/ghtest/api":       {"internal/ghtest/world"},
	"internal/ghtest/gitserver": {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/gitstore":  {},
	"internal/ghtest/graphql":   {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/hooks":     {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/object", "internal/ghtest/world"},
	"internal/ghtest/object":    {"internal/ghtest/gitstore", "internal/ghtest/world"},
	"internal/ghtest/octokit":   {},
	"internal/ghtest/rest":      {"internal/ghtest/api", "internal/ghtest/gitstore", "internal/ghtest/object", "internal/ghtest/world"},
	"internal/ghtest/trial":     {"internal/ghtest", "go-github", "ghinstallation"},
	"internal/ghtest/world":     {"internal/ghtest/gitstore"},
	"internal/glob":             {"internal/jsre"},
	"internal/git":              {"internal/pull"},
	"internal/jsre":             {},
	"internal/lifecycle":        {},
	"internal/lifecycle/feed":   {"internal/lifecycle"},
	"internal/manual":           {},
	"internal/markdown":         {"markdown"},
	"internal/changelog":        {"config", "internal/lifecycle", "internal/pull"},
	"internal/abi":              {"config", "internal/changelog", "internal/lifecycle", "internal/newscheck", "internal/pull"},
	"internal/newscheck": {"config", "internal/changelog", "internal/lifecycle", "internal/markdown", "internal/pull",
		"internal/tracker"},
	"internal/pull":          {},
	"internal/pull/pulltest": {"internal/pull", "internal/suite"},
	"internal/queue":         {},
	"internal/reconcile": {"config", "config/labeler", "internal/gh", "internal/gh/apply", "internal/gh/snapshot",
		"internal/lifecycle", "internal/pull", "internal/queue", "internal/regression", "internal/shadow", "internal/triage/conflict"},
	"internal/regression": {"config", "internal/lifecycle", "internal/markdown", "internal/pull"},
	"internal/release": {"config", "internal/abi", "internal/backport", "internal/changelog", "internal/lifecycle",
		"internal/markdown", "internal/pull", "internal/regression"},
	"internal/settingscheck": {"config", "config/labeler", "config/yamlfile", "internal/pull"},
	"internal/shadow":        {"internal/pull"},
	"internal/suite":         {},
	"internal/tracker":       {},
	"internal/triage/*": {"config", "internal/glob", "internal/jsre", "internal/lifecycle", "internal/markdown", "internal/pull",
		"internal/tracker"},
	"internal/doctor": {"config", "config/labeler", "internal/access", "internal/gh", "internal/gh/snapshot", "internal/git",
		"internal/lifecycle", "internal/pull", "internal/queue", "internal/webhook"},
	"internal/setup":          {"internal/access", "internal/doctor", "internal/gh", "internal/web"},
	"internal/ghtest/pages":   {"internal/ghtest/api", "internal/ghtest/hooks", "internal/ghtest/object", "internal/ghtest/world"},
	"internal/weigh":          {"internal/suite"},
	"internal/webhook/missed": {"internal/gh"},
	"internal/web":            {"internal/pull", "internal/queue", "internal/shadow"},
	"internal/webhook":        {"internal/lifecycle", "internal/pull", "internal/queue"},
}

// guarded are libraries that one package alone may know.
var guarded = map[string]string{
	"github.com/google/go-github/":             "go-github",
	"github.com/bradleyfalzon/ghinstallation/": "ghinstallation",
	"rsc.io/markdown":                          "markdown",
}

const module = "github.com/concorde-bot/concorde/"

func TestImportsPointDownward(t *testing.T) {
	found, seen := imports(t), map[string]bool{}
	for pkg, names := range found {
		seen[kind(pkg)] = true
		allowed, known := mayImport[kind(pkg)]
		if !known {
			t.Errorf("package %s is not in the map of this test and of ARCHITECTURE.md", pkg)
			continue
		}
		for _, name := range names {
			ours, isOurs := guardedName(name)
			exactly := strings.TrimPrefix(name, module)
			if isOurs && !slices.Contains(allowed, ours) && !slices.Contains(allowed, exactly) {
				t.Errorf("%s imports %s", pkg, ours)
			}
			if pkg == "internal/pull" && strings.Contains(name, ".") {
				t.Errorf("%s imports %s: the core uses the standard library alone", pkg, name)
			}
		}
	}
	for pkg := range mayImport {
		if !seen[pkg] {
			t.Errorf("package %s has no sources", pkg)
		}
	}
}

// guardedName is the name in mayImport of a package or a guarded library.
func guardedName(name string) (string, bool) {
	for prefix, library := range guarded {
		if strings.HasPrefix(name, prefix) {
			return library, true
		}
	}
	ours, isOurs := strings.CutPrefix(name, module)
	return kind(ours), isOurs
}

// kind is the name of a package in mayImport, which has one for all that hold a rule of
// their own.
func kind(pkg string) string {
	if strings.HasPrefix(pkg, "internal/triage/") {
		return "internal/triage/*"
	}
	return pkg
}

// TestDiagramOfPackagesIsCurrent draws the packages of the program, each below all that import it.
func TestDiagramOfPackagesIsCurrent(t *testing.T) {
	found := imports(t)
	forTests := func(pkg string) bool {
		others := []string{"internal/suite", "internal/weigh", "internal/pull/pulltest", "internal/gh/ghtrial", "config/hostile"}
		return slices.Contains(others, pkg) || strings.HasPrefix(pkg, "internal/ghtest")
	}
	var height func(pkg string) int
	height = func(pkg string) int {
		most := 0
		for _, name := range found[pkg] {
			if ours, isOurs := strings.CutPrefix(name, module); isOurs && !forTests(ours) {
				most = max(most, height(ours)+1)
			}
		}
		return most
	}
	rows := make([][]string, 30)
	for pkg := range found {
		if !forTests(pkg) {
			rows[height(pkg)] = append(rows[height(pkg)], strings.TrimPrefix(strings.Replace(pkg, "internal/triage/", "triage/", 1), "internal/"))
		}
	}
	var lines []string
	for _, row := range slices.Backward(rows) {
		if len(row) > 0 {
			slices.Sort(row)
			lines = append(lines, wrapped(strings.Join(row, "   "))...)
		}
	}
	current(t, "../../ARCHITECTURE.md", "imports", append(append([]string{"```"}, lines...), "```"))
}

// wrapped breaks a row of the diagram into lines.
func wrapped(row string) (lines []string) {
	const most = 140
	for len(row) > most {
		at := strings.LastIndex(row[:most], "   ")
		lines, row = append(lines, row[:at]), "   "+row[at:]
	}
	return append(lines, row)
}

// imports are those of each package, without its tests.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	root := filepath.Join("..", "..")
	found := map[string][]string{}
	for _, path := range sources(t, root) {
		pkg := filepath.ToSlash(filepath.Dir(path))
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		if found[pkg] == nil {
			found[pkg] = []string{}
		}
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[pkg] = append(found[pkg], name)
		}
	}
	return found
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

// TestWalksNameFunctions looks up each FILE:FUNCTION of ARCHITECTURE.md.
func TestWalksNameFunctions(t *testing.T) {
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Count(string(text), "\n"); lines > 150 {
		t.Errorf("ARCHITECTURE.md has %d lines, want at most 150", lines)
	}
	steps := regexp.MustCompile("`([a-z/]+/[a-z]+\\.go):(\\w+)`").FindAllStringSubmatch(string(text), -1)
	if len(steps) < 20 {
		t.Fatalf("ARCHITECTURE.md names %d functions, want a walk of a delivery and of a backport", len(steps))
	}
	for _, step := range steps {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", "..", "internal", step[1]), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(file.Decls, func(d ast.Decl) bool {
			f, ok := d.(*ast.FuncDecl)
			return ok && f.Name.Name == step[2]
		}) {
			t.Errorf("%s has no function %s", step[1], step[2])
		}
	}
}
