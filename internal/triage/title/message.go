package title

// Descriptions of the title status. People and branch protection rely on the first
// two as they are.
const (
	statusValid    = "Valid maintenance branch PR title."
	statusInvalid  = "Not a valid maintenance branch PR title."
	statusUnneeded = "No longer targets a maintenance branch."
)

const helpURL = "https://devguide.python.org/getting-started/git-boot-camp/#backport-pr"

const about = "Requires titles of pull requests into a maintenance branch to start with it, as [3.14], and suggests better ones."

// The check run.
const (
	checkGood   = "The title is valid"
	checkBranch = "The title must start with [%s]"
	checkHash   = "Use GH-NUMBER instead of #NUMBER"

	summaryGood   = "You don't need to change anything."
	summaryBranch = "This pull request targets the `%s` branch, and its title becomes the first line of the commit message. " +
		"So the title must start with `[%s]`. " +
		"If this is the wrong branch, change the base branch instead. To change either, click Edit at the top of the page."
	summaryHash = "When this pull request is merged, its title becomes the first line of the commit message. " +
		"Commit messages refer to pull requests as `(GH-NUMBER)`, because `#NUMBER` used to refer to issues in the old tracker. " +
		"This doesn't block anything; whoever merges it can also change the title."
	summaryCopy = "You can copy this title:"
)
