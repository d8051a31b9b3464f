package ghtest

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// maxNodes is what one query may ask for.
const maxNodes = 500_000

// weight is what a query asks for at most, as GitHub counts it before it runs one ("Rate limits and query limits for the GraphQL
// API"): the nodes of all lists, and the requests that would fetch each list by itself.
type weight struct{ nodes, requests int }

// points are a request for each hundred, and one at least.
func (w weight) points() int { return max(1, (w.requests+50)/100) }

// refused is GitHub's error for a query that asks for too many nodes (semantic-release/github#911); it has no data.
func (w weight) refused() error {
	if w.nodes <= maxNodes {
		return nil
	}
	return &graphqlError{"MAX_NODE_LIMIT_EXCEEDED", fmt.Sprintf("This query requests up to %s possible nodes which exceeds the maximum limit of %s.", grouped(w.nodes), grouped(maxNodes))}
}

// grouped writes 606800 as 606,800.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// weigh adds up a selection of which there are so many.
func (e *execution) weigh(set ast.SelectionSet, times int, w *weight) {
	for _, sel := range set {
		switch sel := sel.(type) {
		case *ast.Field:
			if !e.included(sel.Directives) {
				continue
			}
			within := times
			if size, listed := e.pageSize(sel); listed {
				within = times * size
				w.requests += times
				w.nodes += within
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
func (e *execution) charge(s *Server, c *call, op *ast.OperationDefinition) error {
	e.weigh(op.SelectionSet, 1, &c.weight)
	if err := c.weight.refused(); err != nil {
		return err
	}
	s.bucketFor(c.actor, "graphql").used += c.weight.points() - 1
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

// nodesOfQuery weighs the body of a request before anything else is known of it; 0 for what is no query.
func nodesOfQuery(body []byte) int {
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
	var w weight
	(&execution{vars: in.Variables, fragments: doc.Fragments}).weigh(doc.Operations[0].SelectionSet, 1, &w)
	return w.nodes
}
