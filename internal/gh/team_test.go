package gh

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// An App that may not read members still sees everything else of a pull request
// that a team is asked to review.
func TestTeamsThatAreNotSeen(t *testing.T) {
	answer := func(path string) error {
		body := `{"data":{"repository":{}},"errors":[{"type":"FORBIDDEN","message":"Resource not accessible by integration","path":` + path + `}]}`
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
