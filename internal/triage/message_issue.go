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
	aboutIssueNumber = "Asks for the number of an issue in the title of every pull request, as gh-12345 or bpo-12345, and sees to it that there is such an issue."
	aboutLinks       = "Keeps a link to the issue in the body of a pull request, and a list of its pull requests in the body of an issue."
)

// The links in the bodies of pull requests and issues.
const (
	issueLink   = "* Issue: gh-%d"
	pullLink    = "* gh-%d"
	linkHeading = "### Linked PRs"
)
