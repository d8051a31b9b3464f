package markdown

import (
	"regexp"
	"strings"
	"unicode/utf8"

	md "rsc.io/markdown"
)

// What is read of one text. Beyond these it isn't read at all: a part of it could
// mean something else than the whole.
const (
	// maxCharacters of a comment or a body ("body is too long (maximum is 65536
	// characters)", GitHub's answer to a longer one).
	maxCharacters = 65536
	// maxMarks of quotes and list items in one line. Each is a level of recursion.
	// GitHub stops at 100 lists (cmark-gfm, MAX_LIST_DEPTH).
	maxMarks = 1000
	// maxSteps is the sum over all lines of how deep they may be nested: what the
	// parser does with each line takes as many steps as containers are open.
	maxSteps = 2_000_000
	// maxCells of tables: the parser fills rows that are too short. Tables in which
	// every row is complete can't have as many. GitHub stops at 500,000 (cmark-gfm,
	// MAX_AUTOCOMPLETED_CELLS).
	maxCells = 100_000
)

// parse is nil for a text that costs too much, or that the parser breaks on.
func parse(body string) (d *md.Document) {
	if !fits(body) {
		return nil
	}
	defer func() {
		if recover() != nil { // a fault of the parser must not cost more than this text
			d = nil
		}
	}()
	// Autolinks and task lists are left out: they change no text.
	p := md.Parser{Strikethrough: true, Table: true, Footnote: true}
	return p.Parse(footnoteSafe(strings.TrimPrefix(body, byteOrderMark)))
}

// noFootnote is a line that begins with a footnote's mark without a colon behind it.
var noFootnote = regexp.MustCompile(`(?m)^((?:[ \t>*+\-0-9.)]|\[\^[^\]\s]*\]:)*)\[\^([^\]\s]*\](?:[^:]|$))`)

// footnoteSafe puts a backslash before such marks: the parser would take them for a
// footnote's beginning, or read beyond the line. Lines keep their numbers.
func footnoteSafe(body string) string {
	if !strings.Contains(body, "[^") {
		return body
	}
	return noFootnote.ReplaceAllString(body, `$1\[^$2`)
}

// byteOrderMark before a text is no part of it.
const byteOrderMark = "\ufeff"

// fits reports whether a text is within the bounds. It reads each byte a few times.
func fits(body string) bool {
	if len(body) > maxCharacters && utf8.RuneCountInString(body) > maxCharacters {
		return false
	}
	var m measure
	for line := range strings.Lines(newlines.Replace(body)) {
		if !m.line(strings.TrimRight(line, " \t\n")) {
			return false
		}
	}
	return true
}

// newlines are those of Markdown.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// measure is how much a text may cost the parser, line by line.
type measure struct {
	depth   int // containers that may be open
	steps   int
	columns int    // of the table that may be open
	cells   int    // of all tables
	before  string // the line before
}

// line reports whether a text is within the bounds still.
func (m *measure) line(line string) bool {
	width, marks := prefix(line)
	// An item takes two columns at least, a quote has its own mark in each line.
	if depth := width/2 + marks; m.before == "" && line != "" {
		m.depth = depth
	} else {
		m.depth = max(m.depth, depth) // a blank line closes no list, and a paragraph may go on without marks
	}
	m.steps += m.depth + 1

	switch {
	case line == "":
		m.columns = 0
	case delimits(line):
		m.columns = max(m.columns, 1+strings.Count(m.before, "|"))
	}
	m.cells += m.columns
	m.before = line
	return marks <= maxMarks && m.steps <= maxSteps && m.cells <= maxCells
}

// prefix is how far a line is indented, in columns, and how many marks of quotes and
// list items it begins with. There may be fewer: some are code.
func prefix(line string) (width, marks int) {
	for at := 0; at < len(line); {
		switch line[at] {
		case ' ':
			width++
			at++
		case '\t':
			width += 4
			at++
		case '>':
			marks++
			at++
		default:
			end := itemMark(line, at)
			if end == 0 {
				return width, marks
			}
			marks++
			at = end
		}
	}
	return width, marks
}

// itemMark is where a list item's mark that begins at a place ends; 0 where there is
// none.
func itemMark(line string, at int) int {
	end := at + 1
	if !strings.ContainsRune("-*+", rune(line[at])) {
		for end = at; end < len(line) && end < at+9 && '0' <= line[end] && line[end] <= '9'; end++ {
		}
		if end == at || end == len(line) || line[end] != '.' && line[end] != ')' {
			return 0
		}
		end++
	}
	if end < len(line) && line[end] != ' ' && line[end] != '\t' {
		return 0
	}
	return end
}

// delimits reports whether a line may be the one below a table's header.
func delimits(line string) bool {
	return strings.Contains(line, "-") && strings.Trim(line, "|:-> \t\v\f*+0123456789.)") == ""
}
