package backport

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// kinds are the constants of type FailureKind in internal/git, by their values: read
// from the source, so that none can be forgotten.
func kinds(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../git/failure.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if typed, ok := spec.Type.(*ast.Ident); !ok || typed.Name != "FailureKind" {
			t.Errorf("%s does not have the type of a kind", spec.Names[0].Name)
		}
		value := pull.TargetMissing
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
			value, err = strconv.Unquote(literal.Value)
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, value)
		return true
	})
	return all
}

// TestEveryFailureHasAText holds the texts against the kinds that git and package pull
// have: none is missing, and none is about a kind that is gone.
func TestEveryFailureHasAText(t *testing.T) {
	known := map[string]bool{pull.OpenRefused: true, pull.OpenDenied: true}
	for _, kind := range kinds(t) {
		known[kind] = true
	}
	if !known[string(git.Broken)] || !known[string(git.BranchMissing)] || len(known) < 15 {
		t.Fatalf("the kinds could not be read: %v", known)
	}
	for kind := range known {
		text := failureText(kind, "3.14")
		if _, found := failures[kind]; !found || text == "" || strings.Contains(text, "X.Y") {
			t.Errorf("%q: %q", kind, text)
		}
		if strings.Contains(text, "see below") && !failures[kind].byHand {
			t.Errorf("%q speaks of commands that are not there", kind)
		}
	}
	for kind := range failures {
		if !known[kind] {
			t.Errorf("%q is no kind of failure", kind)
		}
	}
}
