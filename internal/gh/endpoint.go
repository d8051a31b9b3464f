package gh

import "net/http"

const (
	graphqlEndpoint = "POST /graphql"
	GetBlob         = "GET /repos/{owner}/{repo}/git/blobs/{sha}"
	getApp          = "GET /app"
	getUser         = "GET /users/{login}"
	postToken       = "POST /app/installations/{installation}/access_tokens"
	ListPulls       = "GET /repos/{owner}/{repo}/pulls"
	PostPull        = "POST /repos/{owner}/{repo}/pulls"
	GetRef          = "GET /repos/{owner}/{repo}/git/ref/{ref...}"
	PostDispatch    = "POST /repos/{owner}/{repo}/actions/workflows/{file}/dispatches"
	DeleteRef       = "DELETE /repos/{owner}/{repo}/git/refs/{ref...}"
)

// endpoints are all that the bot calls, as GitHub's reference writes them, with the
// permission that each needs; "" if none ("Permissions required for GitHub Apps").
var endpoints = map[string]string{
	graphqlEndpoint: "contents, issues, pull requests, commit statuses, checks: read",

	getApp:                                    "",
	getUser:                                   "",
	postToken:                                 "",
	"GET /app/installations":                  "",
	"GET /app/installation-requests":          "",
	"GET /app/hook/config":                    "",
	"PATCH /app/hook/config":                  "",
	"GET /rate_limit":                         "",
	"GET /app/hook/deliveries":                "",
	"GET /app/hook/deliveries/{id}":           "",
	"POST /app/hook/deliveries/{id}/attempts": "",
	"GET /app/installations/{installation}":   "",
	"GET /installation/repositories":          "metadata: read",
	"GET /repos/{owner}/{repo}/installation":  "",
	"GET /repos/{owner}/{repo}":               "metadata: read",

	"GET /orgs/{org}/installation":                                  "",
	"GET /orgs/{org}/teams/{team}/members":                          "members: read",
	"GET /repos/{owner}/{repo}/collaborators/{username}/permission": "metadata: read",

	ListPulls: "pull requests: read",
	"GET /repos/{owner}/{repo}/pulls/{number}":       "pull requests: read",
	"GET /repos/{owner}/{repo}/pulls/{number}/files": "pull requests: read",
	GetBlob: "contents: read",
	GetRef:  "contents: read",

	"GET /repos/{owner}/{repo}/commits/{sha}/statuses":        "commit statuses: read",
	"GET /repos/{owner}/{repo}/commits/{sha}/check-runs":      "checks: read",
	"GET /repos/{owner}/{repo}/actions/workflows/{file}/runs": "actions: read",
	PostDispatch: "actions: write",
	"POST /repos/{owner}/{repo}/statuses/{sha}":            "commit statuses: write",
	"POST /repos/{owner}/{repo}/issues/{number}/assignees": "issues: write",

	PostPull: "pull requests: write",
	"PATCH /repos/{owner}/{repo}/pulls/{number}":                    "pull requests: write",
	"POST /repos/{owner}/{repo}/pulls/{number}/requested_reviewers": "pull requests: write",
	"PUT /repos/{owner}/{repo}/pulls/{number}/merge":                "contents: write",
	"POST /repos/{owner}/{repo}/labels":                             "issues: write",
	"PATCH /repos/{owner}/{repo}/labels/{name}":                     "issues: write",
	"POST /repos/{owner}/{repo}/git/refs":                           "contents: write",
	DeleteRef:                                                       "contents: write",
}

// routes finds a request's endpoint. It uses the mux only for its patterns.
func routes() *http.ServeMux {
	mux := http.NewServeMux()
	for pattern := range endpoints {
		mux.Handle(pattern, http.NotFoundHandler())
	}
	return mux
}
