package graphql

import (
	"encoding/json"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// weigh adds up a selection of which there are so many.
func (e *execution) weigh(set ast.SelectionSet, times int, w *api.Weight) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !e.included(sel.Directives) {
				continue
			}
			within := times
			if size, listed := e.pageSize(sel); listed {
				within = times * size
				w.Requests += times
				w.Nodes += within
			}
			e.weigh(sel.SelectionSet, within, w)
		case *ast.InlineFragment:
			if e.included(sel.Directives) {
				e.weigh(sel.SelectionSet, times, w)
			}
		case *ast.FragmentSpread:
			if f := e.fragments.ForName(sel.Name); f != nil && e.included(sel.Directives) {
				e.weigh(f.SelectionSet, times, w)
			}
		}
	}
}

// charge weighs the query, and takes its points; one was taken when the request came.
func (e *execution) charge(f *api.Front, c *api.Call, op *ast.OperationDefinition) error {
	e.weigh(op.SelectionSet, 1, &c.Weight)
	if err := c.Weight.Refused(); err != nil {
		return err
	}
	f.Charge(c.Actor, "graphql", c.Weight.Points()-1)
	return nil
}

// pageSize is first or last of a field; listed is false for one that has neither.
func (e *execution) pageSize(f *ast.Field) (size int, listed bool) {
	args := map[string]any{}
	for _, name := range []string{"first", "last"} {
		if a := f.Arguments.ForName(name); a != nil {
			args[name], _ = a.Value.Value(e.vars) // what is wrong with it shows when it runs
		}
		if n, ok := intArg(args, name); ok {
			return min(max(n, 0), 100), true
		}
	}
	return 0, false
}

// NodesOf weighs the body of a request before it runs; 0 for anything but a query.
func NodesOf(body []byte) int {
	var in struct {
		Query     string         `json:"query"`
		Variables map[string]any `json:"variables"`
	}
	if json.Unmarshal(body, &in) != nil {
		return 0
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: in.Query}, maxTokens)
	if err != nil || len(doc.Operations) == 0 {
		return 0
	}
	var w api.Weight
	(&execution{vars: in.Variables, fragments: doc.Fragments}).weigh(doc.Operations[0].SelectionSet, 1, &w)
	return w.Nodes
}
