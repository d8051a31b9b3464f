package api

import (
	"fmt"
	"strconv"
)

// maxNodes is what one query may ask for.
const maxNodes = 500_000

// Weight is what a query asks for at most, as GitHub counts it before it runs one ("Rate limits and query limits for the GraphQL
// API"): the nodes of all lists, and the requests that would fetch each list by itself.
type Weight struct{ Nodes, Requests int }

// Points are a request for each hundred, and one at least.
func (w Weight) Points() int { return max(1, (w.Requests+50)/100) }

// Refused is GitHub's error for a query that asks for too many nodes (semantic-release/github#911); it has no data.
func (w Weight) Refused() error {
	if w.Nodes <= maxNodes {
		return nil
	}
	return &QueryError{Kind: "MAX_NODE_LIMIT_EXCEEDED", Message: fmt.Sprintf("This query requests up to %s possible nodes which exceeds the maximum limit of %s.", grouped(w.Nodes), grouped(maxNodes))}
}

// grouped writes 606800 as 606,800.
func grouped(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
