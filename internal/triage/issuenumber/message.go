package issuenumber

const about = "Requires the number of an existing issue in the title, such as gh-12345 or bpo-12345."

// Descriptions of the status. People and other workflows rely on them as they are; the
// label in them is a setting.
const (
	statusFound   = "Issue number %d found"
	statusSkipped = "Issue report skipped"
	statusMissing = "No issue # in title or %q label found"
	statusInvalid = "%s Issue #%d is not valid."
)

// What the status links to.
const (
	oldTrackerURL = "https://bugs.python.org/issue%d"
	helpURL       = "https://devguide.python.org/getting-started/pull-request-lifecycle.html#submitting"
)
