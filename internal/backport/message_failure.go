package backport

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// failureTexts is what comments say about a failed pick.
type failureTexts struct {
	cause  string // in short, for a revert too
	text   string // what to do about a backport
	byHand bool   // doing it by hand would help
}

// Cause says in half a sentence why a pick failed, or why its pull request couldn't be opened.
func Cause(kind string) string { return failed(kind).cause }

func failed(kind string) failureTexts {
	if t, found := failures[kind]; found {
		return t
	}
	return failures[string(git.Broken)]
}

// failureText has a sentence for each failure of a pick, and of opening its pull
// request.
func failureText(kind, version string) string {
	return strings.ReplaceAll(failed(kind).text, "X.Y", version)
}

// failures by kind: git.FailureKind, or one in package pull.
var failures = map[string]failureTexts{
	string(git.CommitMissing): {"GitHub no longer serves the merged commit",
		"GitHub no longer serves the merged commit: was the default branch force-pushed? Backport the " +
			"branch's current version by hand, see below.", true},
	string(git.BranchMissing): {"the branch doesn't exist any more",
		"The branch X.Y was deleted in the meantime. If that was a mistake, an administrator can restore it.", false},
	string(git.BranchMoved): {"a branch changed in the meantime",
		"The branch X.Y or the backport's branch changed in the meantime.", false},
	string(git.ForeignBranch): {"its branch already exists, and I didn't create it",
		"The backport's branch already exists, and I didn't create it: open a pull request from it, or " +
			"delete it.", false},
	string(git.Protected): {"a branch protection rule or ruleset doesn't let the App push its branch",
		"A branch protection rule or ruleset doesn't let the App push the backport's branch. An " +
			"administrator must add the App to its bypass list, or exclude branches with this name.", true},
	string(git.SecretFound): {"GitHub's push protection found a secret in the change",
		"GitHub's push protection found a secret in the change. If it's a false alarm, backport by hand as a " +
			"person who can bypass push protection, see below.", true},
	string(git.WorkflowsPermission): {"the App needs the permission \"workflows: write\"",
		"The change touches workflows, and the App isn't allowed to push those. It needs the permission " +
			"\"workflows: write\": the bot's operator sets it in the App's settings, and an owner of the organization accepts it. Or backport by " +
			"hand, see below.", true},
	string(git.HookDeclined): {"a rule or hook of the repository declined the push",
		"A rule or hook of the repository declined the push. Ask an administrator why, or backport by hand, " +
			"see below.", true},
	string(git.QuotaExceeded): {"the repository has reached its storage limit on GitHub",
		"The repository has reached its storage limit on GitHub: an administrator must free up space.", false},
	string(git.ShallowRefused): {"the fork lacks the branch's newest commits",
		"GitHub refused the push to the fork, which lacks the newest commits of X.Y: update the fork.", false},
	string(git.RepositoryGone): {"I couldn't find the repository",
		"I couldn't find the repository: was it renamed or deleted, or did the App lose access? The bot's " +
			"operator must check.", false},
	string(git.Denied): {"the App needs the permission \"contents: write\"",
		"The App isn't allowed to push here. It needs the permission \"contents: write\": the bot's operator sets it in the " +
			"App's settings, and an owner of the organization accepts it. Or backport by hand, see below.", true},
	string(git.Unreachable): {"I couldn't reach GitHub's git server",
		"I couldn't reach GitHub's git server.", true},
	string(git.DiskFull): {"the bot's machine ran out of disk space",
		"The bot's machine ran out of disk space: its operator must free some up.", true},
	string(git.TooLarge): {"it needs more data than I take",
		"The change needs more data than I take for one backport. Backport it by hand, see below.", true},
	string(git.TooSlow): {"it took too long",
		"It took longer than I wait for one backport.", true},
	string(git.FileTooLarge): {"a file is too large for me to merge",
		"A file that changed on both sides is too large for me to merge. Backport it by hand, see below.", true},
	string(git.TooCostly): {"git needs more memory or time for it than I give it",
		"Git needs more memory or time to pick this change than I give it. Backport it by hand, see below.",
		true},
	string(git.Killed): {"git was killed on the bot's machine, which may be out of memory",
		"Git was killed on the bot's machine, which may be out of memory.", true},
	string(git.Broken): {"git failed, and the bot's log has the details for its operator",
		"Git failed. The bot's operator can find the details in its log. You can also backport by hand, see below.",
		true},
	pull.OpenRefused: {"GitHub refused the pull request",
		"The branch is pushed, but GitHub refused the pull request. Open it by hand from the branch.", false},
	pull.OpenDenied: {"the App needs the permission \"pull requests: write\"",
		"The branch is pushed, but the App isn't allowed to open pull requests. It needs the permission " +
			"\"pull requests: write\": the bot's operator sets it in the App's settings, and an owner of the organization accepts it.", false},
}
