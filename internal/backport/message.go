package backport

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	aboutOriginal = "Opens backports of a merged pull request to the branches that its labels ask for, as far as the release life cycle allows, and keeps one comment with the state of each."
	aboutChild    = "Gives a backport the labels of its original, has it merged once it is approved and green, and tells whether its conflicts are resolved."
	aboutEnded    = "Tells open pull requests into a branch at its end of life that it takes no more changes."
)

// The board.
const (
	boardMerged = "Thanks %s for the PR, and %s for merging it 🌮🎉. These are its backports:"
	boardAlone  = "Thanks %s for the PR 🌮🎉. These are its backports:"
	boardBefore = "Something is wrong with the backports that the labels ask for:"
	boardEmpty  = "No backports are asked for any more."
	// linkText is the sentence that people and scripts know.
	linkText       = "\n[GH-%d](%s/pull/%d) is a backport of this pull request to the [%s branch](%s/tree/%s).\n"
	textPicking    = "being made"
	textAfterMerge = "will be made after the merge"
	textConflict   = "could not be picked by itself: see below"
	conflictTitle  = "**Conflicts on %s**\n\n"
	conflictMany   = "Too many to name them here.\n"
	conflictThere  = "#%d names the files.\n"
	missingTitle   = "\nThese changes touch the same files and are not on %s; the conflicts may come from them:\n\n"
)

func textPresent(version string) string { return "nothing to do: " + version + " has this change" }

func textDraft(number int) string {
	return fmt.Sprintf("resolve the conflicts on the branch of #%d and mark it ready: see below", number)
}

func textClosed(label string) string {
	return fmt.Sprintf("closed without a merge; set `%s` again if it is wanted after all", label)
}

// textByHand names who made a backport; others than the bot may be anybody.
func textByHand(author string) string {
	return "made by " + cmp.Or(author, "somebody") + ", not by the bot; "
}

func textReopening(number int) string { return fmt.Sprintf("#%d is being opened again", number) }

func textRelease(version string, at time.Time) string {
	return fmt.Sprintf("expected in %s, %s", version, at.Format(time.DateOnly))
}

func textRetry(at time.Time) string {
	return "It is tried again at " + at.UTC().Format("2006-01-02 15:04") + " UTC."
}

func textRetryByHand(label string) string {
	return "Take `" + label + "` off and set it again to try once more."
}

// byHand are the commands for people.
func byHand(sha, version string) string {
	return fmt.Sprintf("\nBy hand, to %s: `bot backport --push %s %s` or `cherry_picker %s %s`\n", version, sha, version, sha, version)
}

// Reasons. Each is a sentence that says what to do, where something can be done.
func whySource(branch string) string { return "changes come from " + branch + ": it is no target" }

func whyNoVersion(example string) string {
	return "the label names no version: want one like `" + example + "`"
}

func whyBase(version string) string { return "this pull request itself goes to " + version }

func whyEndOfLife(version string, at time.Time) string {
	if at.IsZero() {
		return version + " is at its end of life and takes no more changes"
	}
	return fmt.Sprintf("%s reached its end of life by %s and takes no more changes", version, at.Format(time.DateOnly))
}

func whyUnknown(version string) string {
	return "there is no branch " + version + ": is the version right?"
}

func whyUnlisted(version string) string {
	return "the branch is there, but the release data does not list " + version + " yet; it is looked up again, and the operator of the bot may add it under overrides"
}

func whyDevelopment(version, branch string) string {
	return version + " is still in development on " + branch + ": the change is there already"
}

func whyMissing(version string) string {
	return "the repository has no branch " + version + "; set the label again once it is cut"
}

func whyNoPhase(version, phase string) string {
	return fmt.Sprintf("the settings do not say what may go to %s in its phase, %s", version, phase)
}

func whyAsk(version, phase, kind, by, label string) string {
	if phase == "final freeze" {
		return fmt.Sprintf("%s is frozen until its final release; %s may set `%s` to have it picked before", version, by, label)
	}
	return fmt.Sprintf("%s on %s (%s) needs the release manager: %s may set `%s` to allow it", kindName(kind), version, phase, by, label)
}

func whyKind(c *Config, version, phase, kind, by string) string {
	switch {
	case phase == "security" && kind == "fix":
		label := "type-security"
		for _, k := range c.Settings.Kinds {
			if k.Name == "security" {
				label = k.Labels[0]
			}
		}
		return fmt.Sprintf("%s takes security fixes only: if this is one, add `%s` and set the label again; %s may set it for another change", version, label, by)
	default:
		return fmt.Sprintf("%s (%s) does not take %s; %s may set the label to allow it", version, phase, kindName(kind), by)
	}
}

func kindName(kind string) string {
	switch kind {
	case "abi-break":
		return "an ABI break"
	case "fix":
		return "a fix"
	case "feature":
		return "a feature"
	case "security":
		return "a security fix"
	case "refactor":
		return "a refactoring"
	case "performance":
		return "a performance improvement"
	}
	return "a change of " + kind
}

// who names release managers without notifying them.
func who(managers []string) string {
	if len(managers) == 0 {
		return "the release manager (whose login the settings do not know)"
	}
	return strings.Join(managers, " or ")
}

// troubleText has a sentence for each trouble of a pick, in the words of
// internal/git, and of opening a pull request.
func troubleText(trouble, version string) string {
	text, found := troubleTexts[trouble]
	if !found {
		text = "Something went wrong that the bot has no word for: its log has the details."
	}
	return strings.ReplaceAll(text, "X.Y", version)
}

var troubleTexts = map[string]string{
	"commit missing":       "GitHub does not give out the merged commit: was the default branch force-pushed? Backport by hand.",
	"branch missing":       "The branch X.Y was deleted meanwhile: set the label again once it is there.",
	"branch moved":         "The branch X.Y, or that of the backport, changed meanwhile.",
	"foreign branch":       "The backport's branch is there already, and is not the bot's: open a pull request from it, or delete it and set the label again.",
	"protected":            "A rule of the repository protects the backport's branch: an administrator must let the App push to it.",
	"workflows permission": "The change touches workflows, and the App must not push those: an administrator must grant it the permission \"workflows: write\", or somebody backports by hand.",
	"hook declined":        "A rule or hook of the repository declined the push: an administrator knows why. Backport by hand.",
	"quota exceeded":       "GitHub took no more data for this repository: an administrator must make room, then set the label again.",
	"shallow refused":      "GitHub refused the push to the fork, which lacks the newest commits of X.Y: update the fork and set the label again.",
	"repository gone":      "The repository could not be found: was it renamed, deleted, or taken out of the App's reach?",
	"denied":               "The App must not push here: an administrator must grant it the permission \"contents: write\" and accept it in the installation.",
	"unreachable":          "GitHub's git server could not be reached.",
	"disk full":            "The bot's machine had no room left: its operator must make some.",
	"too large":            "The change needs more data than the bot takes for one backport. Backport by hand.",
	"too slow":             "It took longer than the bot waits for one backport.",
	"broken":               "Git could not do it: the bot's log has the details. Backport by hand.",
	pull.OpenRefused:       "The branch is pushed, but GitHub refused the pull request. Open it by hand from the branch.",
	pull.OpenDenied:        "The branch is pushed, but the App must not open pull requests: an administrator must grant it the permission \"pull requests: write\".",
}

// conflictSection is the end of a draft's body. The marks around it let it be
// left out of the commit message when the draft is merged.
func conflictSection(status, version, sha string, p pull.Picked) string {
	w := row{Version: version, Conflicts: p.Conflicts, Missing: p.Missing}
	w.brief()
	return sectionStart + "\n" + fmt.Sprintf(draftText, version, status) + "\n\n" + w.details() + "\n" + fmt.Sprintf(draftSteps, p.Head) + byHand(sha, version) + sectionEnd
}

// maxPullBody is what GitHub takes, in characters, of which there are no more
// than bytes.
const maxPullBody = 65536

// withSection puts a section at the end of a body, which is shortened where it
// leaves no room for it.
func withSection(body, section string) string {
	if room := maxPullBody - len(section) - len("…\n\n"); len(body) > room {
		body = strings.ToValidUTF8(body[:max(room, 0)], "") + "…"
	}
	return body + "\n\n" + section
}

const (
	sectionStart = "<!-- backport-conflict -->"
	sectionEnd   = "<!-- /backport-conflict -->"
	draftText    = "The pick onto %s had conflicts. They are committed here with their markers, and the status `%s` fails until none is left."
	draftSteps   = "To resolve them, push to the branch `%s` and mark this pull request ready for review.\n"
)

// The status of a draft with conflicts.
const (
	descriptionMarkers = "Conflict markers in %s"
	descriptionClear   = "No conflict markers left"
)

// The note at the end of life.
func endedText(version string, at time.Time) string {
	when := ""
	if !at.IsZero() {
		when = " by " + at.Format(time.DateOnly)
	}
	return fmt.Sprintf("Thank you for the pull request. The branch %s reached its end of life%s and takes no more changes, so this cannot be merged. If the problem is on the default branch too, a pull request there is welcome.", version, when)
}
