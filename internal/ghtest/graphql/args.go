package graphql

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/world"
)

// intArg reads a number: an int64 from the query's text, a float64 from its variables.
func intArg(args map[string]any, name string) (int, bool) {
	switch v := args[name].(type) {
	case int64:
		return int(v), true
	case float64:
		return int(v), true
	}
	return 0, false
}

func stringArg(args map[string]any, name string) string {
	s, _ := args[name].(string)
	return s
}

// listArg reads a list; one value is a list of one, as GraphQL says.
func listArg(v any) ([]any, bool) {
	if list, ok := v.([]any); ok || v == nil {
		return list, ok
	}
	return []any{v}, true
}

// optionalArg is nil for a text that was not given.
func optionalArg(args map[string]any, name string) *string {
	if text, given := args[name].(string); given {
		return &text
	}
	return nil
}

func optionalNumber(args map[string]any, name string) *int {
	if n, given := intArg(args, name); given {
		return &n
	}
	return nil
}

// matches compares an argument, where it was given.
func matches(args map[string]any, name, value string) bool {
	wanted, ok := args[name].(string)
	return !ok || wanted == value
}

// among reports whether a list argument has a value; one that was not given has all.
func among(list any, value string) bool {
	wanted, ok := listArg(list)
	return !ok || slices.Contains(wanted, any(value))
}

// hasLabelOf reports whether it has one of the labels; without names all have.
func hasLabelOf(i *world.Issue, names any) bool {
	wanted, ok := listArg(names)
	return !ok || slices.ContainsFunc(i.Labels, func(l string) bool {
		return slices.ContainsFunc(wanted, func(w any) bool { name, _ := w.(string); return strings.EqualFold(name, l) })
	})
}

// sorted orders a list as orderBy asks; a field without an order of its own leaves the list as it is.
func sorted[T any](list []T, args map[string]any, by map[string]func(a, b T) int) {
	order, _ := args["orderBy"].(map[string]any)
	if compare := by[stringArg(order, "field")]; compare != nil {
		slices.SortStableFunc(list, compare)
	}
	if stringArg(order, "direction") == "DESC" {
		slices.Reverse(list)
	}
}

// graphqlReason is OFF_TOPIC and so on, or null.
func graphqlReason(reason string) any {
	return world.Nullable(strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(reason)))
}
