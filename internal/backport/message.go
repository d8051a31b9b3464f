package backport

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/dustin/go-humanize/english"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const (
	aboutOriginal = "Opens the backports that labels request and the release life cycle allows, and keeps one comment with their status."
	aboutPull     = "Gives a backport its original's labels, shows its conflicts, and merges it once it's approved and green."
	aboutEnded    = "Comments on pull requests into a branch that has reached its end of life."
)

// The status comment.
const (
	statusMerged  = "Thanks %s for the PR, and %s for merging it 🌮🎉. These are its backports:"
	statusAlone   = "Thanks %s for the PR 🌮🎉. These are its backports:"
	statusRefused = "Thank you for the PR. Some of the requested backports aren't possible:"
	statusBefore  = "These backports are requested:"
	statusMade    = "This pull request has these backports:"
	statusAsk     = "\n@%s, could you backport it by hand, or find someone who can?\n"
	statusEmpty   = "No backports are requested any more."
	// linkText is a sentence that people and scripts know.
	linkText       = "\n[GH-%d](%s/pull/%d) is a backport of this pull request to the [%s branch](%s/tree/%s).\n"
	textPicking    = "in progress"
	textAfterMerge = "will be opened after the merge"
	textUnready    = "mark it ready for review"
	textNoRelease  = "no release is planned yet"
	textConflict   = "backport it by hand, see below"
	conflictTitle  = "**Conflicts on %s**\n\n"
	conflictMany   = "Too many files to list here.\n"
	missingTitle   = "\nThese commits touch the same files and aren't on %s, so they may have caused the conflicts:\n\n"
)

func textPresent(version string) string {
	return "nothing to do: " + version + " already has this change"
}

func textDraft(number int) string {
	return fmt.Sprintf("resolve the conflicts on its branch, see #%d, and mark it as ready", number)
}

// Retrying a draft with conflicts.
const (
	textTrying = "trying again"
	textStill  = "tried again, and it still has conflicts; "
	textPushed = "someone pushed to its branch, so I left it alone; "
)

func textRepicked(number int) string {
	return fmt.Sprintf("no conflicts this time; #%d will be ready for review shortly", number)
}

func textPresentNow(version string, number int) string {
	return fmt.Sprintf("%s has this change now; close #%d", version, number)
}

func textClosed(label string) string {
	return fmt.Sprintf("closed without merging; to request it again, set `%s` again", label)
}

// textByHand names who opened a backport; it may be anyone.
func textByHand(author string) string {
	return "opened by " + cmp.Or(author, "someone") + ", not by the bot; "
}

func textReopening(number int) string { return fmt.Sprintf("reopening #%d", number) }

func textRelease(version string, at time.Time) string {
	return fmt.Sprintf("expected in %s, %s", version, at.Format(time.DateOnly))
}

// textTooLarge names the first of some files, for a table.
func textTooLarge(path string, files int) string {
	name := markdown.CodeCell(cut(path))
	if files > 1 {
		return fmt.Sprintf("%s and %s are too large for me to merge. Backport by hand, see below.", name, english.Plural(files-1, "other file", ""))
	}
	return name + " is too large for me to merge. Backport by hand, see below."
}

func textRetry(at time.Time) string {
	return "I'll try again at " + at.UTC().Format("2006-01-02 15:04") + " UTC."
}

const textRetryByHand = "To try again, remove `%s` and set it again."

func textAllowedNow(label string) string { return "allowed now; set `" + label + "` to request it" }

// byHand returns commands for doing it by hand.
func byHand(sha, version string) string {
	return fmt.Sprintf("\nBy hand, to %s: `bot backport --push %s %s` or `cherry_picker %s %s`\n", version, sha, version, sha, version)
}

// Reasons: each says what to do, if anything can be done.
func whySource(branch string) string {
	return branch + " is the source branch, so it can't be a target"
}

// whyStacked says what a change waits for if it was merged into another pull request's
// branch; outer is 0 if it's unknown.
func whyStacked(base, main string, outer int) string {
	arrives := "it's on " + main
	if outer != 0 {
		arrives = fmt.Sprintf("#%d brings it to %s", outer, main)
	}
	return fmt.Sprintf("it was merged into %s, and will be backported once %s", cell(base), arrives)
}

func whyTogether(outer int, main string) string {
	return fmt.Sprintf("it will be backported with #%d, which brought it to %s", outer, main)
}

func whySquashed(outer int, main, label string) string {
	return fmt.Sprintf("it reached %s as part of #%d, without a commit of its own: set `%s` on #%d instead", main, outer, label, outer)
}

func whyNoVersion(example string) string {
	return "the label doesn't name a version: use one like `" + example + "`"
}

func whyBase(version string) string { return "this pull request already targets " + version }

func whyEndOfLife(version, when string) string {
	if when == "" {
		return version + " has reached its end of life and accepts no more changes"
	}
	return fmt.Sprintf("%s reached its end of life %s and accepts no more changes", version, when)
}

// ended says when a branch reached its end of life, or "" if that's unknown: often only
// the month is.
func ended(b lifecycle.Branch) string {
	switch {
	case b.EndOfLife.IsZero():
		return ""
	case b.EndOfLifeByMonth:
		return "in " + b.EndOfLife.AddDate(0, 0, -1).Format("2006-01")
	}
	return "on " + b.EndOfLife.Format(time.DateOnly)
}

func whyUnknown(version string) string {
	return "the branch " + version + " doesn't exist: is the version right?"
}

func whyUnlisted(version string) string {
	return "the branch exists, but the release data doesn't list " + version +
		" yet; I'll check again, and the bot's operator can add it under `backport.overrides`"
}

func whyDevelopment(version, branch string) string {
	return version + " is still in development on " + branch + ", which already has the change"
}

func whyMissing(version string) string {
	return "the repository has no branch " + version + "; set the label again once it's cut"
}

func whyNoPhase(version, phase string) string {
	return fmt.Sprintf("the settings don't say what %s accepts in the %s phase; the bot's operator can add that under `backport.phases`",
		version, phase)
}

// What waits for the release manager: with the version, the phase and the kind, who that
// is, and the label.
const (
	whyAsk    = "%s (%s) accepts %s only with the release manager's approval: to approve, %s can %s"
	whyFrozen = "%s is frozen for a release, so this will be backported after the freeze; to backport it now, %s can %s"
)

// whyKind says that a branch doesn't accept a kind of change. It may be a security fix
// without the label.
func whyKind(b lifecycle.Branch, kind, security, rest string) string {
	if b.Phase == lifecycle.Security && kind == config.Fix && security != "" {
		return fmt.Sprintf("%s accepts only security fixes: if this is one, add `%s` and set the label again; %s", b.Version, security, rest)
	}
	return fmt.Sprintf("%s (%s) doesn't accept %s; %s", b.Version, b.Phase, kindNames[kind][1], rest)
}

// whyNot says who refused a backport, and why.
func whyNot(me string, said pull.Event) string {
	return fmt.Sprintf("%s refused it: %s; `@%s allow %s` undoes that", said.By, markdown.CodeCell(said.Why), me, said.Subject)
}

// mayAllow says who may allow a change anyway.
func mayAllow(by, how string) string { return fmt.Sprintf("%s can %s to allow this one", by, how) }

// How a release manager allows a backport: by a command, or a label where there are none.
const (
	allowCommand = "comment `@%s allow %s`"
	allowLabel   = "set `%s`"
	allowAgain   = "remove `%s` and set it again"
)

// kindNames are the kinds of changes in words: one change, and several.
var kindNames = map[string][2]string{
	"abi-break":   {"an ABI break", "ABI breaks"},
	"fix":         {"a fix", "fixes"},
	"feature":     {"a feature", "features"},
	"security":    {"a security fix", "security fixes"},
	"refactor":    {"a refactoring", "refactorings"},
	"performance": {"a performance improvement", "performance improvements"},
	"docs":        {"a documentation change", "documentation changes"},
	"tests":       {"a test change", "test changes"},
}

// who names release managers without notifying them.
func who(managers []string) string {
	if len(managers) == 0 {
		return "the release manager"
	}
	return strings.Join(managers, " or ")
}

func mentioned(logins []string) []string {
	var all []string
	for _, login := range logins {
		all = append(all, "@"+login)
	}
	return all
}

// conflictSection is the end of a draft's body. Its markers allow removing it from the
// commit message when the draft is merged.
func (o *original) conflictSection(p pull.Picked) string {
	w := row{Version: p.Branch, Conflicts: o.paths.order(p.Conflicts), Missing: p.Missing}
	w.brief()
	ask := ""
	if login, assignable := o.responsible(o.merged(), p.Branch, o.r.Now); login != "" && !assignable {
		ask = fmt.Sprintf(draftAsk, login)
	}
	return gapBefore + fmt.Sprintf("<!-- backport-conflict %s -->\n", p.Commit) + ask + fmt.Sprintf(draftText, p.Branch, o.Settings.Status) +
		"\n\n" + w.details() + o.paths.regenerate(w) +
		"\n" + fmt.Sprintf(draftSteps, p.Head) + byHand(o.r.Merge.SHA, p.Branch) + sectionEnd
}

// sectionStart holds the commit with the conflicts.
var sectionStart = regexp.MustCompile(`<!-- backport-conflict ([0-9a-f]{40,64}) -->`)

const (
	gapBefore  = "\n\n" // a section
	sectionEnd = "<!-- /backport-conflict -->"
	draftText  = "The change has conflicts with %s. They are committed here as git left them, and the status `%s` fails until the conflict " +
		"markers are gone."
	draftAsk   = "@%s, could you resolve the conflicts, or find someone who can?\n\n"
	draftSteps = "To resolve them, push to the branch `%s` and mark this pull request ready for review. Or open your own backport and " +
		"close this one.\n"
)

// The status of a backport with conflicts.
const (
	descriptionMarkers   = "Conflict markers in %s"
	descriptionUnread    = "Some files can't be read: check by hand"
	descriptionUntouched = "The conflicts aren't resolved yet"
	descriptionClear     = "No conflict markers left"
	descriptionReady     = "No conflict markers left: mark it as ready"
)

// The comment at the end of life.
func endedText(b lifecycle.Branch) string {
	return "Thank you for the pull request. The branch " + whyEndOfLife(b.Version, ended(b)) +
		", so this can't be merged. If the default branch has the same problem, please open a pull request there."
}
