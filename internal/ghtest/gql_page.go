package ghtest

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
)

// connection is a paged list. items is called with the part that is asked for only, so that long lists are cheap.
func connection(field, typename string, total int, item func(i int) (node, error)) resolver {
	return func(args map[string]any) (any, error) {
		from, to, err := bounds(field, total, args)
		asked := func(build func() (any, error)) resolver {
			return func(map[string]any) (any, error) {
				if err != nil {
					return nil, err
				}
				return build()
			}
		}
		list := func(wrap func(i int, n node) node) func() (any, error) {
			return func() (any, error) {
				nodes := make([]node, 0, to-from)
				for i := from; i < to; i++ {
					n, err := item(i)
					if err != nil {
						return nil, err
					}
					nodes = append(nodes, wrap(i, n))
				}
				return nodes, nil
			}
		}
		return node{
			"__typename": typename + "Connection", "totalCount": total,
			"nodes": asked(list(func(_ int, n node) node { return n })),
			"edges": asked(list(func(i int, n node) node {
				return node{"__typename": strings.TrimSuffix(typename, "History") + "Edge", "cursor": cursor(i), "node": n}
			})),
			"pageInfo": asked(func() (any, error) {
				info := node{"__typename": "PageInfo", "hasNextPage": to < total, "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
				if from < to {
					info["startCursor"], info["endCursor"] = cursor(from), cursor(to-1)
				}
				return info, nil
			}),
		}, nil
	}
}

func cursor(i int) string {
	return base64.StdEncoding.EncodeToString([]byte("cursor:v2:" + strconv.Itoa(i)))
}

// bounds finds the part that first, last, after and before ask for; GitHub wants first or last, at most 100.
func bounds(field string, total int, args map[string]any) (from, to int, err error) {
	to = total
	for _, name := range []string{"after", "before"} {
		text, ok := args[name].(string)
		if !ok {
			continue
		}
		raw, _ := base64.StdEncoding.DecodeString(text)
		at, err := strconv.Atoi(strings.TrimPrefix(string(raw), "cursor:v2:"))
		if err != nil {
			return 0, 0, &graphqlError{"INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%s` does not appear to be a valid cursor.", text)}
		}
		if name == "after" {
			from = min(at+1, total)
		} else {
			to = max(min(at, total), from)
		}
	}
	first, hasFirst := intArg(args, "first")
	last, hasLast := intArg(args, "last")
	switch {
	case !hasFirst && !hasLast:
		return 0, 0, &graphqlError{"MISSING_PAGINATION_BOUNDARIES", fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", field)}
	case first > 100 || last > 100:
		return 0, 0, &graphqlError{"EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", max(first, last), field)}
	case hasFirst:
		to = min(to, from+max(first, 0))
	default:
		from = max(from, to-max(last, 0))
	}
	return from, to, nil
}

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

// nodesOf is a connection over a list of things.
func nodesOf[T any](field, typename string, list []T, build func(T) node) resolver {
	return connection(field, typename, len(list), func(i int) (node, error) { return build(list[i]), nil })
}
