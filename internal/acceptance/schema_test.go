package acceptance

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/octokit"
)

// Every query of a run is one that GitHub's schema takes. The endpoints of the REST API are
// held against GitHub's description where ghtest plays them.
func TestQueriesAreGitHubs(t *testing.T) {
	schema := octokit.GraphQL(t)
	var mu sync.Mutex
	queries := map[string]bool{}
	p := newPlaceOn(t, ghtest.Config{Observe: func(x ghtest.Exchange) {
		var asked struct{ Query string }
		if strings.HasSuffix(x.Route, "/graphql") && json.Unmarshal(x.RequestBody, &asked) == nil {
			mu.Lock()
			defer mu.Unlock()
			queries[asked.Query] = true
		}
	}})
	p.run()
	for query := range queries {
		if _, faults := gqlparser.LoadQueryWithRules(schema, query, rules.NewDefaultRules()); len(faults) > 0 {
			t.Errorf("%v\n%s", faults, query)
		}
	}
	if len(queries) < 30 {
		t.Errorf("only %d queries were seen", len(queries))
	}
}
