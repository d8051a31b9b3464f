package graphql

import (
	"encoding/base64"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"
)

// moment is a place in a history; ids grow, so they give the order within an instant.
type moment struct {
	at time.Time
	id int64
}

// connection is a paged list. item is called for the requested part only, so long lists are cheap.
// Its cursors are places in the list.
func connection(field, typename string, total int, item func(i int) (node, error)) resolver {
	return paged{field: field, typename: typename, total: total}.list(item)
}

// paged is a connection whose cursors are what its items are sorted by, in text: what comes and goes before one changes
// nothing about what comes after. So it is on GitHub with comments, reviews and timelines.
type paged struct {
	field, typename string
	total           int
	key             func(i int) string // grows with i; nil: its place
}

const cursorStart = "cursor:v2:"

func (p paged) cursor(i int) string {
	key := strconv.Itoa(i)
	if p.key != nil {
		key = p.key(i)
	}
	return base64.StdEncoding.EncodeToString([]byte(cursorStart + key))
}

// place is that of the first item which is not before a cursor, and whether it is the cursor's own.
func (p paged) place(cursor string) (at int, own, ok bool) {
	raw, _ := base64.StdEncoding.DecodeString(cursor)
	key, ok := strings.CutPrefix(string(raw), cursorStart)
	if p.key == nil {
		at, err := strconv.Atoi(key)
		return at, true, ok && err == nil
	}
	at = sort.Search(p.total, func(i int) bool { return p.key(i) >= key })
	return at, at < p.total && p.key(at) == key, ok
}

func (p paged) list(item func(i int) (node, error)) resolver {
	total, typename := p.total, p.typename
	return func(args map[string]any) (any, error) {
		from, to, err := p.bounds(args)
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
				return node{"__typename": strings.TrimSuffix(typename, "History") + "Edge", "cursor": p.cursor(i), "node": n}
			})),
			"pageInfo": asked(func() (any, error) {
				info := node{"__typename": "PageInfo", "hasNextPage": to < total, "hasPreviousPage": from > 0, "startCursor": nil, "endCursor": nil}
				if from < to {
					info["startCursor"], info["endCursor"] = p.cursor(from), p.cursor(to-1)
				}
				return info, nil
			}),
		}, nil
	}
}

// bounds finds the part that first, last, after and before select; GitHub requires first or last, at most 100.
func (p paged) bounds(args map[string]any) (from, to int, err error) {
	field, total := p.field, p.total
	to = total
	for _, name := range []string{"after", "before"} {
		text, ok := args[name].(string)
		if !ok {
			continue
		}
		at, own, ok := p.place(text)
		if !ok {
			return 0, 0, unable("INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%s` does not appear to be a valid cursor.", text))
		}
		if name == "after" {
			if own {
				at++
			}
			from = min(at, total)
		} else {
			to = max(min(at, total), from)
		}
	}
	first, hasFirst := intArg(args, "first")
	last, hasLast := intArg(args, "last")
	switch {
	case !hasFirst && !hasLast:
		return 0, 0, unable("MISSING_PAGINATION_BOUNDARIES", fmt.Sprintf("You must provide a `first` or `last` value to properly paginate the `%s` connection.", field))
	case first > 100 || last > 100:
		return 0, 0, unable("EXCESSIVE_PAGINATION", fmt.Sprintf("Requesting %d records on the `%s` connection exceeds the `first` limit of 100 records.", max(first, last), field))
	case hasFirst:
		to = min(to, from+max(first, 0))
	default:
		from = max(from, to-max(last, 0))
	}
	return from, to, nil
}

// byTime is a connection over a list that is sorted by time.
func byTime[T any](p paged, list []T, key func(T) moment, build func(T) node) resolver {
	p.total = len(list)
	p.key = func(i int) string {
		m := key(list[i])
		return fmt.Sprintf("%s %012d", m.at.UTC().Format("2006-01-02T15:04:05.000000000"), m.id)
	}
	return p.list(func(i int) (node, error) { return build(list[i]), nil })
}

// nodesOf is a connection over a list of things.
func nodesOf[T any](field, typename string, list []T, build func(T) node) resolver {
	return connection(field, typename, len(list), func(i int) (node, error) { return build(list[i]), nil })
}
