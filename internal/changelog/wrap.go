package changelog

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// tab is the distance of tab stops, in characters.
const tab = 8

// Reflow lays out the text of an entry as blurb does, to lines of at most width
// characters where words allow: paragraph by paragraph, but for lists and what
// follows "::". blurb lays a paragraph out twice, since the first time may
// change the white space in it.
func Reflow(text string, width int) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		lines[i] = trimRight(line)
	}
	paragraphs := strings.Split(trimRight(strings.Join(lines, "\n")), "\n\n")
	literal := false
	for i, p := range paragraphs {
		if !literal && !startsList(p) {
			p = wrap(wrap(p, width), width)
			paragraphs[i] = p
		}
		literal = strings.HasSuffix(p, "::")
	}
	return trimRight(strings.Join(paragraphs, "\n\n")) + "\n"
}

func startsList(paragraph string) bool {
	return strings.HasPrefix(paragraph, "* ") || strings.HasPrefix(paragraph, "1. ") || strings.HasPrefix(paragraph, "#. ")
}

// wrap fills lines as Python's textwrap does when it breaks neither long words
// nor at hyphens. White space within a line stays as it is.
func wrap(paragraph string, width int) string {
	chunks := split(ExpandTabs(trim(paragraph)))
	var lines []string
	for len(chunks) > 0 {
		if len(lines) > 0 && blank(chunks[0]) {
			chunks = chunks[1:]
		}
		n, length := 0, 0
		for n < len(chunks) {
			l := utf8.RuneCountInString(chunks[n])
			if length+l > width {
				break
			}
			n, length = n+1, length+l
		}
		if n == 0 && len(chunks) > 0 {
			n = 1 // a word that fits nowhere has a line of its own
		}
		line := chunks[:n]
		chunks = chunks[n:]
		if n > 0 && blank(line[n-1]) {
			line = line[:n-1]
		}
		if len(line) > 0 {
			lines = append(lines, strings.Join(line, ""))
		}
	}
	return trimRight(strings.Join(lines, "\n"))
}

// split cuts the text into words and the white space between them.
func split(text string) []string {
	var chunks []string
	start := 0
	for i := 1; i <= len(text); i++ {
		if i == len(text) || (text[i] == ' ') != (text[i-1] == ' ') {
			chunks = append(chunks, text[start:i])
			start = i
		}
	}
	return chunks
}

// ExpandTabs makes every white space of ASCII spaces.
func ExpandTabs(text string) string {
	var b strings.Builder
	column := 0
	for i, r := range text {
		switch r {
		case '\t':
			n := tab - column%tab
			b.WriteString(strings.Repeat(" ", n))
			column += n
		case '\n', '\r':
			b.WriteByte(' ')
			column = 0
		case '\v', '\f':
			b.WriteByte(' ')
			column++
		default:
			_, size := utf8.DecodeRuneInString(text[i:])
			b.WriteString(text[i : i+size])
			column++
		}
	}
	return b.String()
}

// isSpace is white space as Python's str.strip has it: Unicode's, and the four
// separators of ASCII.
func isSpace(r rune) bool { return unicode.IsSpace(r) || '\x1c' <= r && r <= '\x1f' }

func trim(s string) string { return strings.TrimFunc(s, isSpace) }

func trimRight(s string) string { return strings.TrimRightFunc(s, isSpace) }

func blank(s string) bool { return trim(s) == "" }
