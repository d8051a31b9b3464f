// Package octokit reads GitHub's own descriptions and examples from npm's packages
// @octokit, for tests alone.
package octokit

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
)

const variable = "CONCORDE_OCTOKIT"

// Path is that of a file in the directory node_modules/@octokit, which the environment
// variable CONCORDE_OCTOKIT names. Without it the test is skipped.
func Path(t testing.TB, elem ...string) string {
	t.Helper()
	path, named := Find(elem...)
	if !named {
		t.Skip(variable + " is not set: it names the directory node_modules/@octokit with " + elem[0] + " in it")
	}
	return path
}

// Find is Path for tests that do without.
func Find(elem ...string) (path string, named bool) {
	dir := os.Getenv(variable)
	return filepath.Join(append([]string{dir}, elem...)...), dir != ""
}

// GraphQL is GitHub's schema (@octokit/graphql-schema). Without it the test is skipped.
func GraphQL(t testing.TB) *ast.Schema {
	t.Helper()
	path := Path(t, "graphql-schema", "schema.graphql")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: path, Input: string(text)})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range doc.Definitions { // some fields are there twice
		known := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := known[f.Name]
			known[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}
