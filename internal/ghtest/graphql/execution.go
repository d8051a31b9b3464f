package graphql

import (
	"errors"
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxTokens bounds a query.
const maxTokens = 20000

// execution is one run of a query.
type execution struct {
	vars      map[string]any
	fragments ast.FragmentDefinitionList
	holes     api.Holes
	errs      []obj
	invalid   bool // the query is wrong: no data at all
}

// defaults fills in the variables that were not given, and reports those that had to be.
func (e *execution) defaults(op *ast.OperationDefinition) {
	for _, def := range op.VariableDefinitions {
		v, ok := e.vars[def.Variable]
		switch {
		case ok && v != nil:
		case def.DefaultValue != nil && !ok:
			e.vars[def.Variable], _ = def.DefaultValue.Value(nil) // a literal of the query: the parser read it
		case def.Type.NonNull:
			e.invalid = true
			e.errs = append(e.errs, obj{"message": fmt.Sprintf("Variable $%s of type %s was provided invalid value", def.Variable, def.Type.String()),
				"extensions": obj{"value": nil, "problems": []obj{{"path": []string{}, "explanation": "Expected value to not be null"}}}})
		}
	}
}

// object selects fields of a node. Fields of the same key are merged, as the specification says.
// A null in a field that has none makes the whole object null.
func (e *execution) object(n node, sets []ast.SelectionSet, path []any) any {
	var keys []string
	fields := map[string][]*ast.Field{}
	for _, set := range sets {
		e.collect(n, set, func(f *ast.Field) {
			if fields[f.Alias] == nil {
				keys = append(keys, f.Alias)
			}
			fields[f.Alias] = append(fields[f.Alias], f)
		})
	}
	out := obj{}
	for _, key := range keys {
		out[key] = e.field(n, fields[key], append(slices.Clone(path), key))
		if out[key] == nil && n.never(fields[key][0].Name) {
			return nil
		}
	}
	return out
}

// collect walks a selection through the fragments that fit the node.
func (e *execution) collect(n node, set ast.SelectionSet, add func(*ast.Field)) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if e.included(sel.Directives) {
				add(sel)
			}
		case *ast.InlineFragment:
			if e.included(sel.Directives) && n.is(sel.TypeCondition) {
				e.collect(n, sel.SelectionSet, add)
			}
		case *ast.FragmentSpread:
			f := e.fragments.ForName(sel.Name)
			if f == nil {
				e.undefined(sel.Position, nil, fmt.Sprintf("Fragment %s was used, but not defined", sel.Name))
			} else if e.included(sel.Directives) && n.is(f.TypeCondition) {
				e.collect(n, f.SelectionSet, add)
			}
		}
	}
}

func (e *execution) included(directives ast.DirectiveList) bool {
	for _, d := range directives {
		arg := d.Arguments.ForName("if")
		if arg == nil {
			continue
		}
		if v, _ := arg.Value.Value(e.vars); (d.Name == "skip" && v == true) || (d.Name == "include" && v == false) {
			return false
		}
	}
	return true
}

func (e *execution) field(n node, same []*ast.Field, path []any) any {
	f := same[0]
	v, ok := n[f.Name]
	if !ok {
		e.undefined(f.Position, path, fmt.Sprintf("Field '%s' doesn't exist on type '%s'", f.Name, n["__typename"]))
		last := e.errs[len(e.errs)-1]
		last["extensions"] = obj{"code": "undefinedField", "typeName": n["__typename"], "fieldName": f.Name}
		return nil
	}
	if err := e.holes.At(path); err != nil {
		e.fail(err, f, path)
		return nil
	}
	if resolve, ok := v.(resolver); ok {
		var err error
		if v, err = e.resolve(resolve, f); err != nil {
			e.fail(err, f, path)
			return nil
		}
	} else if len(f.Arguments) > 0 {
		e.undefined(f.Position, path, fmt.Sprintf("Field '%s' doesn't accept argument '%s'", f.Name, f.Arguments[0].Name))
		return nil
	}
	var sets []ast.SelectionSet
	for _, f := range same {
		if f.SelectionSet != nil {
			sets = append(sets, f.SelectionSet)
		}
	}
	out := e.value(v, f, sets, path)
	if list, ok := out.([]any); ok && slices.Contains(list, nil) && n.never(f.Name+"[]") {
		return nil
	}
	return out
}

// resolve computes a field with its arguments.
func (e *execution) resolve(resolve resolver, f *ast.Field) (any, error) {
	args := map[string]any{}
	for _, a := range f.Arguments {
		value, err := a.Value.Value(e.vars)
		if err != nil {
			return nil, err
		}
		if value != nil {
			args[a.Name] = value
		}
	}
	return resolve(args)
}

func (e *execution) value(v any, f *ast.Field, sets []ast.SelectionSet, path []any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case node:
		if v == nil {
			return nil
		}
		if sets == nil {
			e.undefined(f.Position, path, fmt.Sprintf("Field must have selections (field '%s' returns %s but has no selections. Did you mean '%s { ... }'?)", f.Name, v["__typename"], f.Name))
			return nil
		}
		return e.object(v, sets, path)
	case []node:
		list := make([]any, 0, len(v))
		for at, item := range v {
			within := append(slices.Clone(path), at)
			if err := e.holes.At(within); err != nil {
				e.fail(err, f, within)
				list = append(list, nil)
				continue
			}
			list = append(list, e.value(item, f, sets, within))
		}
		return list
	}
	if sets != nil {
		e.undefined(f.Position, path, fmt.Sprintf("Selections can't be made on scalars (field '%s' returns a scalar but has selections)", f.Name))
		return nil
	}
	return v
}

// undefined is an error of the query itself: GitHub then answers without data.
func (e *execution) undefined(at *ast.Position, path []any, message string) {
	e.invalid = true
	e.errs = append(e.errs, obj{"path": append([]any{"query"}, path...), "extensions": obj{"code": "undefinedField"}, "locations": location(at), "message": message})
}

func (e *execution) fail(err error, f *ast.Field, path []any) {
	o := obj{"path": path, "locations": location(f.Position), "message": err.Error()}
	var known *api.QueryError
	if errors.As(err, &known) && known.Kind != "" {
		o["type"] = known.Kind
	}
	e.errs = append(e.errs, o)
}

func location(at *ast.Position) []obj {
	if at == nil {
		return []obj{}
	}
	return []obj{{"line": at.Line, "column": at.Column}}
}
