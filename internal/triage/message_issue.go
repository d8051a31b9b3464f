package triage

// Descriptions of the issue status. People and other workflows know them by
// heart; see the settings for the label in them.
const (
	statusIssueFound   = "Issue number %d found"
	statusIssueSkipped = "Issue report skipped"
	statusIssueMissing = "No issue # in title or %q label found"
	statusIssueInvalid = "%s Issue #%d is not valid."
)

// Where the issue status leads to.
const (
	oldTrackerURL = "https://bugs.python.org/issue%d"
	issueHelpURL  = "https://devguide.python.org/getting-started/pull-request-lifecycle.html#submitting"
)

const (
	aboutIssueNumber = "Requires an issue number in the title, such as gh-12345 or bpo-12345, and checks that the issue exists."
	aboutLinks       = "Keeps a link to the issue in a pull request's body, and a list of its pull requests in the issue's body."
)

// The links in the bodies of pull requests and issues.
const (
	issueLink   = "* Issue: gh-%d"
	pullLink    = "* gh-%d"
	linkHeading = "### Linked PRs"
)
