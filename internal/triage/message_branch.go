package triage

const (
	aboutWrongBranch = "Closes a pull request from a copy of a maintenance branch into the default branch if it contains nothing else, and explains why. In doubt it only comments."
	whyWrongBranch   = "commits that are all in a maintenance branch"
)

// noteBranchClosed says why a pull request is closed, and what to do.
const noteBranchClosed = "This pull request has nothing that the branch `%[1]s` of this repository does not have, and would merge that old branch into `%[2]s`. That happens easily when a branch is picked by accident, so it is closed now. Nothing is lost.\n\n" +
	"* To propose a change, make a new branch from `%[2]s`, commit to it, and open a new pull request from there into `%[2]s`. The [devguide](https://devguide.python.org/getting-started/pull-request-lifecycle/) shows how.\n" +
	"* To report a bug or to ask something, open an issue.\n\n" +
	"If this should not be closed, say so in a comment: whoever looks after this repository can open it again, and it will stay open."

// These say that a pull request may come from the wrong branch, or does.
const (
	noteBranchDoubt = "This pull request comes from a branch named `%[1]s` and goes into `%[2]s`. It stays open: this is only to make sure that the branches are the right ones.\n\n" +
		"If your branch began at `%[2]s`, all is well, and nothing has to change. If it began at `%[1]s`, make a new branch from `%[2]s`, and bring your commits there. " + noteBranchOld
	noteBranchEmpty = "This pull request comes from a branch named `%[1]s` and goes into `%[2]s`. So far it has nothing that the branch `%[1]s` of this repository does not have, and would merge that old branch into `%[2]s`.\n\n" +
		"For a change to `%[2]s`, make a new branch from `%[2]s`, and bring your commits there. " + noteBranchOld

	noteBranchOld = "A fix for `%[1]s` alone can stay here: choose `%[1]s` as the base, with Edit at the top of the page."
)
