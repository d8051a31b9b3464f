package glob

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/jsre"
)

// atom of a name: text, one character of a set, or * for any text.
type atom struct {
	text string
	set  jsre.Node
	star bool
}

// atomReader collects the atoms of a text without groups.
type atomReader struct {
	*scanner
	all []atom
	run []byte // characters that stand for themselves, not in all yet
}

func (s *scanner) atoms(text string) ([]atom, error) {
	if err := s.budget.spend(len(text)); err != nil {
		return nil, err
	}
	r := atomReader{scanner: s}
	for i := 0; i < len(text); {
		size, err := r.next(text[i:])
		if err != nil {
			return nil, err
		}
		i += size
	}
	r.add()
	return r.all, nil
}

func (r *atomReader) add(a ...atom) {
	if len(r.run) > 0 {
		r.all, r.run = append(r.all, atom{text: string(r.run)}), r.run[:0]
	}
	r.all = append(r.all, a...)
}

// literal adds text that stands for itself.
func (r *atomReader) literal(text string) {
	r.tree.bare = r.tree.bare || strings.ContainsAny(text, bareCharacters)
	r.run = append(r.run, text...)
}

// next reads the start of a text, and returns its size.
func (r *atomReader) next(text string) (size int, err error) {
	switch {
	case text[0] == '\\' && len(text) > 1:
		_, size = utf8.DecodeRuneInString(text[1:])
		r.tree.bare = r.tree.bare || text[1] == '!'
		r.tree.bar = r.tree.bar || text[1] == '|'
		r.run = append(r.run, text[1:1+size]...)
		return 1 + size, nil
	case text[0] == '\\':
		r.notes.note("has a backslash at the end of a name, where it stands for itself")
	case text[0] == '[':
		if size, err := r.class(text); size > 0 || err != nil {
			return size, err
		}
	case text[0] == '*', text[0] == '?':
		r.wildcard(text[0] == '*')
		return 1, nil
	}
	_, size = utf8.DecodeRuneInString(text)
	r.literal(text[:size])
	return size, nil
}

// wildcard adds * or ?. More stars after a star change nothing.
func (r *atomReader) wildcard(star bool) {
	r.tree.magic = true
	if n := len(r.all); !star || n == 0 || !r.all[n-1].star || len(r.run) > 0 {
		r.add(atom{star: star, set: anything})
	}
}

// class reads a class in brackets, and returns its size, or 0 if it isn't closed.
func (r *atomReader) class(text string) (size int, err error) {
	class, size, err := parseClass(text)
	if err != nil {
		return 0, err
	}
	if size == 0 {
		err := r.budget.spend(5 * len(text))
		if err == nil {
			r.notes.note("has a [ that isn't closed, so it stands for itself")
		}
		return 0, err
	}
	r.tree.points = r.tree.points || class.points
	if class.note != "" {
		r.notes.note("%s", class.note)
	}
	if class.single != "" {
		r.literal(class.single)
		return size, nil
	}
	r.tree.magic = true
	r.add(atom{set: class.node})
	return size, nil
}

// bareCharacters make minimatch's expression wrong if they're beside a class like
// [[:alpha:]].
const bareCharacters = "-,# \t\n\v\f\r\u00a0\ufeff\u2028\u2029\u1680" +
	"\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

// anything is any character: names have no slashes.
var anything = jsre.Set{Not: true}

// class is one in brackets.
type class struct {
	node   jsre.Node
	points bool   // it's a set of code points
	single string // its only character
	note   string // what isn't what it looks like
}

// posix are the classes of [[:name:]].
var posix = map[string]struct {
	ranges []jsre.Range
	tables []*unicode.RangeTable
	others bool // all characters outside of the tables
}{
	"alnum":  {tables: []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Nd}},
	"alpha":  {tables: []*unicode.RangeTable{unicode.L, unicode.Nl}},
	"ascii":  {ranges: []jsre.Range{{Low: 0, High: 0x7f}}},
	"blank":  {ranges: []jsre.Range{{Low: '\t', High: '\t'}}, tables: []*unicode.RangeTable{unicode.Zs}},
	"cntrl":  {tables: []*unicode.RangeTable{unicode.Cc}},
	"digit":  {tables: []*unicode.RangeTable{unicode.Nd}},
	"graph":  {tables: []*unicode.RangeTable{unicode.Z, unicode.C}, others: true},
	"lower":  {tables: []*unicode.RangeTable{unicode.Ll}},
	"print":  {tables: []*unicode.RangeTable{unicode.C}}, // minimatch has it the wrong way round
	"punct":  {tables: []*unicode.RangeTable{unicode.P}},
	"space":  {ranges: []jsre.Range{{Low: '\t', High: '\r'}}, tables: []*unicode.RangeTable{unicode.Z}},
	"upper":  {tables: []*unicode.RangeTable{unicode.Lu}},
	"word":   {tables: []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Nd, unicode.Pc}},
	"xdigit": {ranges: []jsre.Range{{Low: 'A', High: 'F'}, {Low: 'a', High: 'f'}, {Low: '0', High: '9'}}},
}

// never is a class that matches nothing, so what follows it doesn't matter.
func never(text string) (class, int, error) {
	return class{node: jsre.Set{}, note: "has a class that matches nothing, so the glob matches nothing"}, len(text), nil
}

// classReader reads a class in brackets.
type classReader struct {
	class
	text        string
	at          int      // where it reads in text
	set, others jsre.Set // others matches what isn't in its tables
	members     int      // characters in set, more than one for a range
	posixes     int      // classes like [:alpha:]
	negated     bool
	ranged      bool // after start and a dash: the end of the range comes next
	start       rune
}

// parseClass reads the class that a text begins with, and returns its size, or 0 if
// it isn't closed.
func parseClass(text string) (c class, size int, err error) {
	r := classReader{text: text, at: 1}
	if r.negated = strings.HasPrefix(text[1:], "!") || strings.HasPrefix(text[1:], "^"); r.negated {
		r.at++
	}
	for first := true; first || !strings.HasPrefix(text[r.at:], "]"); first = false {
		if r.at >= len(text) {
			return class{}, 0, nil
		}
		if name, found := posixName(text[r.at:]); found {
			if r.ranged {
				return never(text)
			}
			r.posix(name)
			continue
		}
		char, found, err := r.char()
		if err != nil || !found {
			return class{}, 0, err
		}
		r.member(char)
	}
	r.at++
	return r.end()
}

// posix adds a class like [:alpha:].
func (r *classReader) posix(name string) {
	p, target := posix[name], &r.set
	if p.others {
		target = &r.others
	}
	target.Ranges, target.Tables = append(target.Ranges, p.ranges...), append(target.Tables, p.tables...)
	r.points = r.points || p.tables != nil
	r.posixes++
	r.at += len(name) + 4
}

// char reads one character. It finds none after a backslash at the end.
func (r *classReader) char() (char rune, found bool, err error) {
	if unknownClass.MatchString(r.text[r.at:]) {
		r.note = "has an unknown class like [[:x:]], which stands for these characters"
	}
	if r.text[r.at] == '\\' {
		if r.at++; r.at >= len(r.text) {
			return 0, false, nil
		}
	}
	char, width := utf8.DecodeRuneInString(r.text[r.at:])
	if char > 0xffff {
		return 0, false, errors.New("has a class with a character beyond U+FFFF, which isn't supported: write alternatives as {a,b}")
	}
	r.at += width
	return char, true, nil
}

// member adds a character, alone or as one end of a range.
func (r *classReader) member(char rune) {
	rest := r.text[r.at:]
	switch {
	case r.ranged && char < r.start:
		r.ranged, r.note = false, "has a range whose ends are out of order, which matches nothing"
	case r.ranged:
		r.set.Ranges = append(r.set.Ranges, jsre.Range{Low: r.start, High: char})
		r.members++
		if char > r.start {
			r.members++
		}
		r.ranged = false
	case strings.HasPrefix(rest, "-]"):
		r.set.Ranges = append(r.set.Ranges, jsre.Char(char).Ranges[0], jsre.Char('-').Ranges[0])
		r.members += 2
		r.at++
	case strings.HasPrefix(rest, "-"):
		r.start, r.ranged = char, true
		r.at++
	default:
		r.set.Ranges = append(r.set.Ranges, jsre.Char(char).Ranges[0])
		r.members++
	}
}

func (r *classReader) end() (class, int, error) {
	switch {
	case r.members+r.posixes == 0:
		return never(r.text)
	case r.members == 1 && r.posixes == 0 && !r.negated:
		r.single = string(r.set.Ranges[0].Low)
		return r.class, r.at, nil
	}
	r.set.Not, r.others.Not = r.negated, !r.negated
	switch {
	case r.others.Tables == nil:
		r.node = r.set
	case r.set.Ranges == nil && r.set.Tables == nil:
		r.node = r.others
	default:
		r.node = jsre.Alt{r.set, r.others}
	}
	return r.class, r.at, nil
}

var unknownClass = regexp.MustCompile(`^\[:[a-z]*:\]`)

// posixName reads [:name:].
func posixName(text string) (name string, found bool) {
	rest, open := strings.CutPrefix(text[:min(len(text), len("[:xdigit:]"))], "[:")
	name, _, closed := strings.Cut(rest, ":]")
	if _, known := posix[name]; !open || !closed || !known {
		return "", false
	}
	return name, true
}
