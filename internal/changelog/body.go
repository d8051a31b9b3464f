package changelog

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
)

// Body is an entry's text as blurb reads it: metadata and comments at the top, then the
// lines of the text, up to a line that is ".." alone.
type Body struct {
	Metadata []Metadata
	First    int      // line of the text's first line, counted from 1
	Lines    []string // of the text; none for an empty entry
	Ends     []int    // lines that are ".." alone
	More     bool     // there is text after the first of them
}

// Metadata is a line ".. name: value" at the top.
type Metadata struct {
	Line        int
	Name, Value string // Name in lower case
	Colon       bool   // blurb stops at a line without one
}

// newlines reads every end of a line as Python does in text mode.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// Read reads the text of a file with one entry.
func Read(text string) Body {
	var b Body
	number := 0
	for line := range strings.SplitSeq(newlines.Replace(text), "\n") {
		number++
		line = trimRight(line)
		switch {
		case b.Lines == nil && strings.HasPrefix(line, ".."):
			name, value, colon := strings.Cut(line[2:], ":")
			b.Metadata = append(b.Metadata, Metadata{number, trim(lower(name)), trim(value), colon})
		case b.Lines == nil && (line == "" || strings.HasPrefix(line, "#")):
		case line == "..":
			b.Ends = append(b.Ends, number)
		case len(b.Ends) > 0:
			b.More = b.More || line != ""
		default:
			if b.Lines == nil {
				b.First = number
			}
			b.Lines = append(b.Lines, line)
		}
	}
	return b
}

// lower is Python's str.lower, which knows more than one character at a time.
func lower(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return strings.ToLower(s)
	}
	return cases.Lower(language.Und).String(s)
}

// Text of the entry as it goes into the file of a release; "" for none.
func (b Body) Text(width int) string {
	if b.Lines == nil {
		return ""
	}
	return Reflow(b.Raw(), width)
}

// Raw is the text as it was written, from line First on.
func (b Body) Raw() string { return strings.Join(b.Lines, "\n") }

// LineOf is the line on which the text after before starts.
func LineOf(before string) int { return 1 + strings.Count(newlines.Replace(before), "\n") }
