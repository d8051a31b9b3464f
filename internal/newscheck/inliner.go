package newscheck

import (
	"slices"
	"strings"
	"unicode"
)

// inliner finds in a passage the inline markup that docutils stumbles over, and that
// which it silently takes for something else. It follows the recognition rules of
// docutils ("Inline markup recognition rules", reStructuredText Markup
// Specification), so that no "*args" and no 2 * 3 is taken for markup.
type inliner struct {
	text   []rune
	escape []bool // backslashes that take the meaning of the next character
	from   int    // start of the text not yet read; markup before it cannot matter
	remark func(offset int, message string)
	steps  int // places looked at
}

func newInliner(text []rune, remark func(int, string)) *inliner {
	in := &inliner{text: text, escape: make([]bool, len(text)), remark: remark}
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' {
			in.escape[i] = true
			i++
		}
	}
	return in
}

// step reads what is at a place, and gives the place after it. Text that is not
// closed is read to its end, with a remark each time: who stops after some remarks
// reads a text a few times at most.
func (in *inliner) step(at int) int {
	in.steps++
	if next := in.markup(at); next > at {
		in.from = next
		return next
	}
	return at + 1
}

// markup reads what starts at a place, and gives where the text goes on; at itself
// where nothing starts there.
func (in *inliner) markup(at int) int {
	if !in.opens(at) {
		return at
	}
	double := in.at(at+1) == in.text[at]
	switch in.text[at] {
	case '*':
		if double {
			return in.span(at, "**", warnStrong)
		}
		return in.span(at, "*", warnEmphasis)
	case '`':
		if double {
			return in.span(at, "``", warnLiteral)
		}
		return in.interpreted(at, "", at)
	case ':':
		return in.role(at)
	}
	return at
}

// is reports whether the text goes on like this at a place.
func (in *inliner) is(at int, mark string) bool {
	for i := range len(mark) { // of ASCII
		if in.at(at+i) != rune(mark[i]) {
			return false
		}
	}
	return true
}

// at is the character at a place, 0 outside of the text.
func (in *inliner) at(i int) rune {
	if 0 <= i && i < len(in.text) {
		return in.text[i]
	}
	return 0
}

// opens reports whether markup can start at a place.
func (in *inliner) opens(at int) bool {
	if at == in.from {
		return at == 0 || !in.escape[at-1]
	}
	before := in.text[at-1]
	return !in.escape[at-1] && (unicode.IsSpace(before) || delimiter(before) || opening(before))
}

// closes reports whether markup can end before a place.
func (in *inliner) closes(at int) bool {
	if at == len(in.text) || in.escape[at] {
		return true
	}
	after := in.text[at]
	return unicode.IsSpace(after) || delimiter(after) || closing(after) || strings.ContainsRune(`\.,;!?`, after)
}

// quoted reports whether a start-string stands alone in quotes or brackets, or at
// the text's end: then it means itself.
func (in *inliner) quoted(start, end int) bool {
	return start > in.from && (end == len(in.text) || pair(in.text[start-1], in.text[end]))
}

// end is where the end-string stands that closes what was opened before from, -1 for
// none.
func (in *inliner) end(from int, mark string) int {
	for at := from; at < len(in.text); at++ {
		in.steps++
		if !in.is(at, mark) || !in.closes(at+len(mark)) {
			continue
		}
		switch before := at - 1; {
		case at == from:
			return -1 // with nothing between them docutils looks no further
		case unicode.IsSpace(in.text[before]), in.escape[before] && mark != "``":
		default:
			return at
		}
	}
	return -1
}

// span is markup that is the same at both ends.
func (in *inliner) span(at int, mark, warning string) int {
	after := at + len(mark)
	switch {
	case unicode.IsSpace(in.at(after)):
		return at
	case in.quoted(at, after):
		return after
	}
	end := in.end(after, mark)
	if end < 0 {
		in.remark(at, warning)
		return after
	}
	return end + len(mark)
}

// role reads ":role:`text`", and what is meant as such.
func (in *inliner) role(at int) int {
	after := in.nameEnd(at + 1)
	name := string(in.text[at+1 : after])
	switch {
	case in.at(after) == '`' && knownRole(name) && slices.Contains(in.text[after+1:], '`'):
		in.remark(at, warnRoleColon(name))
	case name != "" && in.at(after) == ':' && in.at(after+1) == '`' && in.at(after+2) != '`':
		return in.interpreted(after+1, name, at)
	}
	return at
}

// maxName of a role, in characters: a name is read again at each colon.
const maxName = 50

// nameEnd is where the simple name ends that starts at a place: letters and digits
// with single marks between them.
func (in *inliner) nameEnd(at int) int {
	end := at
	for i := at; i < min(len(in.text), at+maxName); i++ {
		r := in.text[i]
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			end = i + 1
		case i == end && i > at && strings.ContainsRune("-._+:", r):
		default:
			return end
		}
	}
	return end
}

// interpreted reads "`text`" at a place, with a role before it (that starts at
// start) or behind, or a hyperlink.
func (in *inliner) interpreted(at int, role string, start int) int {
	after := at + 1
	switch {
	case unicode.IsSpace(in.at(after)):
		return start
	case role == "" && in.quoted(at, after):
		return after
	}
	end, next := in.interpretedEnd(after)
	if end < 0 {
		in.remark(at, warnBacktick)
		return after
	}
	suffix := string(in.text[end+1 : next])
	switch {
	case role != "":
		in.known(start, role)
	case strings.HasPrefix(suffix, ":"):
		in.known(end+1, strings.Trim(suffix, ":"))
	case suffix == "": // it is no hyperlink
		in.single(at, end)
	}
	return next
}

// interpretedEnd finds the closing backtick, and where what belongs to it ends: a
// role, or the underscores of a hyperlink. end is -1 for none.
func (in *inliner) interpretedEnd(from int) (end, next int) {
	for at := from; at < len(in.text); at++ {
		in.steps++
		if in.text[at] != '`' || at > from && !in.ending(at-1) {
			continue
		}
		for _, next := range in.suffixes(at + 1) {
			switch {
			case !in.closes(next):
			case at == from:
				return -1, 0
			default:
				return at, next
			}
		}
	}
	return -1, 0
}

// ending reports whether a character can be the last before a closing backtick.
func (in *inliner) ending(at int) bool {
	return !in.escape[at] && (!unicode.IsSpace(in.text[at]) || at > 0 && in.escape[at-1])
}

// suffixes are where that may end which follows a closing backtick, the longest
// first.
func (in *inliner) suffixes(at int) []int {
	ends := make([]int, 0, 4)
	if in.at(at) == ':' {
		if end := in.nameEnd(at + 1); end > at+1 && in.at(end) == ':' {
			ends = append(ends, end+1)
		}
	}
	for _, mark := range []string{"__", "_"} {
		if in.is(at, mark) {
			ends = append(ends, at+len(mark))
		}
	}
	return append(ends, at)
}

// known remarks on a role that Sphinx does not have.
func (in *inliner) known(at int, role string) {
	if !knownRole(role) {
		in.remark(at, warnRole(role))
	}
}

// single remarks on text in single backticks.
func (in *inliner) single(at, end int) {
	word := at
	if in.at(at-1) == ':' {
		for word = at - 1; word > 0 && (unicode.IsLetter(in.text[word-1]) || in.text[word-1] == ':'); word-- {
		}
	}
	switch name := string(in.text[word:max(word, at-1)]); {
	case in.text[end-1] == '`':
		in.remark(at, warnUneven)
	case name != "" && knownRole(name):
		in.remark(word, warnRoleStart(name))
	default:
		in.remark(at, warnSingle)
	}
}
