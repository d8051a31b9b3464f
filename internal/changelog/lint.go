package changelog

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
)

// Level is how bad a remark is.
type Level int

const (
	Warns   Level = iota // something may not look as intended
	Spoils               // blurb accepts it, and the changelog shows what it shouldn't
	Rejects              // "blurb release" writes its file, can't read it back, and stops
	Stops                // "blurb release" stops before it writes anything
)

// Breaks reports whether the release stops.
func (l Level) Breaks() bool { return l >= Rejects }

// Remark is what is wrong with the text of an entry, and where.
type Remark struct {
	Line    int
	Level   Level
	Message string
}

// maxRemarks on one file: who has more has another kind of file.
const maxRemarks = 10

// linter finds what blurb would stumble over in the text of an entry, when it reads the
// file, and when it reads again what it wrote for the release.
type linter struct {
	set     config.News
	remarks []Remark
}

// add keeps the first remarks, and one of those that stop blurb in any case.
func (l *linter) add(line int, level Level, message string) {
	r := Remark{line, level, message}
	switch {
	case len(l.remarks) < maxRemarks:
		l.remarks = append(l.remarks, r)
	case level.Breaks() && !l.breaks():
		l.remarks[maxRemarks-1] = r
	}
}

func (l *linter) breaks() bool {
	return slices.ContainsFunc(l.remarks, func(r Remark) bool { return r.Level.Breaks() })
}

// Lint reads an entry. Given are the names of the metadata that its path gives. The
// result has at most ten remarks.
func Lint(set config.News, data []byte, given map[string]bool) []Remark {
	l := &linter{set: set}
	if line := badUTF8(data); line > 0 {
		l.add(line, Stops, faultUTF8)
		return l.remarks
	}
	text, marked := strings.CutPrefix(string(data), ByteOrderMark)
	if marked {
		l.add(1, Spoils, faultBOM)
	}
	if i := bytes.IndexByte(data, 0); i >= 0 {
		l.add(LineOf(string(data[:i])), Spoils, faultNUL)
	}
	l.body(Read(text), given)
	if marked { // blurb takes it for text, so what follows on this line isn't metadata
		exact := linter{set: set}
		exact.body(Read(string(data)), given)
		l.settle(exact.remarks)
	}
	return l.remarks[:min(len(l.remarks), maxRemarks)]
}

func (l *linter) body(b Body, given map[string]bool) {
	l.metadata(b.Metadata, given)
	l.text(b)
}

// settle takes over which of the remarks stop blurb.
func (l *linter) settle(exact []Remark) {
	for i := range l.remarks {
		l.remarks[i].Level = min(l.remarks[i].Level, Spoils)
	}
	for _, r := range exact {
		same := func(mine Remark) bool { return mine.Line == r.Line && mine.Message == r.Message }
		switch i := slices.IndexFunc(l.remarks, same); {
		case !r.Level.Breaks():
		case i >= 0:
			l.remarks[i].Level = r.Level
		default:
			l.remarks = slices.Insert(l.remarks, 0, r)
		}
	}
}

// ByteOrderMark is what some editors put at the start of a file.
const ByteOrderMark = "\ufeff"

// badUTF8 is the line of the first byte that is not UTF-8, 0 for none.
func badUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return LineOf(string(data[:i]))
		}
		i += size
	}
	return 0
}

// metadata may not repeat what the path of the file says: blurb stops there.
func (l *linter) metadata(lines []Metadata, given map[string]bool) {
	seen := map[string]bool{}
	for _, m := range lines {
		switch {
		case !m.Colon:
			l.add(m.Line, Stops, faultNoColon)
		case given[m.Name]:
			l.add(m.Line, Stops, faultGiven(m.Name))
		case seen[m.Name]:
			l.add(m.Line, Stops, faultTwice(m.Name))
		case m.Name == releaseDate, m.Name == noChanges:
			l.add(m.Line, Spoils, faultRelease(m.Name))
		case m.Name == ghIssue, m.Name == bpo:
			if !valid(l.set, m.Name, m.Value) {
				l.add(m.Line, Stops, faultMetadataIssue(m.Name, m.Value))
			}
		default:
			l.add(m.Line, Warns, warnMetadata(m.Name))
		}
		seen[m.Name] = true
	}
}

// valid reports whether blurb takes a value for the number of an issue.
func valid(set config.News, name, value string) bool {
	n, ok := number(value)
	return ok && (name != ghIssue || n >= set.MinGHIssue)
}

// forbidden are the starts that blurb refuses. Python counts the two letters i
// of Turkish as i when case does not matter.
var forbidden = regexp.MustCompile(`(?i)^(?:- |[iıİ]ssue #|bpo-|gh-issue-|gh-)`)

func (l *linter) text(b Body) {
	if b.Lines == nil {
		l.add(1, Stops, faultEmpty)
		return
	}
	text := b.Text(l.set.Width)
	if strings.HasPrefix(text, ByteOrderMark) { // after white space, or a second one
		l.add(b.First, Spoils, faultBOM)
	}
	if start := forbidden.FindString(text); start != "" {
		l.add(b.First, Stops, faultStart(start))
	}
	if len(b.Ends) > 0 {
		if b.More {
			l.add(b.Ends[0], Stops, faultTwo)
		} else {
			l.add(b.Ends[0], Stops, faultEnd)
		}
	}
	again := Read(Reflow(text, l.set.Width))
	switch {
	case len(again.Metadata) > 0:
		l.add(b.First, Rejects, faultIndentedMetadata)
	case len(again.Ends) > 0:
		l.add(b.lonely(), Rejects, faultWrappedEnd(l.set.Width))
	case strings.HasPrefix(text, "#"):
		l.add(b.First, Rejects, faultIndentedComment)
	case again.Text(l.set.Width) != text:
		l.add(b.First, Rejects, faultUnstable)
	}
}

// lonely is the line of a ".." that is to stand alone.
func (b Body) lonely() int {
	i := slices.IndexFunc(b.Lines, func(line string) bool { return slices.Contains(strings.Fields(line), "..") })
	return b.First + max(i, 0)
}
