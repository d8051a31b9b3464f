package gh_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

type graphqlDescription struct{ schema *ast.Schema }

// check validates the query and its variables, and walks the answer along it.
func (d graphqlDescription) check(x ghtest.Exchange) error {
	var asked struct {
		Query     string
		Variables map[string]any
	}
	if err := json.Unmarshal(x.RequestBody, &asked); err != nil {
		return err
	}
	query, faults := gqlparser.LoadQueryWithRules(d.schema, asked.Query, rules.NewDefaultRules())
	if len(faults) > 0 {
		return fmt.Errorf("query: %w", faults)
	}
	op := query.Operations[0]
	variables, err := validator.VariableValues(d.schema, op, asked.Variables)
	if err != nil {
		return fmt.Errorf("variables: %w", err)
	}
	if x.Status != 200 {
		return nil
	}
	var said struct {
		Data   map[string]any
		Errors []struct {
			Type, Message string
			Path          []any
		}
	}
	if err := json.Unmarshal(x.Body, &said); err != nil {
		return err
	}
	if len(said.Errors) > 0 {
		if said.Errors[0].Type == "" || said.Errors[0].Message == "" {
			return errors.New("an error without a type or a message")
		}
		return nil
	}
	w := walk{d.schema, variables}
	return w.object("data", d.schema.Query, op.SelectionSet, said.Data)
}

type walk struct {
	schema    *ast.Schema
	variables map[string]any
}

func (w walk) object(at string, of *ast.Definition, selections ast.SelectionSet, value map[string]any) error {
	if of.Kind != ast.Object { // an interface or union: the answer must say which
		name, said := value["__typename"].(string)
		if fragment, ok := selections[0].(*ast.InlineFragment); ok && !said && len(selections) == 1 {
			name = fragment.TypeCondition // all there is
		}
		if fragment, ok := selections[0].(*ast.FragmentSpread); ok && !said && len(selections) == 1 {
			name = fragment.Definition.TypeCondition
		}
		concrete := w.schema.Types[name]
		if concrete == nil || !slices.Contains(w.schema.GetPossibleTypes(of), concrete) {
			return fmt.Errorf("%s: %q is no %s", at, name, of.Name)
		}
		of = concrete
	}
	fields := w.collect(of, selections)
	for name := range value {
		if fields[name] == nil {
			return fmt.Errorf("%s.%s: nobody asked", at, name)
		}
	}
	for name, field := range fields {
		v, found := value[name]
		if !found {
			return fmt.Errorf("%s.%s: missing", at, name)
		}
		if field.Name == "__typename" {
			if v != of.Name {
				return fmt.Errorf("%s.__typename: %v, want %s", at, v, of.Name)
			}
			continue
		}
		if err := w.value(at+"."+name, field.Definition.Type, field.SelectionSet, v); err != nil {
			return err
		}
	}
	return nil
}

// collect finds the fields that apply to the type, by the name they have in
// the answer. The same field may be asked for twice.
func (w walk) collect(of *ast.Definition, selections ast.SelectionSet) map[string]*ast.Field {
	fields := map[string]*ast.Field{}
	add := func(condition string, more ast.SelectionSet) {
		if condition == "" || condition == of.Name || slices.Contains(w.schema.GetPossibleTypes(w.schema.Types[condition]), of) {
			for name, f := range w.collect(of, more) {
				fields[name] = f
			}
		}
	}
	for _, s := range selections {
		switch s := s.(type) {
		case *ast.Field:
			if include := s.Directives.ForName("include"); include != nil {
				if yes, err := include.Arguments.ForName("if").Value.Value(w.variables); err != nil || yes != true {
					continue
				}
			}
			fields[s.Alias] = s
		case *ast.InlineFragment:
			add(s.TypeCondition, s.SelectionSet)
		case *ast.FragmentSpread:
			add(s.Definition.TypeCondition, s.Definition.SelectionSet)
		}
	}
	return fields
}

func (w walk) value(at string, of *ast.Type, selections ast.SelectionSet, v any) error {
	if v == nil {
		if of.NonNull {
			return fmt.Errorf("%s: null, but %s", at, of)
		}
		return nil
	}
	if of.Elem != nil {
		all, ok := v.([]any)
		if !ok {
			return fmt.Errorf("%s: %T, want %s", at, v, of)
		}
		for i, one := range all {
			if err := w.value(at+"["+strconv.Itoa(i)+"]", of.Elem, selections, one); err != nil {
				return err
			}
		}
		return nil
	}
	def := w.schema.Types[of.NamedType]
	switch def.Kind {
	case ast.Enum:
		if name, ok := v.(string); !ok || def.EnumValues.ForName(name) == nil {
			return fmt.Errorf("%s: %v is no %s", at, v, def.Name)
		}
	case ast.Scalar:
		if !scalar(def.Name, v) {
			return fmt.Errorf("%s: %v (%T) is no %s", at, v, v, def.Name)
		}
	default:
		object, ok := v.(map[string]any)
		if !ok {
			return fmt.Errorf("%s: %T, want %s", at, v, def.Name)
		}
		return w.object(at, def, selections, object)
	}
	return nil
}

func scalar(name string, v any) bool {
	text, isText := v.(string)
	switch name {
	case "Int":
		n, ok := v.(float64)
		return ok && n == float64(int32(n))
	case "Boolean":
		_, ok := v.(bool)
		return ok
	case "DateTime":
		_, err := time.Parse(time.RFC3339, text)
		return err == nil
	case "GitObjectID":
		return gh.IsCommit(text)
	case "BigInt":
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	}
	return isText // String, ID, URI
}
