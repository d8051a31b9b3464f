package gh

import (
	"net/http"
	"path"
)

// charge is what a request counts for GitHub's secondary limits ("Calculating
// points for the secondary rate limit"). A commit status isn't content: it notifies nobody,
// and GitHub's description marks no endpoint for it with triggersNotification, as it does
// those for comments, issues, pull requests, reviews and merges.
type charge struct {
	points  int
	content int // writes of content: each mutation of a request
}

// writes is how many writes a request has, content or not.
func (c charge) writes() int { return max(c.content, c.points/5) }

func chargeOf(r *http.Request, graphql string) charge {
	switch n, mutates := r.Context().Value(mutation{}).(int); {
	case mutates:
		return charge{5, n}
	case r.Method == http.MethodGet || r.URL.String() == graphql:
		return charge{1, 0}
	case r.Method == http.MethodPost && path.Base(path.Dir(r.URL.Path)) == "statuses":
		return charge{5, 0}
	}
	return charge{5, 1}
}
