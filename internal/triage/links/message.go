package links

const about = "Keeps a link to the issue in the pull request's body, and a list of pull requests in the issue's."

// The links in the bodies of pull requests and issues.
const (
	issueLink   = "* Issue: gh-%d"
	pullLink    = "* gh-%d"
	linkHeading = "### Linked PRs"
)
