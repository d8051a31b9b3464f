package newscheck

import (
	"fmt"
	"strings"

	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/tracker"
)

// Descriptions of the NEWS status. Other workflows rely on the first ones; see the settings for the directory and the label in them.
const (
	statusFound     = "News entry found in %s"
	statusSkipped   = "%q label found"
	statusMissing   = "No news entry in %s/ or %q label found"
	statusDirectory = "News entry not in an appropriate directory"
	statusName      = "News entry file name incorrectly formatted"
	statusText      = "News entry has errors: see the check run"
)

// Titles of annotations.
const (
	titleDirectory = "NEWS entry in the wrong place"
	titleName      = "Invalid NEWS file name"
	titleText      = "Invalid NEWS entry text"
	titleWarning   = "Check this NEWS entry"
)

// What is wrong with the path of an entry.
const (
	faultDepth     = "blurb reads entries only from section directories, %s/SECTION/, so this one would be silently ignored. Move it to %s"
	faultSection   = "%s isn't a section directory, so blurb would silently ignore this entry. Move it to %s"
	faultExtension = "The file name must end in .rst: blurb silently ignores anything else. If this isn't a NEWS entry, delete it."
	faultNameForm  = "The file name must be DATE.gh-issue-NUMBER.NONCE.rst, separated by dots exactly as shown."
	faultDateForm  = "The file name must start with a date, such as 2026-08-05 or 2026-08-05-10-30-00."
	faultIssueForm = "The second part of the file name must be gh-issue-NUMBER, or bpo-NUMBER for an issue on the old tracker."
	faultIssueGH   = "The second part of the file name must be gh-issue-NUMBER: blurb doesn't accept gh-NUMBER."
	faultIssueList = "An entry belongs to one issue: blurb can't read a list. Mention the others in the text, as :gh:`NUMBER`."

	faultIssueNumber = "The issue number must be a plain number without leading zeros."
	faultNonce       = "The part before .rst may only contain letters, digits, - and _: any six will do."
)

// What is wrong with the text of an entry.
const (
	faultUnread  = "I couldn't read this file, so I only checked its name."
	faultSymlink = "This is a symbolic link. Replace it with a regular file."
	faultModule  = "This is a submodule. Replace it with a regular file."
	faultSize    = "The file has %d bytes, so I didn't read it. An entry should be a few lines long."
)

// What Sphinx would trip over, or silently show as something else.
const (
	warnLiteral = "This `` is never closed, so Sphinx would warn and show it unchanged. The closing `` must follow a character that isn't " +
		"a space, with a space or punctuation after it."
	warnStrong = "This ** is never closed, so Sphinx would warn and show it unchanged. Close it with **, put ``code`` in double " +
		"backticks, or write \\*\\* for the characters themselves."
	warnEmphasis = "This * is never closed, so Sphinx would warn and show it unchanged. Close it with *, put ``code`` in double backticks, " +
		"or write \\* for the character itself."
	warnBacktick = "This ` is never closed, so Sphinx would warn and show it unchanged. Close it with `, or put ``code`` in double backticks."
	warnUneven   = "This has one backtick before it and two after. Code needs two on both sides: ``code``."
	warnSingle   = "Code needs double backticks: ``code``. To link to something, put a role before it, as in :func:`len`."
)

func warnRole(name string) string {
	return fmt.Sprintf("Sphinx doesn't know the role :%s:, so it would warn and show this text unchanged. Check the spelling.", changelog.Shorten(name))
}

func warnRoleColon(name string) string {
	return fmt.Sprintf("This role is missing its second colon, so Sphinx would show it unchanged. Write :%s:`…`", changelog.Shorten(name))
}

func warnRoleStart(name string) string {
	return fmt.Sprintf("This role is missing its first colon. Write :%s:`…`", changelog.Shorten(name))
}

// The check run of the NEWS rule.
const (
	titleFound     = "NEWS entry found"
	titleFoundMany = "%d NEWS entries found"
	titleMissing   = "No NEWS entry"
	titleSkipped   = "No NEWS entry needed"

	summaryFound     = "This pull request's NEWS entries are valid."
	summaryFaults    = "Each error has an annotation on its line that says how to fix it."
	summaryTolerated = "The label %s is set, so no entry is required. But once this is merged, these errors would break the changelog or " +
		"lose the entry."
	summaryWarnings = "The annotations point out what you may want to check. They don't block anything."
	summaryRenames  = "To fix the paths, run:\n\n%s"
	summarySkipped  = "No NEWS entry is needed because the label %s is set."

	summaryMissing = "User-visible changes need a NEWS entry, and this pull request doesn't add one."
	summaryEdited  = "It edits an existing entry, which doesn't announce anything new."
	summaryDeleted = "It deletes an entry. If it reverts a change that hasn't been released yet, it doesn't need a new one."
	summaryOmitted = "GitHub lists only the first %d changed files, so I can't see the other %d. If one of them is a NEWS entry, a triager " +
		"or core developer can add %s."
	summaryAdd = "To add an entry, create the file\n\n%s\n\nwith a sentence or two for users, such as\n\n%s\n\nor let blurb create " +
		"it:\n\n%s"
	summarySection = "Replace %s with one of: %s."
	summaryIssue   = "Replace NUMBER with the issue number, and add it to the title too: `gh-NUMBER: Summary`."

	summaryUnneeded = "If the change isn't user-visible, as with most changes to documentation, tests and internals, say so in a comment; " +
		"a triager or core developer will add %s."
	summaryMore = "More about NEWS entries: %s"

	someText = "Describe the change for users in a sentence or two."
)

// Descriptions of the ABI status, and titles of its part of the check run.
const (
	statusAgree     = "ABI markers agree"
	statusNoMarkers = "No ABI markers"
	statusUnseen    = "ABI marker found, NEWS entry not checked"
	statusMiss      = "Invalid ABI marker: see the check run"
	statusNoTitle   = "ABI marker missing from the title"
	statusNoNews    = "ABI marker missing from the NEWS entry"
	statusWarning   = "Warning: "

	titleMarkers  = "ABI markers don't agree"
	titleEvidence = "The ABI may change"
)

// The check run of the ABI rule.
const (
	faultNewsMiss = "This says %s, but the marker must be %s, at the very beginning of the text. If this change doesn't break the ABI, " +
		"remove it."
	faultNewsPlace = "%s must be at the very beginning of the text. If this change doesn't break the ABI, remove it."
	faultOnlyNews  = "This entry is marked as an ABI break, but the pull request's title isn't. If the change breaks the ABI, start the " +
		"title with %s; if not, remove the marker here."
	faultOnlyTitle = "The title or a commit mentions an ABI break, but no NEWS entry does. If this is the entry that announces it, start " +
		"its text with %s"
	faultTitleMiss = "The pull request's title has %s, which isn't the exact marker or isn't at the start. If the change breaks the ABI, " +
		"start the title with %s; if not, remove it from the title."
	warnEvidence = "This file describes the ABI. If the change breaks the ABI, start the title with %s and the NEWS entry with %s. If " +
		"not, you don't need to do anything."

	summaryAgree     = "Both the summary line and the NEWS entry say that this change breaks the ABI."
	summaryNoMarkers = "Neither the summary line nor a NEWS entry is marked as an ABI break."
	summaryUnseen    = "The summary line is marked as an ABI break. I couldn't read every file, so please check that a NEWS entry starts " +
		"with %s."
	summaryEvidence = "This pull request changes a file that describes the ABI. If it breaks the ABI, start the title with %s and the " +
		"NEWS entry with %s. If not, you don't need to do anything."
	summaryMarkers = "A change that breaks the ABI needs two markers: %s at the start of the title, which becomes the summary line, and " +
		"%s at the start of its NEWS entry. If it doesn't break the ABI, use neither."

	summaryTitleMiss  = "The title has %s, which isn't the exact marker or isn't at the start."
	summaryCommitMiss = "The commit %s has %s, which isn't the exact marker or isn't at the start. If the title has the marker, you can " +
		"leave the commit as it is; if nothing breaks the ABI, reword it."
	summaryTitle  = "If the change breaks the ABI, change the title to:\n\n%s"
	summarySquash = "A commit has the marker, but the title doesn't. Start the title with %s too: a squash merge makes it the summary " +
		"line."
	summaryNewsMiss = "In the NEWS entry, start the text with %s, exactly as shown."
	summaryNews     = "The NEWS entry could start like this:\n\n%s"
)

// What the rules are, for the documentation.
const (
	aboutNews   = "Requires a NEWS entry, and checks it for anything that would break the release or lose the entry."
	aboutMerged = "Tells merged pull requests whose NEWS entry would break the next release or be lost, until it's fixed."
	aboutABI    = "Requires ABI markers both in the title or a commit and in the NEWS entry, or in neither."
)

// noteHelp is the comment that newcomers get once.
const noteHelp = `Thank you for this pull request, and welcome!

User-visible changes need a [NEWS entry](%[1]s): a small file in %[2]s that goes into the changelog. This pull request doesn't have one yet.

To add one, open the check run “%[3]s”, copy the file that it shows, replace the text with your own, and push it to this branch. ` +
	`If the change isn't user-visible, say so here; a triager or core developer will add %[4]s.
`

// noteMerged is the comment after the merge; noteFixed is what becomes of it.
const (
	noteMerged = `%[1]s Its NEWS entry needs a fix before the next release from %[2]s: %[3]s

%[4]s

Please open a pull request into %[2]s that fixes this. I check once a day and update this comment.
`
	effectBreaks = "blurb, the tool that builds the changelog, would fail on it."
	effectLost   = "blurb, the tool that builds the changelog, wouldn't find it, so it would be missing from the changelog."

	noteFixed = `The NEWS entry of this pull request is fine now, so there's nothing left to do here. Thank you!
`
)

func faultDate(date string) string { return date + " isn't a valid date or time." }

func faultIssueLow(number, least int) string {
	return fmt.Sprintf("gh-%d is too low for an issue: blurb doesn't accept numbers below %d. For an issue on the old tracker, write bpo-%d.",
		number, least, number)
}

func warnIssue(entry tracker.Issue, title []tracker.Issue) string {
	var names []string
	for _, i := range title[:min(len(title), 3)] {
		names = append(names, i.String())
	}
	return fmt.Sprintf("The file name says %s, but the pull request's title says %s. Is that intended?", entry, strings.Join(names, ", "))
}
