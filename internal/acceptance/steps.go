package acceptance

// need says what a run lacks for a step, "" for nothing.
type need func(*session) string

// Steps are all of a run, in their order: the most load-bearing first.
func Steps() []Step {
	return []Step{
		{"viewer", "viewer.login of an installation is SLUG[bot], with the slug that GET /app gives", "internal/gh/snapshot/facts.go:facts", nil, (*session).viewer},
		{"own-comment", "A comment of the App has viewerDidAuthor and a Bot named SLUG in GraphQL, and SLUG[bot] in the REST API", "internal/gh/snapshot/history.go:own", nil, (*session).ownComment},
		{"reaction", "A reaction of the App shows as viewerHasReacted", "internal/gh/snapshot/history.go:comments", nil, (*session).reaction},
		{"missing-file", "object(expression:) of a missing path is null without an error", "internal/gh/snapshot/contents.go:onDefault", nil, (*session).missingFile},
		{"missing-path", "file(path:) of a missing path is null with an error NOT_FOUND, and the rest of the answer is given", "internal/gh/fault.go:dispensable", nil, (*session).missingPath},
		{"missing-label", "label(name:) of a missing label is null without an error", "internal/gh/snapshot/looks.go:seenIssues", nil, (*session).missingLabel},
		{"label-case", "label(name:) finds a label whatever the case of the name", "internal/gh/ids.go:Label", nil, (*session).labelCase},
		{"missing-ref", "ref(qualifiedName:) of a missing branch is null without an error, and 404 in the REST API", "internal/gh/snapshot/looks.go:seen", nil, (*session).missingRef},
		{"missing-issue", "issueOrPullRequest(number:) of a missing number is null with an error NOT_FOUND at that field, and the rest of the answer is given", "internal/gh/fault.go:Optional", nil, (*session).missingIssue},
		{"dead-id", "Of several mutations in one request, one with a dead id fails alone, with NOT_FOUND at its name", "internal/gh/graphql.go:mixed", nil, (*session).deadID},
		{"four-byte-label", "A label's name takes characters beyond U+FFFF, its description is refused with 422", "internal/pull/describe.go:Describe", nil, (*session).fourByteLabel},
		{"four-byte-status", "A status description with characters beyond U+FFFF is refused with 422", "internal/pull/describe.go:Describe", nil, (*session).fourByteStatus},
		{"four-byte-check", "A check run's title and summary take characters beyond U+FFFF", "internal/gh/apply/check.go:checkInput", nil, (*session).fourByteCheck},
		{"status-length", "A status description has 140 characters at most, not bytes", "internal/pull/describe.go:Describe", nil, (*session).statusLength},
	}
}
