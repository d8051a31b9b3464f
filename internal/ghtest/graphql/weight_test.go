package graphql_test

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/google/go-cmp/cmp"
)

// Nodes and points go by "Rate limits and query limits for the GraphQL API": lists multiply down a path, aliases add up, and a point
// stands for a hundred lists that would be fetched, one point at least.
func TestWeight(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.OpenPR(t, trial.Repo(t, srv, "python/cpython"))
	token := srv.UserToken("alice")
	const r = `repository(owner:"python",name:"cpython")`
	for _, c := range []struct {
		query         string
		vars          map[string]any
		nodes, points int
	}{
		{`{viewer{login}}`, nil, 0, 1},
		{`{` + r + `{pullRequests(first:50){nodes{comments(last:10){nodes{id}} labels(first:3){nodes{name}}}}}}`, nil, 50 + 50*10 + 50*3, 1},
		{`{` + r + `{pullRequests(first:100){nodes{a:comments(first:60){nodes{id}} b:comments(first:60){nodes{id}}}}}}`, nil, 100 + 2*100*60, 2},
		{`query($n:Int!){` + r + `{pullRequests(first:100){nodes{commits(first:50){nodes{commit{checkSuites(first:$n){nodes{checkRuns(first:1){nodes{id}}}}}}}}}}}`,
			map[string]any{"n": 2}, 100 + 5000 + 10_000 + 10_000, (1 + 100 + 5000 + 10_000) / 100},
		{`{` + r + `{a:pullRequests(first:100){nodes{...L}} b:pullRequests(last:100){nodes{...L}}}} fragment L on PullRequest{labels(first:10){nodes{...{name}}}}`, nil, 2 * (100 + 1000), 2},
		{`{` + r + `{pullRequests(first:100){nodes{labels(first:100) @include(if:false){nodes{name}}}}}}`, nil, 100, 1},
	} {
		srv.ResetRequests()
		out := trial.GraphQL(t, srv, token, c.query, c.vars)
		if out["errors"] != nil {
			t.Errorf("%s: %v", c.query, out["errors"])
		}
		if got := srv.Requests()[0]; got.Nodes != c.nodes || got.Points != c.points {
			t.Errorf("%s: %d nodes, %d points; want %d, %d", c.query, got.Nodes, got.Points, c.nodes, c.points)
		}
	}
	before := trial.GraphQL(t, srv, token, `{rateLimit{used}}`, nil)
	out := trial.GraphQL(t, srv, token, `{rateLimit{cost nodeCount used} `+r+`{pullRequests(first:100){nodes{a:comments(first:9){nodes{id}} b:comments(first:9){nodes{id}} c:comments(first:9){nodes{id}}}}}}`, nil)
	want := map[string]any{"cost": 3.0, "nodeCount": 2800.0, "used": trial.At(before, "data", "rateLimit", "used").(float64) + 3}
	if d := cmp.Diff(want, trial.At(out, "data", "rateLimit")); d != "" {
		t.Errorf("rateLimit (-want +got):\n%s", d)
	}
}

// A query for more than 500,000 nodes is refused before it runs, in these words (semantic-release/github#911).
func TestNodeLimit(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.Repo(t, srv, "python/cpython")
	token := srv.UserToken("alice")
	query := func(n int) string {
		return `{repository(owner:"python",name:"cpython"){pullRequests(first:100){nodes{comments(first:100){nodes{id}} ` +
			`reviews(first:50){nodes{id}} commits(first:99){nodes{commit{` + fmt.Sprintf(`checkSuites(first:%d){nodes{id}}`, n) + `}}}}}}}`
	}
	if out := trial.GraphQL(t, srv, token, query(47), nil); out["errors"] != nil { // 100 + 10,000 + 5,000 + 9,900 + 465,300
		t.Errorf("490,300 nodes: %v", out["errors"])
	}
	out := trial.GraphQL(t, srv, token, query(48), nil)
	want := map[string]any{"errors": []any{map[string]any{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "This query requests up to 500,200 possible nodes which exceeds the maximum limit of 500,000."}}}
	if d := cmp.Diff(want, out); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

// An error within an answer leaves the rest: FORBIDDEN at entries of lists and at what leads to another organisation, with partial data
// (jasperapp/jasper#187, renovate#20253). What the schema never has null goes with what holds it.
func TestHole(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	repo := trial.Repo(t, srv, "python/cpython")
	number := trial.OpenPR(t, repo)
	trial.Must(repo.Comment(number, "bob", "first"))(t)
	trial.Must(repo.Comment(number, "bob", "second"))(t)
	trial.OK(t, repo.SetStatus(repo.Ref("alice:fix"), "ci", ghtest.Status{Context: "ci", State: "success"}))
	token := srv.UserToken("alice")
	const query = `{repository(owner:"python",name:"cpython"){pullRequest(number:1){title headRepository{name} comments(first:2){nodes{body author{login}}} commits(last:1){nodes{commit{status{contexts{context}}}}}}}}`
	whole := trial.At(trial.GraphQL(t, srv, token, query, nil), "data", "repository", "pullRequest")
	const at0 = "repository.pullRequest"
	for path, null := range map[string][]any{ // what is null then
		".headRepository":                                   {"headRepository"},
		".headRepository.name":                              {"headRepository"},
		".comments.nodes.1":                                 {"comments", "nodes", 1},
		".comments.nodes.1.body":                            {"comments", "nodes", 1},
		".comments.nodes.1.author":                          {"comments", "nodes", 1, "author"},
		".commits.nodes.0.commit":                           {"commits", "nodes", 0},
		".commits.nodes.0.commit.status.contexts.0":         {"commits", "nodes", 0, "commit", "status"},
		".commits.nodes.0.commit.status.contexts.0.context": {"commits", "nodes", 0, "commit", "status"},
		".comments":                                         {},
	} {
		srv.ClearFaults()
		trial.OK(t, srv.Hole(ghtest.Hole{Path: at0 + path, Type: "FORBIDDEN", Message: "no"}))
		out := trial.GraphQL(t, srv, token, query, nil)
		want := without(whole, null)
		if d := cmp.Diff(want, trial.At(out, "data", "repository", "pullRequest")); d != "" {
			t.Errorf("%s (-want +got):\n%s", path, d)
		}
		if trial.At(out, "errors", 0, "type") != "FORBIDDEN" || trial.At(out, "errors", 0, "message") != "no" || trial.At(out, "errors", 1) != nil {
			t.Errorf("%s: errors %v", path, out["errors"])
		}
	}
	srv.ClearFaults()
	if out := trial.GraphQL(t, srv, token, query, nil); out["errors"] != nil {
		t.Errorf("a hole is left: %v", out["errors"])
	}
	if srv.Hole(ghtest.Hole{Path: "("}) == nil {
		t.Error("( is a regular expression")
	}
}

// without is a copy of data with null at the path.
func without(data any, path []any) any {
	if len(path) == 0 {
		return nil
	}
	switch data := data.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, v := range data {
			if out[k] = v; k == path[0] {
				out[k] = without(v, path[1:])
			}
		}
		return out
	case []any:
		var out []any
		for i, v := range data {
			if i == path[0] {
				v = without(v, path[1:])
			}
			out = append(out, v)
		}
		return out
	}
	return data
}

// A fault may wait for a query that asks for much.
func TestFaultOfNodes(t *testing.T) {
	srv := trial.Server(t, ghtest.Config{})
	trial.Repo(t, srv, "python/cpython")
	trial.OK(t, srv.Fault(ghtest.Fault{Path: "^/graphql$", Nodes: 50, Times: -1, Status: 200, Body: `{"errors":[{"message":"too much"}]}`}))
	for _, n := range []int{50, 51} {
		out := trial.GraphQL(t, srv, srv.UserToken("alice"), `query($n:Int!){repository(owner:"python",name:"cpython"){labels(first:$n){nodes{name}}}}`, map[string]any{"n": n})
		if refused := out["errors"] != nil; refused != (n > 50) {
			t.Errorf("%d nodes: %v", n, out)
		}
	}
}
