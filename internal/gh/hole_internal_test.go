package gh

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

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
		{"MAX_NODE_LIMIT_EXCEEDED", "This query requests up to 2,010,050 possible nodes which exceeds the maximum limit of 500,000.", "",
			meansHeavy},
		{"ARGUMENT_LIMIT", "You may not provide more than 100 node ids; you provided 101.", "nodes", meansHeavy},
		{"", "Something went wrong while executing your query. This may be the result of a timeout, or it could be a GitHub bug.", "",
			meansHeavy},
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

// An App that may not read members still sees everything else of a pull request
// that a team is asked to review.
func TestTeamsThatAreNotSeen(t *testing.T) {
	answer := func(path string) error {
		body := `{"data":{"repository":{}},"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration","path":` + path +
			`}]}`
		x := exchange{resp: &http.Response{StatusCode: 200}, request: httptest.NewRequest("POST", "/graphql", nil), body: []byte(body)}
		x.said, x.unread = readAnswer(x.body)
		return x.graphql(time.Now())
	}
	if err := answer(`["repository","issueOrPullRequest","reviewRequests","nodes",0,"requestedReviewer"]`); err != nil {
		t.Errorf("a team that is not seen: %v", err)
	}
	if err := answer(`["repository","issueOrPullRequest","reviewRequests"]`); err == nil {
		t.Error("all requests for reviews may be missing")
	}
}
