package api

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Page is the requested page (per_page up to 100, 30 if absent) and sets the Link header.
func Page[T any](c *Call, all []T) []T {
	q := c.URL.Query()
	size := QueryInt(q, "per_page", 30)
	if size < 1 || size > 100 {
		size = min(max(size, 30), 100)
	}
	n := max(QueryInt(q, "page", 1), 1)
	last := max((len(all)+size-1)/size, 1)
	var links []string
	link := func(page int, rel string) {
		q.Set("page", strconv.Itoa(page))
		q.Set("per_page", strconv.Itoa(size))
		prefix := ""
		if c.ghes {
			prefix = "/api/v3"
		}
		links = append(links, fmt.Sprintf(`<http://%s%s?%s>; rel="%s"`, c.Host, prefix+c.URL.EscapedPath(), q.Encode(), rel))
	}
	if n > 1 {
		link(min(n-1, last), "prev")
	}
	if n < last {
		link(n+1, "next")
		link(last, "last")
	}
	if n > 1 {
		link(1, "first")
	}
	if links != nil {
		c.AnswerHeader.Set("Link", strings.Join(links, ", "))
	}
	if n > last {
		return []T{}
	}
	return all[(n-1)*size : min(n*size, len(all))]
}

// QueryInt is a number of a query, or the fallback.
func QueryInt(q url.Values, name string, fallback int) int {
	n, err := strconv.Atoi(q.Get(name))
	if err != nil {
		return fallback
	}
	return n
}
