package gh

import (
	"net/http"
	"net/url"
	"strings"
)

const (
	graphqlEndpoint = "POST /graphql"
	getBlob         = "GET /repos/{owner}/{repo}/git/blobs/{sha}"
	getApp          = "GET /app"
	getUser         = "GET /users/{login}"
	postToken       = "POST /app/installations/{installation}/access_tokens"
	listPulls       = "GET /repos/{owner}/{repo}/pulls"
	postPull        = "POST /repos/{owner}/{repo}/pulls"
	getRef          = "GET /repos/{owner}/{repo}/git/ref/{ref...}"
	deleteRef       = "DELETE /repos/{owner}/{repo}/git/refs/{ref...}"
)

// endpoints are all that this package calls, in the words of GitHub's
// reference, and the permission each needs, "" for none ("Permissions required
// for GitHub Apps").
var endpoints = map[string]string{
	graphqlEndpoint: "contents, issues, pull requests, commit statuses, checks: read",

	getApp:                     "",
	getUser:                    "",
	postToken:                  "",
	"GET /app/installations":   "",
	"GET /app/hook/deliveries": "",
	"POST /app/hook/deliveries/{id}/attempts": "",
	"GET /app/installations/{installation}":   "",
	"GET /installation/repositories":          "metadata: read",
	"GET /repos/{owner}/{repo}/installation":  "",
	"GET /repos/{owner}/{repo}":               "metadata: read",

	"GET /orgs/{org}/installation":                                  "",
	"GET /orgs/{org}/teams/{team}/members":                          "members: read",
	"GET /repos/{owner}/{repo}/collaborators/{username}/permission": "metadata: read",

	listPulls: "pull requests: read",
	"GET /repos/{owner}/{repo}/pulls/{number}":       "pull requests: read",
	"GET /repos/{owner}/{repo}/pulls/{number}/files": "pull requests: read",
	getBlob: "contents: read",
	getRef:  "contents: read",

	"POST /repos/{owner}/{repo}/statuses/{sha}":            "commit statuses: write",
	"POST /repos/{owner}/{repo}/issues/{number}/assignees": "issues: write",

	postPull: "pull requests: write",
	"PATCH /repos/{owner}/{repo}/pulls/{number}":                    "pull requests: write",
	"POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers": "pull requests: write",
	"PUT /repos/{owner}/{repo}/pulls/{number}/merge":                "contents: write",
	"POST /repos/{owner}/{repo}/labels":                             "issues: write",
	"PATCH /repos/{owner}/{repo}/labels/{name}":                     "issues: write",
	"POST /repos/{owner}/{repo}/git/refs":                           "contents: write",
	deleteRef:                                                       "contents: write",
}

// routes finds the endpoint of a request; the mux is used for its patterns
// alone.
func routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern := range endpoints {
		mux.Handle(pattern, http.NotFoundHandler())
	}
	return mux
}

// endpoint is the pattern for r: a label for metrics and errors that has few
// values and holds no names.
func (a *App) endpoint(r *http.Request) string {
	if r.URL.String() == a.graphql {
		return graphqlEndpoint
	}
	path, _ := strings.CutPrefix(r.URL.EscapedPath(), strings.TrimSuffix(a.api.EscapedPath(), "/"))
	bare, err := url.Parse(path)
	if err != nil {
		return "other"
	}
	if _, pattern := a.routes.Handler(&http.Request{Method: r.Method, URL: bare}); pattern != "" {
		return pattern
	}
	return "other"
}
