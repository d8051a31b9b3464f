package changelog

import (
	"fmt"
	"strconv"
	"unicode/utf8"
)

// What is wrong with the text of an entry.
const (
	faultUTF8 = "This line isn't UTF-8, so blurb can't read the file. Save it as UTF-8."
	faultBOM  = "The file starts with a byte order mark, which would end up in the changelog. Save it as UTF-8 without one."
	faultNUL  = "This line has a NUL byte, which would end up in the changelog. Remove it."

	faultNoColon = "blurb stops here: a line at the top that starts with .. must be \".. name: value\". Start with the text, without " +
		"directives."
	faultEmpty = "The entry has no text. Describe the change for users in a sentence or two."
	faultEnd   = "blurb stops here: a line with only .. ends an entry, and nothing follows it. Remove the line."
	faultTwo   = "A line with only .. starts another entry, and a file holds just one. Move the second entry to its own file."

	faultIndentedMetadata = "blurb strips the leading spaces and then reads this line as metadata because it starts with .., which would " +
		"break the release. Start with plain text."
	faultIndentedComment = "blurb strips the leading spaces and then reads this line as a comment because it starts with #, which would " +
		"break the release. Start with plain text."
	faultUnstable = "blurb couldn't read this text back after writing it, which would break the release. Write plain paragraphs, " +
		"without tabs or unusual whitespace."
)

// What is wrong with the path of an entry, or with its file.
const (
	faultNotFound = "blurb only reads files whose names end in .rst and don't start with a dot, so it would silently leave this one out. " +
		"Rename it, or delete it if it isn't an entry."
	faultDepth = "blurb only reads files directly in a section's directory, so it would silently leave this one out. Move it to its " +
		"section's directory."
	faultDirectory = "This is a directory where blurb expects an entry, and it stops there. Move what's inside, and remove it."
	faultUnread    = "I couldn't read this file, so I don't know what blurb would do with it."
	faultSymlink   = "This is a symbolic link, and I don't know what blurb would find there. Replace it with a regular file."

	faultFields     = "The file name must be DATE.gh-issue-NUMBER.NONCE.rst: blurb stops at one with fewer parts."
	faultNameNumber = "The file name says bpo-%s, and blurb stops at what isn't a number. Rename the file."
	faultNameBytes  = "The file name has characters that blurb can't write into the changelog, so it stops. Rename the file."
	faultNoChanges  = "This entry comes first and says that there were no changes, so the changelog would show no other entry of this " +
		"release. Remove the line \".. no changes\"."
)

func faultSection(directory string) string {
	return fmt.Sprintf("%s isn't a section's directory, so blurb would silently leave this entry out. Move it to its section's directory.",
		Quote(directory))
}

func faultField(field string) string {
	return fmt.Sprintf("blurb stops at this file name: %s should be gh-issue-NUMBER or bpo-NUMBER. Rename the file.", Quote(field))
}

func faultNameIssue(value string, least int) string {
	return fmt.Sprintf("The file name says gh-issue-%s, and blurb stops at what isn't a number from %d on. Rename the file.", Quote(value),
		least)
}

func faultStart(start string) string {
	return fmt.Sprintf("The text can't start with %q, because blurb adds the issue there. Start by describing the change.", start)
}

func faultGiven(name string) string {
	return fmt.Sprintf("The file's path already gives the %s, and blurb stops at a second one. Remove this line.", name)
}

func faultTwice(name string) string {
	return fmt.Sprintf("%s appears twice, and blurb stops at the second one. Remove one of them.", Quote(name))
}

func faultRelease(name string) string {
	return fmt.Sprintf("%q belongs in the file for a whole release. Remove this line.", name)
}

func faultMetadataIssue(name, value string) string {
	return fmt.Sprintf("blurb doesn't accept %s as the number for %s. Remove this line: the file name already gives the issue.", Quote(value),
		name)
}

func warnMetadata(name string) string {
	return fmt.Sprintf("Lines at the top that start with .. are metadata, so %s won't appear in the changelog. Start with the text, "+
		"without directives.", Quote(name))
}

func faultWrappedEnd(width int) string {
	return fmt.Sprintf("When blurb wraps the text at %d characters, this .. ends up alone on a line and ends the entry, which would break "+
		"the release. Remove it.", width)
}

// maxQuote is how much of what people wrote a message repeats, in characters.
const maxQuote = 60

// Shorten cuts a long text off.
func Shorten(s string) string {
	if utf8.RuneCountInString(s) <= maxQuote {
		return s
	}
	return string([]rune(s[:min(len(s), 4*maxQuote)])[:maxQuote]) + "…"
}

// Quote is a short text in quotes, with what can't be seen written out.
func Quote(s string) string { return strconv.Quote(Shorten(s)) }
