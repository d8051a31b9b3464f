package snapshot

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// maxNodes is half of what GitHub takes in one query.
const maxNodes = 250_000

// No query asks for half of the nodes that GitHub allows, however much it holds:
// all facts, as much as the rules may look at in one query, a repository with merge
// queues, and every list.
func TestNodes(t *testing.T) {
	asked := map[string]bool{}
	w := newWorld(t, func(c *ghtest.Config, _ *gh.Config) {
		c.Observe = func(x ghtest.Exchange) {
			var in struct{ Query string }
			if strings.HasSuffix(x.Route, "/graphql") && json.Unmarshal(x.RequestBody, &in) == nil {
				asked[in.Query] = true
			}
		}
	})
	f := newFull(w)
	for _, branch := range []string{"3.12", "3.13", "3.14"} {
		w.queue(branch, queuedPerQuery+1)
	}
	for i := range branchesPerQuery {
		f.looks.Branches = append(f.looks.Branches, fmt.Sprint("b", i))
	}
	for i := range requestsPerQuery {
		f.looks.Requests, f.looks.Into = append(f.looks.Requests, i+1), append(f.looks.Into, fmt.Sprint("b", i))
	}
	for i := range issuesPerQuery {
		f.looks.Issues, f.looks.Labels = append(f.looks.Issues, i+1), append(f.looks.Labels, fmt.Sprint("no label ", i))
	}
	w.Srv.ResetRequests()
	clear(asked)
	for _, q := range f.inquiries() {
		_, err := q.do(t.Context())
		trial.OK(t, err)
	}
	heaviest := slices.MaxFunc(w.Srv.Requests(), func(a, b ghtest.Request) int { return cmp.Compare(a.Nodes, b.Nodes) })
	dearest := slices.MaxFunc(w.Srv.Requests(), func(a, b ghtest.Request) int { return cmp.Compare(a.Points, b.Points) })
	t.Logf("%d queries; the heaviest asks for %d nodes, the dearest costs %d points", len(asked), heaviest.Nodes, dearest.Points)
	if heaviest.Nodes > maxNodes {
		t.Errorf("%d nodes", heaviest.Nodes)
	}
	if len(asked) < 30 || heaviest.Nodes < 10_000 {
		t.Errorf("%d queries, the heaviest of %d nodes: something is left out here", len(asked), heaviest.Nodes)
	}
}
