package newscheck

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/changelog"
)

// A passage is text within which inline markup must begin and end, as docutils
// divides a document ("Body Elements", reStructuredText Markup Specification): a
// paragraph, or that of a list's item.
type passage []passageLine

// passageLine is what a line gives to its passage.
type passageLine struct {
	line, column int // where the text starts, both counted from 1, column in characters
	text         string
}

// passages divides the lines of a text, the first of which is line first of the
// file. Code, comments, directives with what they contain, and tables have
// none: what cannot be judged for certain is left alone.
func passages(lines []string, first int) []passage {
	d := divider{lines: lines, first: first}
	for d.at < len(d.lines) {
		d.block()
	}
	return d.found
}

type divider struct {
	lines []string
	first int
	at    int // the line to look at
	found []passage
}

// look is the line's indentation, in columns, and its text.
func (d *divider) look() (indent int, text string) {
	line := d.lines[d.at]
	text = strings.TrimLeft(line, " \t")
	return utf8.RuneCountInString(changelog.ExpandTabs(line[:len(line)-len(text)])), text
}

func (d *divider) block() {
	indent, text := d.look()
	switch {
	case text == "":
		d.at++
	case explicit(text):
		d.at++
		d.skipDeeper(indent)
	case strings.HasPrefix(text, ">>> "), ruled(text):
		d.skipBlock()
	default:
		d.paragraph()
	}
}

// explicit reports whether a line starts a directive, a comment, a footnote, or a
// hyperlink's target.
func explicit(text string) bool {
	return text == ".." || strings.HasPrefix(text, ".. ") || strings.HasPrefix(text, "__ ")
}

// ruled reports whether a line is a table's border, or stands under a title.
func ruled(text string) bool {
	const marks = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
	return len(text) >= 3 && strings.Contains(marks, text[:1]) && (strings.Trim(text, text[:1]) == "" || strings.Trim(text, "=+- ") == "")
}

// skipDeeper leaves out what is indented by more than indent.
func (d *divider) skipDeeper(indent int) {
	for d.at < len(d.lines) {
		if at, text := d.look(); text != "" && at <= indent {
			return
		}
		d.at++
	}
}

// skipBlock leaves out everything to the next blank line.
func (d *divider) skipBlock() {
	for d.at < len(d.lines) && d.lines[d.at] != "" {
		d.at++
	}
}

// marker starts an item of a list, a field, or a line in a block of lines. CPython has
// switched off lists that count in letters (Doc/tools/extensions/pyspecific.py).
var marker = regexp.MustCompile(`^(?:(?:[-*+•‣⁃|]|\(?(?:[0-9]+|#)[.)])(?: +|$)|:[A-Za-z][^:]*:(?: +|$))`)

// numbered are the markers that count. Where the next line goes on as a paragraph's
// does, the number is a part of the sentence.
var numbered = regexp.MustCompile(`^\(?(?:[0-9]+|#)[.)]`)

// goesOn reports whether the next line is one of the same paragraph, if this is one.
func (d *divider) goesOn(indent int) bool {
	if d.at+1 == len(d.lines) {
		return false
	}
	next := divider{lines: d.lines, at: d.at + 1}
	at, text := next.look()
	return text != "" && at == indent && !marker.MatchString(text)
}

func (d *divider) paragraph() {
	indent, text := d.look()
	line := d.lines[d.at]
	left := indent
	inSentence := numbered.MatchString(text) && d.goesOn(indent)
	for mark := marker.FindString(text); mark != "" && !inSentence; mark = marker.FindString(text) {
		left += utf8.RuneCountInString(mark)
		text = text[len(mark):]
		if explicit(text) {
			d.at++
			d.skipDeeper(indent)
			return
		}
	}
	var p passage
	for {
		column := utf8.RuneCountInString(line[:len(line)-len(text)]) + 1
		p = append(p, passageLine{line: d.first + d.at, column: column, text: text})
		if d.at++; d.at == len(d.lines) {
			break
		}
		line = d.lines[d.at]
		var at int
		at, text = d.look()
		if left > indent && len(p) == 1 && at > indent { // a field's text may start anywhere
			left = at
		}
		if text == "" || at != left || ruled(text) {
			break
		}
	}
	d.found = append(d.found, p)
	if strings.HasSuffix(p[len(p)-1].text, "::") {
		d.skipLiteral(left)
	}
}

// skipLiteral leaves out the block after "::", which is indented, or quoted with a
// mark at the start of each line.
func (d *divider) skipLiteral(indent int) {
	for d.at < len(d.lines) && d.lines[d.at] == "" {
		d.at++
	}
	if d.at == len(d.lines) {
		return
	}
	if at, text := d.look(); at > indent {
		d.skipDeeper(indent)
	} else if at == indent && ruled(strings.Repeat(text[:1], 3)) {
		for d.at < len(d.lines) && strings.HasPrefix(strings.TrimLeft(d.lines[d.at], " \t"), text[:1]) {
			d.at++
		}
	}
}

// runes are the passage's characters, its lines joined.
func (p passage) runes() []rune {
	var all []rune
	for i, l := range p {
		if i > 0 {
			all = append(all, '\n')
		}
		all = append(all, []rune(l.text)...)
	}
	return all
}

// position is the line and column of the character at an offset in runes.
func (p passage) position(offset int) (line, column int) {
	at := slices.IndexFunc(p, func(l passageLine) bool {
		length := utf8.RuneCountInString(l.text)
		if offset <= length {
			return true
		}
		offset -= length + 1
		return false
	})
	return p[at].line, p[at].column + offset
}
