package newscheck

import (
	"bytes"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
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

// linter finds what blurb would stumble over in the text of an entry, and what Sphinx
// would stumble over in the changelog.
type linter struct {
	set     config.News
	remarks []remark
	steps   int // of reading inline markup
}

// lint reads the text of the entry that is named n, and gives at most
// maxRemarks.
func (l *linter) lint(data []byte, n name) []remark {
	for _, r := range changelog.Lint(l.set, data, n.given()) {
		l.remarks = append(l.remarks, remark{line: r.Line, harmful: r.Level != changelog.Warns, message: r.Message})
	}
	if utf8.Valid(data) {
		l.markup(readBody(data))
	}
	return l.remarks[:min(len(l.remarks), maxRemarks)]
}

func readBody(data []byte) changelog.Body {
	return changelog.Read(string(bytes.TrimPrefix(data, []byte(changelog.ByteOrderMark))))
}

// given are the names of the metadata that a path gives.
func (n name) given() map[string]bool {
	given := map[string]bool{"section": true, "date": true, "nonce": true}
	switch n.issue.Tracker {
	case "gh":
		given["gh-issue"] = true
	case "bpo":
		given["bpo"] = true
	}
	return given
}

// markup warns of inline markup that Sphinx would warn of, or show as it stands.
// It breaks nothing, and another Sphinx may know more roles.
func (l *linter) markup(b changelog.Body) {
	for _, p := range passages(b.Lines, b.First) {
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
