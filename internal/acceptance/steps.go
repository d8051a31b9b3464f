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
		{"check-annotations", "A check run of more than 50 annotations is whole after a second write, and is found by the App's number", "internal/gh/apply/check.go:setCheck", nil, (*session).annotations},
		{"status-length", "A status description has 140 characters at most, not bytes", "internal/pull/describe.go:Describe", nil, (*session).statusLength},
		{"without-contents", silent, denied, nil, without("contents")},
		{"without-issues", silent, denied, nil, without("issues")},
		{"without-pull-requests", silent, denied, nil, without("pull_requests")},
		{"without-statuses", silent, denied, nil, without("statuses")},
		{"without-checks", silent, denied, nil, without("checks")},
		{"without-members", silent, denied, nil, without("members")},
		{"cost", "No query of a load costs more than 3 points, or takes 10 seconds", "internal/gh/size.go", nil, (*session).cost},
		{"large-cost", "That holds for a large repository, too, which is only read", "internal/gh/size.go", []need{needsLarge}, (*session).largeCost},
		{"mentions", "A pull request shows as a cross-reference of the issue that its text names; outside of the default branch it closes nothing", "internal/gh/snapshot/history.go:mentions", nil, (*session).mentions},
		{"deleted-comment", "A deleted comment leaves an event that names its author", "internal/gh/snapshot/facts.go:take", nil, (*session).deletedComment},
		{"commit-order", "Commits are listed parents first, whatever their dates: the last one is the head", "internal/gh/snapshot/facts.go:tip", nil, (*session).commitOrder},
		{"future-commit", "In the timeline commits stand where their own dates put them", "internal/gh/snapshot/facts.go:tip (HeadDated), internal/pull/history.go", nil, (*session).futureCommit},
		{"event-order", "Events of the same second stand in the order in which they were made", "internal/pull/history.go", nil, (*session).eventOrder},
		{"force-push", "A force push is an event with the new head, and the time at which it came", "internal/gh/snapshot/history.go:event", nil, (*session).forcePush},
		{"lag", "GraphQL shows a title, a label, a comment and a push within 30 s", "internal/gh/client.go:Lag", nil, (*session).lag},
		{"open-twice", "A second pull request from the same branch is refused with 422 and \"A pull request already exists\"", "internal/gh/apply/open.go:openPull", nil, (*session).openTwice},
		{"draft", "The App makes its draft ready with contents: write and pull requests: write", "internal/gh/apply/mutation.go:changeOf", nil, (*session).draft},
		{"stale-merge", "A merge with another sha than the head is answered 409", "internal/gh/apply/merge.go:merge", nil, (*session).staleMerge},
		{"squash", "A squash merge has one parent and the given message, and REST and GraphQL name the same commit", "internal/gh/snapshot/summary.go:merge", nil, (*session).squash},
		{"auto-merge", "Where auto-merge can't wait for anything, it is refused in one of the known sentences", "internal/gh/apply/merge.go:noAutoMerge", nil, (*session).autoMerge},
		{"delete-branch", "A pull request closes with its branch, and deleting a branch again is answered 422 \"Reference does not exist\"", "internal/gh/apply/branch.go:deleteBranch", nil, (*session).deleteBranch},
	}
}

// What each step without a permission settles.
const (
	silent = "What a token may not read is refused with an error: no answer silently lacks it"
	denied = "internal/gh/fault.go:lacksPermission"
)
