package acceptance

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

// deviation is one way in which GitHub behaves otherwise, and the step that shows it.
type deviation struct {
	step string
	make func(*place) error
}

const unable = `{"data":{"change0":null},"errors":[{"type":"UNPROCESSABLE","path":["change0"],"message":"It isn't possible"}]}`

var deviations = []deviation{
	{"viewer", query("{id}}\"", `{"login":"concorde[bot]"}`, `{"login":"concorde"}`)},
	{"own-comment", endpoint("GET", "/issues/comments/", `"type":"Bot"`, `"type":"User"`)},
	{"reaction", query("reactionGroups", `"viewerHasReacted":true`, `"viewerHasReacted":false`)},
	{"own-webhook", endpoint("GET", `^/app/hook/deliveries/\d+$`, `"type":"Bot"`, `"type":"User"`)},
	{"missing-file", query("HEAD:acceptance/no-such-file", `{"data":`,
		`{"errors":[{"type":"NOT_FOUND","path":["repository","settings"],"message":"none"}],"data":`)},
	{"missing-path", query("f0:file", "NOT_FOUND", "SOMETHING")},
	{"missing-label", query("acceptance none", `{"data":`,
		`{"errors":[{"type":"NOT_FOUND","path":["repository","label"],"message":"none"}],"data":`)},
	{"label-case", answers("POST", "^/graphql$", "ACCEPTANCE CASE", 200, `{"data":{"viewer":{"login":"x"},"repository":{"label":null}}}`)},
	{"missing-ref", answers("GET", "/git/ref/heads/concorde-acceptance/none$", "", 200, `[]`)},
	{"missing-issue", query("maybe0:pullRequest", "NOT_FOUND", "SOMETHING")},
	{"dead-id", query("change1:addReaction", `{"clientMutationId":null,"reaction":{"content":"ROCKET"}}`, "null")},
	{"four-byte-label", answers("POST", "/labels$", `"description":"`+beyond, 201, `{}`)},
	{"four-byte-status", answers("POST", "/statuses/", "Found", 201, `{}`)},
	{"four-byte-check", answers("POST", "^/graphql$", `"title":"`+beyond, 200, unable)},
	{"check-annotations", answers("POST", "^/graphql$", "updateCheckRun", 200, unable)},
	{"status-length", answers("POST", "/statuses/", strings.Repeat("ä", 140), 422, `{"message":"Validation Failed"}`)},
	{"without-contents", silently("contents")},
	{"without-pull-requests", silently("pull_requests")},
	{"without-statuses", silently("statuses")},
	{"without-checks", silently("checks")},
	{"cost", query(`"number":3,`, `"cost":1`, `"cost":4`)},
	{"mentions", func(p *place) error {
		p.srv.SetWeather(ghtest.Weather{MentionsLate: time.Hour})
		return nil
	}},
	{"deleted-comment", query("COMMENT_DELETED_EVENT", `"deletedCommentAuthor":{`, `"deletedCommentAuthor":null,"instead":{`)},
	{"commit-order", reversed("commits(first", "issueOrPullRequest", "commits")},
	{"future-commit", reversed("PULL_REQUEST_COMMIT", "pullRequest", "timelineItems")},
	{"event-order", query("[LABELED_EVENT,UNLABELED_EVENT]", "UnlabeledEvent", "LabeledEvent")},
	{"force-push", query("HEAD_REF_FORCE_PUSHED_EVENT", `"afterCommit":{"oid":"`, `"afterCommit":{"oid":"0`)},
	{"lag", query("issueOrPullRequest", "lag, with another title", "lag")},
	{"delivery-lag", endpoint("GET", "^/app/hook/deliveries$", `"action":"synchronize"`, `"action":"pushed"`)},
	{"open-twice", answers("POST", "/pulls$", `"title":"Again"`, 422,
		`{"message":"Validation Failed","errors":[{"message":"There is one"}]}`)},
	{"draft", answers("POST", "^/graphql$", "markPullRequestReadyForReview", 200, unable)},
	{"stale-merge", answers("PUT", "/pulls/3/merge$", "", 405, `{"message":"Pull Request is not mergeable"}`)},
	{"squash", endpoint("GET", `/pulls/\d+$`, `"merge_commit_sha":"`, `"merge_commit_sha":"0`)},
	{"auto-merge-off", func(p *place) error {
		p.repo.AllowAutoMerge(false)
		return autoMergeSays("auto-off", unable)(p)
	}},
	{"auto-merge-idle", autoMergeSays("auto", unable)},
	{"auto-merge-draft", autoMergeSays("auto-draft", unable)},
	{"auto-merge-conflict", autoMergeSays("auto-conflict", unable)},
	{"auto-merge-waits", autoMergeSays("checked-waits", strings.ReplaceAll(unable, "It isn't possible",
		"Pull request is in unstable status"))},
	{"auto-merge-clean", autoMergeSays("checked-clean", unable)},
	{"large-cost", query(`"number":1,`, `"cost":1`, `"cost":4`)},
	{"odd-files", endpoint("GET", "/git/blobs/", "a", "A")},
	{"push", answers("GET", "/git/ref/heads/.*/push-2$", "", 404, `{"message":"Not Found"}`)},
	{"push-workflow", pushes(1, 1)},
	{"push-refused", pushes(2, 1)},
	{"push-secret", pushes(4, 1)},
	{"archived", answers("POST", "/example/attic/labels$", "", 404, `{"message":"Not Found"}`)},
	{"merge-queue", endpoint("GET", "/matching-refs/", `"sha":"`, `"sha":"0`)},
	{"no-merge-queue", query("{id queue0:mergeQueue", `{"data":`,
		`{"errors":[{"type":"FORBIDDEN","path":["repository","queue0"],"message":"no"}],"data":`)},
	{"redelivery", answers("POST", "/attempts$", "", 404, `{"message":"Not Found"}`)},
	{"fork", endpoint("GET", "/pulls/1$", `"ref":"fix"`, `"ref":"other"`)},
	{"review", endpoint("GET", "/reviews$", `"commit_id":"`, `"commit_id":"0`)},
	{"own-review", answers("POST", "/reviews$", `{"event":"APPROVE"`, 200, `{}`)},
	{"dismissal", query("REVIEW_DISMISSED_EVENT", `"ReviewDismissedEvent"`, `"OtherEvent"`)},
	{"association", endpoint("GET", "/pulls/3$", `"author_association":"CONTRIBUTOR"`, `"author_association":"NONE"`)},
	{"deleted-fork", endpoint("GET", `/pulls/\d+$`, `"repo":null`, `"repo":{"owner":{"login":"carol"}}`)},
	{"delete-branch", func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Method: "DELETE", Path: "/heads/.*/deleted$", After: 1, Times: -1, Status: 404})
	}},
}

// autoMergeSays gives a fixed answer to who asks for auto-merge of a branch.
func autoMergeSays(branch, body string) func(*place) error {
	return answers("POST", "^/graphql$", "/"+branch+`"`, 200, body)
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

// pushes has pushes fail after some.
func pushes(after, times int) func(*place) error {
	return func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Method: "POST", Path: "/git-receive-pack$", After: after, Times: times, Status: 500})
	}
}

// reversed turns a list of the repository round.
func reversed(contains string, at ...string) func(*place) error {
	return func(p *place) error {
		return p.srv.Fault(ghtest.Fault{Path: "^/graphql$", Contains: contains, Times: -1, Alter: func(body []byte) []byte {
			var whole map[string]any
			if json.Unmarshal(body, &whole) != nil {
				return body
			}
			within := any(whole)
			for _, key := range append([]string{"data", "repository"}, append(at, "nodes")...) {
				fields, _ := within.(map[string]any)
				within = fields[key]
			}
			nodes, _ := within.([]any)
			slices.Reverse(nodes)
			out, err := json.Marshal(whole)
			if err != nil {
				return body
			}
			return out
		}})
	}
}

// silently has a token that lacks a permission get nulls instead of errors.
func silently(permission string) func(*place) error {
	return func(p *place) error {
		p.srv.SetWeather(ghtest.Weather{Silent: permission})
		return nil
	}
}
