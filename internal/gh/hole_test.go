package gh

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

// What another organisation keeps to itself (single sign-on, a list of IP
// addresses) is missing from the answer, at its place, and everything else is
// there. It is counted, and told once.
func TestHoles(t *testing.T) {
	var logged bytes.Buffer
	metrics := prometheus.NewRegistry()
	fault := func(path string) string {
		return `{"type":"FORBIDDEN","path":[` + path + `],"message":"Although you appear to have the correct authorization credentials, the X organization has an IP allow list enabled"}`
	}
	subject := `"repository","issueOrPullRequest"`
	body := fmt.Sprintf(`{"data":{"viewer":{"login":"concorde[bot]"},"repository":{"issueOrPullRequest":{"__typename":"PullRequest","number":1,"headRefOid":%[1]q,"headRepository":null,
		"labels":{"nodes":[null,{"id":"a","name":"docs"}]},"comments":{"nodes":[null,{"fullDatabaseId":"7","id":"c","body":"hello","author":null}]},
		"events":{"nodes":[{"__typename":"ClosedEvent","actor":{"login":"bob"}},null]},"commits":{"totalCount":2,"nodes":[null,{"commit":{"oid":"2","message":"n"}}]},
		"tip":{"nodes":[{"commit":{"oid":%[1]q}}]}}}},"errors":[`, someSHA) +
		strings.Join([]string{fault(subject + `,"headRepository"`), fault(subject + `,"labels","nodes",0`), fault(subject + `,"comments","nodes",0,"id"`),
			fault(subject + `,"comments","nodes",1,"author"`), fault(subject + `,"events","nodes",1`), fault(subject + `,"commits","nodes",0`)}, ",") + `]}`
	app, _ := plain(t, Config{Log: zerolog.New(&logged), Metrics: metrics}, func(w http.ResponseWriter, _ *http.Request) { answer(w, 200, body) })
	for range 2 {
		r, err := app.Load(t.Context(), Query{Key: somePull, Installation: 1, Needs: pull.Comments | pull.Events | pull.Commits})
		must(t, err)
		if diff := cmp.Diff([]string{"docs"}, r.Labels); diff != "" || len(r.Comments) != 1 || r.Comments[0].By != "ghost" || len(r.Events) != 1 || len(r.Commits) != 1 || r.HeadOwner != "" {
			t.Errorf("loaded %+v", r)
		}
	}
	if n := strings.Count(logged.String(), "GitHub leaves something out"); n != 6 {
		t.Errorf("told %d times:\n%s", n, &logged)
	}
	counted := map[string]float64{}
	families, err := metrics.Gather()
	must(t, err)
	for _, f := range families {
		if f.GetName() == "concorde_github_holes_total" {
			for _, m := range f.GetMetric() {
				counted[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue()
			}
		}
	}
	want := map[string]float64{"headRepository": 2, "labels": 2, "comments.id": 2, "comments.author": 2, "events": 2, "commits": 2}
	if diff := cmp.Diff(want, counted); diff != "" {
		t.Errorf("counted (-want +got):\n%s", diff)
	}
}

// Each error means one thing, by its type, its place and its text.
func TestMeaning(t *testing.T) {
	const subject = "repository issueOrPullRequest "
	integration, saml := "Resource not accessible by integration", "Resource protected by organization SAML enforcement."
	for _, test := range []struct {
		kind, message, path string
		want                meaning
	}{
		{"FORBIDDEN", integration, subject + "tip nodes 0 commit status", meansDenied},
		{"FORBIDDEN", integration, subject + "commits", meansDenied},
		{"FORBIDDEN", integration, "repository queue0", meansDenied},
		{"FORBIDDEN", integration, "repository maybe0", meansDenied},
		{"FORBIDDEN", saml, "repository", meansDenied},
		{"FORBIDDEN", integration, subject + "mentions nodes 3", meansHole},
		{"FORBIDDEN", integration, subject + "mentions nodes 3 source", meansHole},
		{"FORBIDDEN", integration, subject + "headRepository", meansHole},
		{"FORBIDDEN", integration, subject + "reviewRequests nodes 0 requestedReviewer", meansHole},
		{"FORBIDDEN", saml, subject + "mergedBy", meansHole},
		{"FORBIDDEN", saml, subject + "mergeCommit parents nodes 0 associatedPullRequests", meansHole},
		{"NOT_FOUND", "x", "repository", meansGone},
		{"NOT_FOUND", "x", "repository issueOrPullRequest", meansGone},
		{"NOT_FOUND", "x", "repository maybe3", meansHole},
		{"NOT_FOUND", "x", "repository maybeIssue3", meansHole},
		{"NOT_FOUND", "x", "repository maybeCompared0 compare", meansHole},
		{"NOT_FOUND", "Could not resolve file for path 'x'.", "repository head f3", meansHole},
		{"NOT_FOUND", "x", "repository files", meansTemporary},
		{"NOT_FOUND", "x", "viewer", meansTemporary},
		{"NOT_FOUND", "x", "change3", meansGone},
		{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.", subject + "comments nodes 7", meansHeavy},
		{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.", "", meansHeavy},
		{"RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.", "change20", meansHeavy},
		{"MAX_NODE_LIMIT_EXCEEDED", "This query requests up to 2,010,050 possible nodes which exceeds the maximum limit of 500,000.", "", meansHeavy},
		{"ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided 101.", "nodes", meansHeavy},
		{"", "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.", "", meansHeavy},
		{"INTERNAL", "x", subject + "events nodes 7 actor", meansHeavy},
		{"INTERNAL", "x", subject + "events", meansTemporary},
		{"INTERNAL", "x", "change1", meansTemporary},
		{"FORBIDDEN", "issue is locked", "change1", meansRejected},
		{"FORBIDDEN", integration, "change1", meansDenied},
		{"UNPROCESSABLE", "x", "change1", meansRejected},
		{"RATE_LIMITED", "x", "", meansLimited},
		{"", "You have exceeded a secondary rate limit.", "", meansLimited},
	} {
		f := graphqlFault{Type: test.kind, Message: test.message}
		for _, step := range strings.Fields(test.path) {
			if strings.Trim(step, "0123456789") == "" {
				f.Path = append(f.Path, 3.0)
			} else {
				f.Path = append(f.Path, step)
			}
		}
		if got := f.meaning(); got != test.want {
			t.Errorf("%s %q at %s: %d, want %d", test.kind, test.message, test.path, got, test.want)
		}
	}
}

// A changed file that GitHub does not have keeps a pull request from being loaded
// once: the pull request may have changed meanwhile.
func TestFileThatIsNotThere(t *testing.T) {
	w := newWorld(t)
	key := w.open(map[string]ghtest.File{"a.txt": ghtest.Text("A\n"), "b.txt": ghtest.Text("B\n")})
	reads := func(r *pull.Request, path string) bool { return true }
	q := Query{Key: key, Needs: pull.Files, Reads: reads}
	without := fmt.Sprintf(`{"data":{"repository":{"head":{"f0":null,"f1":{"mode":33188,"type":"blob","object":{"__typename":"Blob","oid":%q,"byteSize":2,"text":"B\n"}}}}},
		"errors":[{"type":"NOT_FOUND","path":["repository","head","f0"],"message":"Could not resolve file for path 'a.txt'."}]}`, blobID([]byte("B\n"), 40))
	w.fault(ghtest.Fault{Path: "^/graphql$", Contains: "Entry on TreeEntry", Times: -1, Status: 200, Body: without})
	_, err := w.app.Load(t.Context(), q)
	as[*Temporary](t, err)
	r := w.load(q)
	if r.Files[0].Content != nil || r.Files[1].Content == nil || string(r.Files[1].Content.Data) != "B\n" {
		t.Errorf("files %+v", r.Files)
	}
}
