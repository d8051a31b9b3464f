package backport

import (
	"strings"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

// failureTexts is what the status comment says about a failed pick.
type failureTexts struct {
	text   string
	byHand bool // doing it by hand would help
}

// failureText has a sentence for each failure of a pick, and of opening its pull
// request.
func failureText(kind, version string) string {
	t, found := failures[kind]
	if !found {
		t = failures[string(git.Broken)]
	}
	return strings.ReplaceAll(t.text, "X.Y", version)
}

// failures by kind: git.FailureKind, or one in package pull.
var failures = map[string]failureTexts{
	string(git.CommitMissing): {"GitHub no longer serves the merged commit: was the default branch force-pushed? Backport the " +
		"branch's current version by hand, see below.", true},
	string(git.BranchMissing): {"The branch X.Y was deleted in the meantime: an administrator must restore it.", false},
	string(git.BranchMoved):   {"The branch X.Y or the backport's branch changed in the meantime.", false},
	string(git.ForeignBranch): {"The backport's branch already exists, and I didn't create it: open a pull request from it, or " +
		"delete it.", false},
	string(git.Protected): {"A branch protection rule or ruleset doesn't let the App push the backport's branch. An " +
		"administrator must add the App to its bypass list, or exclude branches with this name.", true},
	string(git.SecretFound): {"GitHub's push protection found a secret in the change. If it's a false alarm, backport by hand as a " +
		"person who can bypass push protection, see below.", true},
	string(git.WorkflowsPermission): {"The change touches workflows, and the App isn't allowed to push those: an administrator must grant " +
		"it the permission \"workflows: write\". Or backport by hand, see below.", true},
	string(git.HookDeclined): {"A rule or hook of the repository declined the push. Ask an administrator why, or backport by hand, " +
		"see below.", true},
	string(git.QuotaExceeded):  {"The repository has reached its storage limit on GitHub: an administrator must free up space.", false},
	string(git.ShallowRefused): {"GitHub refused the push to the fork, which lacks the newest commits of X.Y: update the fork.", false},
	string(git.RepositoryGone): {"I couldn't find the repository: was it renamed or deleted, or did the App lose access? The bot's " +
		"operator must check.", false},
	string(git.Denied): {"The App isn't allowed to push here: an administrator must grant it the permission \"contents: " +
		"write\" and accept it in the installation.", true},
	string(git.Unreachable):  {"I couldn't reach GitHub's git server.", true},
	string(git.DiskFull):     {"The bot's machine ran out of disk space: its operator must free some up.", true},
	string(git.TooLarge):     {"The change needs more data than I take for one backport. Backport it by hand, see below.", true},
	string(git.TooSlow):      {"It took longer than I wait for one backport.", true},
	string(git.FileTooLarge): {"A file that changed on both sides is too large for me to merge. Backport it by hand, see below.", true},
	string(git.TooCostly): {"Git needs more memory or time to pick this change than I give it. Backport it by hand, see below.",
		true},
	string(git.Killed): {"Git was killed on the bot's machine, which may be out of memory.", true},
	string(git.Broken): {"Git couldn't do it: the bot's log has the details for its operator. Or backport by hand, see below.",
		true},
	pull.OpenRefused: {"The branch is pushed, but GitHub refused the pull request. Open it by hand from the branch.", false},
	pull.OpenDenied: {"The branch is pushed, but the App isn't allowed to open pull requests: an administrator must grant " +
		"it the permission \"pull requests: write\".", false},
}
