package newscheck

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/tracker"
)

// Descriptions of the NEWS status. People and other workflows know the first
// ones by heart; see the settings for the directory and the label in them.
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
	titleName      = "NEWS entry with a wrong name"
	titleText      = "NEWS entry with a wrong text"
	titleWarning   = "NEWS entry to look at"
)

// What is wrong with the path of an entry.
const (
	faultDepth     = "blurb reads entries only from the directories of the sections, %s/SECTION/. This one would be lost without a word. Move it to %s"
	faultSection   = "%s is not the directory of a section: blurb would lose this entry without a word. Move it to %s"
	faultExtension = "The name has to end in .rst: blurb looks at no other files, and would lose this entry without a word. If it is no entry, delete it."
	faultNameForm  = "The name has to be DATE.gh-issue-NUMBER.NONCE.rst, with exactly these dots."
	faultDateForm  = "The name has to start with a date, as 2026-08-05 or 2026-08-05-10-30-00."
	faultIssueForm = "The second part of the name has to be gh-issue-NUMBER, or bpo-NUMBER for an issue of the old tracker."
	faultIssueGH   = "The second part of the name has to be gh-issue-NUMBER: blurb does not know gh-NUMBER."
	faultIssueList = "An entry has one issue: blurb cannot read a list. Name the others in the text, as :gh:`NUMBER`."

	faultIssueNumber = "The number of the issue has to be a plain number, without zeros before it."
	faultNonce       = "The part before .rst has to be of letters, digits, - and _ alone: any six will do."
)

// What is wrong with the text of an entry.
const (
	faultUnread  = "The file could not be read, so only its name was checked."
	faultSymlink = "This is a symbolic link: make it a file with the text."
	faultModule  = "This is a submodule: make it a file with the text."
	faultSize    = "The file has %d bytes, and was not read: an entry is a few lines long."

	faultUTF8 = "This line is not UTF-8: blurb cannot read the file. Save it as UTF-8."
	faultBOM  = "The file starts with a byte order mark, which would end up in the changelog. Save it as UTF-8 without one."
	faultNUL  = "This line has a NUL byte, which would end up in the changelog. Take it out."

	faultNoColon = "blurb stops here: a line at the top that starts with .. has to be \".. name: value\". Write the text first, without directives."
	faultEmpty   = "The entry has no text. Say in a sentence or two what changes for users."
	faultEnd     = "blurb stops here: a line with .. alone ends an entry, and nothing follows. Take it out."
	faultTwo     = "A line with .. alone starts another entry, and a file holds one. Put the second one into a file of its own."

	faultIndentedMetadata = "blurb takes the spaces away, and then reads this line, which starts with .., as metadata. The release would break. Start with plain words."
	faultIndentedComment  = "blurb takes the spaces away, and then reads this line, which starts with #, as a comment. The release would break. Start with plain words."
	faultUnstable         = "blurb would not read back what it writes of this text, and the release would break. Write plain paragraphs, without tabs and odd white space."
)

// What Sphinx would trip over, or silently show as something else.
const (
	warnLiteral  = "This `` is never closed, so Sphinx warns and shows it as it is. The closing `` must follow a character that isn't a space, with a space or punctuation after it."
	warnStrong   = "This ** is never closed, so Sphinx warns and shows it as it is. Close it with **, put ``code`` in double backticks, or write \\*\\* for the characters themselves."
	warnEmphasis = "This * is never closed, so Sphinx warns and shows it as it is. Close it with *, put ``code`` in double backticks, or write \\* for the character itself."
	warnBacktick = "This ` is never closed, so Sphinx warns and shows it as it is. Close it with `, or put ``code`` in double backticks."
	warnUneven   = "This has one backtick in front and two behind. Code needs two on both sides: ``code``."
	warnSingle   = "Code needs double backticks: ``code``. To link to something, put a role in front, as in :func:`len`."
)

func warnRole(name string) string {
	return fmt.Sprintf("Sphinx doesn't know the role :%s:, so it would warn and show this as it is. Check the spelling.", shorten(name))
}

func warnRoleColon(name string) string {
	return fmt.Sprintf("This role lacks its second colon, so Sphinx would show it as it is. Write :%s:`…`", shorten(name))
}

func warnRoleStart(name string) string {
	return fmt.Sprintf("This role lacks its first colon. Write :%s:`…`", shorten(name))
}

// The check run of the NEWS rule.
const (
	titleFound     = "NEWS entry found"
	titleFoundMany = "%d NEWS entries found"
	titleMissing   = "No NEWS entry"
	titleSkipped   = "No NEWS entry needed"

	summaryFound     = "The NEWS entries of this pull request are as blurb needs them."
	summaryFaults    = "Each fault has an annotation on its line, with what to do."
	summaryTolerated = "The label %s is set, so nothing is required. These faults would still break the changelog or lose the entry once this is merged."
	summaryWarnings  = "The annotations show what is worth a look, and block nothing."
	summaryRenames   = "These commands mend the paths:\n\n%s"
	summarySkipped   = "The label %s says that no NEWS entry is needed."

	summaryMissing = "A change that users can notice is announced in the changelog, which is made of NEWS entries. This pull request adds none."
	summaryEdited  = "It changes an entry that was there before. That announces nothing new."
	summaryDeleted = "It deletes an entry. If it takes back a change that no release has yet, no new entry is needed."
	summaryOmitted = "GitHub lists only the first %d of the changed files, and %d more were not seen. If an entry is among those, a triager or core developer can set the label %s."
	summaryAdd     = "To add an entry, make this file\n\n%s\n\nwith a sentence or two for users, such as\n\n%s\n\nor let blurb make one:\n\n%s"
	summarySection = "Put one of these in the place of %s: %s."
	summaryIssue   = "Put the number of the issue in the place of NUMBER, and into the title: `gh-NUMBER: Summary`."

	summaryUnneeded = "If users cannot notice the change, as with most of documentation, tests and internals, say so in a comment: a triager or core developer then sets the label %s."
	summaryMore     = "More on entries: %s"

	someText = "Say in a sentence or two what changes for users."
)

// Descriptions of the ABI status, and titles of its part of the check run.
const (
	statusAgree     = "ABI markers agree"
	statusNoMarkers = "No ABI markers"
	statusUnseen    = "ABI marker found, NEWS entry not seen"
	statusMiss      = "ABI marker not exact: see the check run"
	statusNoTitle   = "ABI marker missing in the title"
	statusNoNews    = "ABI marker missing in the NEWS entry"
	statusWarning   = "Warning: "

	titleMarkers  = "ABI markers do not agree"
	titleEvidence = "The ABI may change"
)

// The check run of the ABI rule.
const (
	faultNewsMiss  = "Here is %s, but the marker has to be %s, at the very beginning of the text. If this change does not break the ABI, take it out."
	faultNewsPlace = "%s has to be at the very beginning of the text. If this change does not break the ABI, take it out."
	faultOnlyNews  = "This entry is marked, but the title of the pull request is not. If the change breaks the ABI, the title starts with %s; otherwise take the marker out here."
	faultOnlyTitle = "The title or a commit speaks of an ABI break, and no NEWS entry does. If this is the entry that tells of it, begin its text with %s"
	faultTitleMiss = "The title of the pull request has %s, which is not the marker or not at the start. If the change breaks the ABI, put %s at its start; otherwise take it out there."
	warnEvidence   = "This file describes the ABI. If the change breaks the ABI, start the title with %s and the NEWS entry with %s. If not, nothing has to change."

	summaryAgree     = "Both the summary line and the NEWS entry say that this change breaks the ABI."
	summaryNoMarkers = "Neither the summary line nor a NEWS entry is marked as an ABI break."
	summaryUnseen    = "The summary line is marked as an ABI break. Not all files could be read: please see to it that a NEWS entry begins with %s."
	summaryEvidence  = "A file that describes the ABI changes. If this breaks the ABI, start the title with %s and the NEWS entry with %s. If not, nothing has to change."
	summaryMarkers   = "A change that breaks the ABI is marked twice: with %s at the start of the title, which becomes the summary line, and with %s at the beginning of its NEWS entry. With neither, nothing is asked for."

	summaryTitleMiss  = "The title has %s, which is not the marker or not at the start."
	summaryCommitMiss = "The commit %s has %s, which is not the marker or not at the start. If the title has the marker, it can stay; if nothing breaks the ABI, reword it."
	summaryTitle      = "If the change breaks the ABI, the title is to be:\n\n%s"
	summarySquash     = "A commit has the marker, and the title has not: put %s at the start of the title too, since squashing makes it the summary line."
	summaryNewsMiss   = "In the NEWS entry, put %s at the very beginning of the text, exactly so."
	summaryNews       = "The NEWS entry that tells of it could begin so:\n\n%s"
)

// What the rules are, for the documentation.
const (
	aboutNews = "Requires a NEWS entry, and finds whatever would break the release or lose the entry: directory, name and text. Warns of markup that Sphinx would trip over."
	aboutABI  = "Keeps the ABI markers together: whoever marks the title or a commit marks the NEWS entry too, and the other way round."
)

// noteHelp is the comment that newcomers get once.
const noteHelp = `Thank you for this pull request, and welcome!

Changes that users can notice are announced in the changelog. It is made of small files in %[2]s, one for each change. Such a [NEWS entry](%[1]s) is still missing here.

What to do: open the check run “%[3]s”, copy the file that it shows, put your own words in, and push it to this branch. If users cannot notice the change, say so here, and a triager or core developer will set the label %[4]s.
`

func faultDate(date string) string { return "There is no such day or time as " + date + "." }

func faultIssueLow(number, least int) string {
	return fmt.Sprintf("gh-%d is too low for an issue: blurb takes no number below %d. A number of the old tracker is written bpo-%d.", number, least, number)
}

func faultStart(start string) string {
	return fmt.Sprintf("The text may not start with %q: blurb puts the issue there. Start with what changes.", start)
}

func faultGiven(name string) string {
	return fmt.Sprintf("The path of the file already says the %s, and blurb stops at a second one. Take this line out.", name)
}

func faultTwice(name string) string {
	return fmt.Sprintf("%s is here twice, and blurb stops at the second one. Take one out.", quote(name))
}

func faultRelease(name string) string {
	return fmt.Sprintf("%q is for the file of a whole release. Take this line out.", name)
}

func faultMetadataIssue(name, value string) string {
	return fmt.Sprintf("%s is not a number that blurb takes for %s. Take this line out: the name of the file says the issue.", quote(value), name)
}

func warnMetadata(name string) string {
	return fmt.Sprintf("Lines at the top that start with .. are metadata: %s will not be seen in the changelog. Write the text first, without directives.", quote(name))
}

func faultWrappedEnd(width int) string {
	return fmt.Sprintf("Once the text is wrapped at %d characters, this .. stands alone on a line, which ends the entry. The release would break. Take it out.", width)
}

func warnIssue(entry tracker.Issue, title []tracker.Issue) string {
	var names []string
	for _, i := range title[:min(len(title), 3)] {
		names = append(names, i.String())
	}
	return fmt.Sprintf("The name of the file says %s, the title of the pull request %s. Is that meant?", entry, strings.Join(names, ", "))
}

// maxQuote is how much of what people wrote a message repeats, in characters.
const maxQuote = 60

func shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxQuote {
		return s
	}
	return string([]rune(s[:min(len(s), 4*maxQuote)])[:maxQuote]) + "…"
}

func quote(s string) string { return strconv.Quote(shorten(s)) }

// plural is "1 fault", "2 faults", "1 NEWS entry", "2 NEWS entries".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
