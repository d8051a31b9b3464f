package newscheck

import (
	"bytes"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// remark is what is wrong with the text of an entry, and where.
type remark struct {
	line    int
	column  int  // in characters, counted from 1; 0 is the whole line
	harmful bool // it would break the release, or the changelog
	message string
}

// maxRemarks on one file: who has more has another kind of file.
const maxRemarks = 10

// linter finds what blurb would stumble over in the text of an entry, when it
// reads the file, and when it reads again what it wrote for the release; and what
// Sphinx would stumble over then.
type linter struct {
	width      int
	minGHIssue int
	remarks    []remark
	steps      int // of reading inline markup
}

func (l *linter) add(line int, message string) {
	l.remarks = append(l.remarks, remark{line: line, harmful: true, message: message})
}

// lint reads the text of the entry that is named n, and gives at most
// maxRemarks.
func (l *linter) lint(data []byte, n name) []remark {
	if line := badUTF8(data); line > 0 {
		l.add(line, faultUTF8)
		return l.remarks
	}
	text, marked := strings.CutPrefix(string(data), byteOrderMark)
	if marked {
		l.add(1, faultBOM)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		l.add(lineOf(string(data[:i])), faultNUL)
	}
	b := readBody(text)
	l.metadata(b.metadata, n)
	l.text(b)
	l.markup(b)
	return l.remarks[:min(len(l.remarks), maxRemarks)]
}

const byteOrderMark = "\ufeff"

// badUTF8 is the line of the first byte that is not UTF-8, 0 for none.
func badUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return lineOf(string(data[:i]))
		}
		i += size
	}
	return 0
}

// lineOf is the line on which the text after before starts.
func lineOf(before string) int { return 1 + strings.Count(newlines.Replace(before), "\n") }

// metadata may not repeat what the name of the file says: blurb stops there.
func (l *linter) metadata(lines []metadata, n name) {
	given := map[string]bool{"section": true, "date": true, "nonce": true}
	switch n.issue.Tracker {
	case "gh":
		given["gh-issue"] = true
	case "bpo":
		given["bpo"] = true
	}
	seen := map[string]bool{}
	for _, m := range lines {
		if len(l.remarks) >= maxRemarks {
			return
		}
		switch {
		case !m.colon:
			l.add(m.line, faultNoColon)
		case given[m.name]:
			l.add(m.line, faultGiven(m.name))
		case seen[m.name]:
			l.add(m.line, faultTwice(m.name))
		case m.name == "release date", m.name == "no changes":
			l.add(m.line, faultRelease(m.name))
		case m.name == "gh-issue", m.name == "bpo":
			if number, err := strconv.Atoi(m.value); err != nil || m.name == "gh-issue" && number < l.minGHIssue {
				l.add(m.line, faultMetadataIssue(m.name, m.value))
			}
		default:
			l.remarks = append(l.remarks, remark{line: m.line, message: warnMetadata(m.name)})
		}
		seen[m.name] = true
	}
}

// forbidden are the starts that blurb refuses. Python counts the two letters i
// of Turkish as i when case does not matter.
var forbidden = regexp.MustCompile(`(?i)^(?:- |[iıİ]ssue #|bpo-|gh-issue-|gh-)`)

func (l *linter) text(b body) {
	if b.lines == nil {
		l.add(1, faultEmpty)
		return
	}
	text := b.text(l.width)
	if strings.HasPrefix(text, byteOrderMark) { // after white space, or a second one
		l.add(b.first, faultBOM)
	}
	if start := forbidden.FindString(text); start != "" {
		l.add(b.first, faultStart(start))
	}
	if len(b.ends) > 0 {
		if b.more {
			l.add(b.ends[0], faultTwo)
		} else {
			l.add(b.ends[0], faultEnd)
		}
	}
	again := readBody(reflow(text, l.width))
	switch {
	case len(again.metadata) > 0:
		l.add(b.first, faultIndentedMetadata)
	case len(again.ends) > 0:
		l.add(b.lonely(), faultWrappedEnd(l.width))
	case strings.HasPrefix(text, "#"):
		l.add(b.first, faultIndentedComment)
	case again.text(l.width) != text:
		l.add(b.first, faultUnstable)
	}
}

// markup warns of inline markup that Sphinx would warn of, or show as it stands.
// It breaks nothing, and another Sphinx may know more roles.
func (l *linter) markup(b body) {
	for _, p := range passages(b.lines, b.first) {
		in := newInliner(p.runes(), func(offset int, message string) {
			line, column := p.position(offset)
			l.remarks = append(l.remarks, remark{line: line, column: column, message: message})
		})
		for at := 0; at < len(in.text) && len(l.remarks) < maxRemarks; {
			at = in.step(at)
		}
		l.steps += in.steps
	}
}

// lonely is the line of a ".." that is to stand alone.
func (b body) lonely() int {
	i := slices.IndexFunc(b.lines, func(line string) bool { return slices.Contains(strings.Fields(line), "..") })
	return b.first + max(i, 0)
}
