package acceptance

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// deviation is one way in which GitHub behaves otherwise, and the step that shows it.
type deviation struct {
	step string
	make func(*place) error
}

// query alters answers to GraphQL queries with a text.
func query(contains, old, instead string) func(*place) error {
	return func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: contains, Times: -1, Alter: replace(old, instead)})
	}
}

// endpoint alters answers of the REST API.
func endpoint(method, path, old, instead string) func(*place) error {
	return func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Method: method, Path: path, Times: -1, Alter: replace(old, instead)})
	}
}

func replace(old, instead string) func([]byte) []byte {
	return func(body []byte) []byte { return []byte(strings.ReplaceAll(string(body), old, instead)) }
}

// answers gives a fixed answer to requests with a text.
func answers(method, path, contains string, status int, body string) func(*place) error {
	return func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Method: method, Path: path, Contains: contains, Times: -1, Status: status, Body: body})
	}
}

var deviations = []deviation{
	{"viewer", query("{id}}\"", `{"login":"concorde[bot]"}`, `{"login":"concorde"}`)},
	{"own-comment", endpoint("GET", "/issues/comments/", `"type":"Bot"`, `"type":"User"`)},
	{"missing-file", query("settings:object", `{"data":`, `{"errors":[{"type":"NOT_FOUND","path":["repository","settings"],"message":"none"}],"data":`)},
	{"missing-path", query("f0:file", "NOT_FOUND", "SOMETHING")},
	{"missing-label", query("acceptance none", `{"data":`, `{"errors":[{"type":"NOT_FOUND","path":["repository","label"],"message":"none"}],"data":`)},
	{"label-case", answers("POST", "^/graphql$", "ACCEPTANCE CASE", 200, `{"data":{"viewer":{"login":"x"},"repository":{"label":null}}}`)},
	{"missing-ref", answers("GET", "/git/ref/heads/concorde-acceptance/none$", "", 200, `[]`)},
	{"missing-issue", query("maybe0:pullRequest", "NOT_FOUND", "SOMETHING")},
	{"dead-id", query("change1:addReaction", `{"clientMutationId":null,"reaction":{"content":"ROCKET"}}`, "null")},
	{"four-byte-label", answers("POST", "/labels$", `"description":"`+beyond, 201, `{}`)},
	{"four-byte-status", answers("POST", "/statuses/", "Found", 201, `{}`)},
	{"four-byte-check", answers("POST", "^/graphql$", `"title":"`+beyond, 200, `{"data":{"change0":null},"errors":[{"type":"UNPROCESSABLE","path":["change0"],"message":"title doesn't accept 4-byte Unicode"}]}`)},
	{"status-length", answers("POST", "/statuses/", strings.Repeat("ä", 140), 422, `{"message":"Validation Failed"}`)},
}
