package triage

// Descriptions of the title status: people and branch protection know the first
// two by heart.
const (
	statusTitleValid    = "Valid maintenance branch PR title."
	statusTitleInvalid  = "Not a valid maintenance branch PR title."
	statusTitleUnneeded = "Not into a maintenance branch any more."
)

const titleHelpURL = "https://devguide.python.org/getting-started/git-boot-camp/#backport-pr"

const aboutTitles = "Requires that the title of a pull request into a maintenance branch starts with the branch, as in [3.14], and suggests a better title where it can."

// The check run of the title rule.
const (
	checkTitleGood   = "Good title"
	checkTitleBranch = "The title has to start with [%s]"
	checkTitleHash   = "GH-NUMBER instead of #NUMBER"

	summaryTitleGood   = "The title is as it should be."
	summaryTitleBranch = "This pull request goes into the branch `%s`, and its title becomes the first line of the commit there. So the title has to start with `[%s]`. If the branch is the wrong one, change that instead: Edit, at the top of the page, does both."
	summaryTitleHash   = "When this is merged, the title becomes the first line of the commit. There, a pull request is named `(GH-NUMBER)`: `#NUMBER` was the way of the old issue tracker. This blocks nothing, and whoever merges can change it too."
	summaryTitleCopy   = "A title to copy:"
)
