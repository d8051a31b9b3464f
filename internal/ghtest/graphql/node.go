package graphql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest/api"
)

// obj is a JSON object.
type obj = map[string]any

// node is one GraphQL object: its fields are values, other nodes, lists, or resolvers. "__typename" is always there.
type node map[string]any

// resolver computes a field when a query selects it.
type resolver func(args map[string]any) (any, error)

// lazy is a field without arguments that is computed when a query selects it.
func lazy(build func() (any, error)) resolver {
	return func(map[string]any) (any, error) { return build() }
}

func nilable(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// unable is an error of a kind, as GraphQL answers have it.
func unable(kind, message string) error { return &api.QueryError{Kind: kind, Message: message} }

func missing(format string, args ...any) error {
	return unable("NOT_FOUND", fmt.Sprintf(format, args...))
}

// is reports whether a fragment on that type applies; interfaces are those that the node names.
func (n node) is(kind string) bool {
	interfaces, _ := n["__interfaces"].([]string)
	return kind == "" || n["__typename"] == kind || slices.Contains(interfaces, kind)
}

// never reports whether a field of the node is never null, so that an error at it takes the node away as well.
func (n node) never(field string) bool {
	name, _ := n["__typename"].(string)
	return strings.Contains(" "+neverNull[name]+" ", " "+field+" ")
}
