package gh

import "net/http"

// charge is what a request counts for GitHub's secondary limits ("Calculating
// points for the secondary rate limit").
type charge struct {
	points  int
	content int // writes: each mutation of a request
}

func chargeOf(r *http.Request, graphql string) charge {
	switch n, mutates := r.Context().Value(mutation{}).(int); {
	case mutates:
		return charge{5, n}
	case r.Method == http.MethodGet || r.URL.String() == graphql:
		return charge{1, 0}
	}
	return charge{5, 1}
}
