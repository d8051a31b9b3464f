package graphql

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/vektah/gqlparser/v2/ast"
)

// arguments are those that lead somewhere, by field.
var arguments = map[string][]map[string]any{
	"repository": {{"owner": "python", "name": "cpython"}}, "label": {{"name": "docs"}}, "organization": {{"login": "python"}}, "team": {{"slug": "core"}}, "ref": {{"qualifiedName": "main"}, {"qualifiedName": "refs/tags/v1"}},
	"pullRequest": {{"number": int64(2)}}, "issue": {{"number": int64(1)}, {"number": int64(5)}}, "issueOrPullRequest": {{"number": int64(1)}, {"number": int64(2)}},
	"object": {{"expression": "HEAD"}, {"expression": "HEAD:"}, {"expression": "HEAD:README.rst"}}, "file": {{"path": "sub"}, {"path": "Lib/os.py"}},
	"context": {{"name": "ci"}}, "mergeQueue": {{"branch": "3.14", "first": int64(9)}}, "compare": {{"headRef": "3.14"}}, "refs": {{"refPrefix": "refs/heads/", "first": int64(50)}},
}

type walker struct {
	t      *testing.T
	schema *ast.Schema
	seen   map[string]int
	known  map[string]bool
}

func (w walker) node(n node, path []string) {
	name, _ := n["__typename"].(string)
	kind := w.schema.Types[name]
	if kind == nil {
		w.t.Errorf("there is no type %q", name)
		return
	}
	w.seen[name]++
	if slices.Contains(path, name) {
		return
	}
	if id, ok := n["id"].(string); ok { // everything leads back to the repository
		key := fmt.Sprint(name, id, len(n)) // there are short ones
		if w.known[key] {
			return
		}
		w.known[key] = true
	}
	path = append(slices.Clone(path), name)
	for field, value := range n {
		if field == "__typename" || field == "__interfaces" {
			continue
		}
		def := kind.Fields.ForName(field)
		if def == nil {
			w.t.Errorf("%s has no field %q", name, field)
			continue
		}
		if n.never(field) != def.Type.NonNull || def.Type.Elem != nil && n.never(field+"[]") != def.Type.Elem.NonNull {
			w.t.Errorf("neverNull[%q] is wrong about %q, which is %s", name, field, def.Type)
		}
		resolve, ok := value.(resolver)
		if !ok {
			w.value(name+"."+field, value, def.Type, path)
			continue
		}
		tries := arguments[field]
		if tries == nil {
			tries = []map[string]any{{"first": int64(50)}}
		}
		for _, args := range tries {
			v, err := resolve(args)
			var known *api.QueryError
			if err != nil && (!errors.As(err, &known) || known.Kind != "NOT_FOUND") { // a fork has no issues
				w.t.Errorf("%s.%s: %v", name, field, err)
			}
			w.value(name+"."+field, v, def.Type, path)
		}
	}
}

func (w walker) value(where string, v any, want *ast.Type, path []string) {
	if n, ok := v.(node); v == nil || (ok && n == nil) {
		if want.NonNull {
			w.t.Errorf("%s is null, and must not be", where)
		}
		return
	}
	def := w.schema.Types[want.Name()]
	switch v := v.(type) {
	case []node:
		if want.Elem == nil {
			w.t.Errorf("%s is a list, want %s", where, want)
			return
		}
		for _, n := range v {
			w.value(where, n, want.Elem, path)
		}
	case node:
		possible := w.schema.GetPossibleTypes(def)
		if !slices.ContainsFunc(possible, func(d *ast.Definition) bool { return d.Name == v["__typename"] }) {
			w.t.Errorf("%s is a %v, want %s", where, v["__typename"], want)
			return
		}
		w.node(v, path)
	case string:
		if def.Kind == ast.Enum && def.EnumValues.ForName(v) == nil {
			w.t.Errorf("%s is %q, no value of %s", where, v, def.Name)
		}
		if def.Kind != ast.Enum && (def.Kind != ast.Scalar || def.Name == "Int" || def.Name == "Boolean") {
			w.t.Errorf("%s is a string, want %s", where, want)
		}
	case bool:
		if def.Name != "Boolean" {
			w.t.Errorf("%s is a bool, want %s", where, want)
		}
	case int, int64:
		if def.Name != "Int" {
			w.t.Errorf("%s is a number, want %s", where, want)
		}
	default:
		w.t.Errorf("%s is a %T", where, v)
	}
}
