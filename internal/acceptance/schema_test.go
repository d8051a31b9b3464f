package acceptance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// Where CONCORDE_OCTOKIT names the directory of npm's @octokit packages, every query of a
// run is one that GitHub's schema takes (@octokit/graphql-schema). The endpoints of the
// REST API are held against GitHub's description where ghtest plays them.
func TestQueriesAreGitHubs(t *testing.T) {
	dir := os.Getenv("CONCORDE_OCTOKIT")
	if dir == "" {
		t.Skip("CONCORDE_OCTOKIT is not set")
	}
	schema := loadSchema(t, filepath.Join(dir, "graphql-schema", "schema.graphql"))
	var mu sync.Mutex
	queries := map[string]bool{}
	p := newPlaceOn(t, ghtest.Config{Observe: func(x ghtest.Exchange) {
		var asked struct{ Query string }
		if strings.HasSuffix(x.Route, "/graphql") && json.Unmarshal(x.RequestBody, &asked) == nil {
			mu.Lock()
			defer mu.Unlock()
			queries[asked.Query] = true
		}
	}})
	p.run()
	for query := range queries {
		if _, faults := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules()); len(faults) > 0 {
			t.Errorf("%v\n%s", faults, query)
		}
	}
	if len(queries) < 30 {
		t.Errorf("only %d queries were seen", len(queries))
	}
}

func loadSchema(t *testing.T, path string) *ast.Schema {
	t.Helper()
	text := trial.Must(os.ReadFile(path))(t)
	doc, err := parser.ParseSchemas(validator.Prelude, &ast.Source{Name: path, Input: string(text)})
	trial.OK(t, err)
	for _, d := range doc.Definitions { // some fields are there twice
		known := map[string]bool{}
		d.Fields = slices.DeleteFunc(d.Fields, func(f *ast.FieldDefinition) bool {
			twice := known[f.Name]
			known[f.Name] = true
			return twice
		})
	}
	schema, err := validator.ValidateSchemaDocument(doc)
	trial.OK(t, err)
	return schema
}
