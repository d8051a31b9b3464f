package wrongbranch

const (
	about = "Closes pull requests that would merge a maintenance branch into the default branch, or comments if it can't be sure."
	why   = "commits that are already in a maintenance branch"
)

// noteClosed explains why a pull request is closed, and what to do instead.
const noteClosed = "All commits in this pull request are already in this repository's `%[1]s` branch, so it would merge that " +
	"old branch into `%[2]s`. " +
	"This usually happens when the wrong branch is picked by accident, so I've closed it. Nothing is lost.\n\n" +
	"* To propose a change, create a new branch from `%[2]s`, commit your change there, and open a new pull request from it into " +
	"`%[2]s`. The [devguide](https://devguide.python.org/getting-started/pull-request-lifecycle/) explains how.\n" +
	"* To report a bug or ask a question, open an issue.\n\n" +
	"If I shouldn't have closed this, say so in a comment: a triager or core developer can reopen it, and it will stay open."

// These comments are for pull requests that stay open.
const (
	noteDoubt = "This pull request comes from a branch named `%[1]s` and targets `%[2]s`. " +
		"It stays open; please just check that these are the branches you meant.\n\n" +
		"If you created your branch from `%[2]s`, you don't need to change anything. If you created it from `%[1]s`, create a new " +
		"branch from `%[2]s` and move your commits there. " + noteFix
	noteEmpty = "This pull request comes from a branch named `%[1]s` and targets `%[2]s`. " +
		"So far, all its commits are already in this repository's `%[1]s` branch, so it would merge that old branch into `%[2]s`.\n\n" +
		"To change `%[2]s`, create a new branch from `%[2]s` and move your commits there. " + noteFix

	noteFix = "If this is a fix for `%[1]s` only, click Edit at the top of the page and change the base to `%[1]s`."
)
