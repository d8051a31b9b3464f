package glob

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/jsre"
)

// atom of a name: text, or one character of a set, or * for any number of any.
type atom struct {
	text string
	set  jsre.Node
	star bool
}

// atoms reads text without groups.
func (s *scanner) atoms(text string) (all []atom, err error) {
	if err := s.budget.spend(len(text)); err != nil {
		return nil, err
	}
	var run []byte // of characters that stand for themselves
	literal := func(part string) { run = append(run, part...) }
	add := func(a ...atom) {
		if len(run) > 0 {
			all, run = append(all, atom{text: string(run)}), run[:0]
		}
		all = append(all, a...)
	}
	for i := 0; i < len(text); {
		c := text[i]
		_, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case c == '\\' && i+1 < len(text):
			_, size = utf8.DecodeRuneInString(text[i+1:])
			s.tree.bare = s.tree.bare || text[i+1] == '!'
			s.tree.bar = s.tree.bar || text[i+1] == '|'
			literal(text[i+1 : i+1+size])
			i += 1 + size
			continue
		case c == '\\':
			s.notes.note("has a backslash at the end of a name, where it stands for itself")
		case c == '[':
			class, size, err := parseClass(text[i:])
			if err != nil {
				return nil, err
			}
			if size == 0 {
				if err := s.budget.spend(5 * (len(text) - i)); err != nil {
					return nil, err
				}
				s.notes.note("has a [ that isn't closed, so it stands for itself")
				break
			}
			i += size
			s.tree.points = s.tree.points || class.points
			if class.note != "" {
				s.notes.note("%s", class.note)
			}
			if class.single != "" {
				s.tree.bare = s.tree.bare || strings.ContainsAny(class.single, bareCharacters)
				literal(class.single)
				continue
			}
			s.tree.magic = true
			add(atom{set: class.node})
			continue
		case c == '*', c == '?':
			s.tree.magic = true
			if n := len(all); c == '?' || n == 0 || !all[n-1].star || len(run) > 0 {
				add(atom{star: c == '*', set: anything})
			}
			i++
			continue
		}
		s.tree.bare = s.tree.bare || strings.ContainsAny(text[i:i+size], bareCharacters)
		literal(text[i : i+size])
		i += size
	}
	add()
	return all, nil
}

// bareCharacters make an expression of minimatch wrong where they stand beside a
// class like [[:alpha:]].
const bareCharacters = "-,# \t\n\v\f\r\u00a0\ufeff\u2028\u2029\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"

// anything is any character: there are no slashes in a name.
var anything = jsre.Set{Not: true}

// class is one in brackets.
type class struct {
	node   jsre.Node
	points bool   // is a set of code points
	single string // the one character that is in it
	note   string // what isn't as it looks
}

// posix are the classes of [[:name:]].
var posix = map[string]struct {
	ranges []jsre.Range
	tables []*unicode.RangeTable
	others bool // all characters that are not in the tables
}{
	"alnum":  {tables: []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Nd}},
	"alpha":  {tables: []*unicode.RangeTable{unicode.L, unicode.Nl}},
	"ascii":  {ranges: []jsre.Range{{Low: 0, High: 0x7f}}},
	"blank":  {ranges: []jsre.Range{{Low: '\t', High: '\t'}}, tables: []*unicode.RangeTable{unicode.Zs}},
	"cntrl":  {tables: []*unicode.RangeTable{unicode.Cc}},
	"digit":  {tables: []*unicode.RangeTable{unicode.Nd}},
	"graph":  {tables: []*unicode.RangeTable{unicode.Z, unicode.C}, others: true},
	"lower":  {tables: []*unicode.RangeTable{unicode.Ll}},
	"print":  {tables: []*unicode.RangeTable{unicode.C}}, // in minimatch it is those that don't print
	"punct":  {tables: []*unicode.RangeTable{unicode.P}},
	"space":  {ranges: []jsre.Range{{Low: '\t', High: '\r'}}, tables: []*unicode.RangeTable{unicode.Z}},
	"upper":  {tables: []*unicode.RangeTable{unicode.Lu}},
	"word":   {tables: []*unicode.RangeTable{unicode.L, unicode.Nl, unicode.Nd, unicode.Pc}},
	"xdigit": {ranges: []jsre.Range{{Low: 'A', High: 'F'}, {Low: 'a', High: 'f'}, {Low: '0', High: '9'}}},
}

// never is a class that matches nothing, and nothing after it either.
func never(text string) (class, int, error) {
	return class{node: jsre.Set{}, note: "has a class that matches nothing, so the glob matches nothing"}, len(text), nil
}

// parseClass reads the class that a text begins with, and how long it is: 0 where
// it isn't closed.
func parseClass(text string) (c class, size int, err error) {
	var set, others jsre.Set
	members, posixes := 0, 0
	i := 1
	negated := strings.HasPrefix(text[1:], "!") || strings.HasPrefix(text[1:], "^")
	if negated {
		i++
	}
	start := '\x00' // of a range, whose end is still to come
	ranged := false
	for first := true; ; first = false {
		if i >= len(text) {
			return class{}, 0, nil
		}
		if text[i] == ']' && !first {
			break
		}
		if name, found := posixName(text[i:]); found {
			if ranged {
				return never(text)
			}
			p, target := posix[name], &set
			if p.others {
				target = &others
			}
			target.Ranges, target.Tables = append(target.Ranges, p.ranges...), append(target.Tables, p.tables...)
			c.points = c.points || p.tables != nil
			posixes++
			i += len(name) + 4
			continue
		}
		if unknownClass.MatchString(text[i:]) {
			c.note = "has a class like [[:x:]] with an unknown name, so it stands for these characters"
		}
		if text[i] == '\\' {
			if i++; i >= len(text) {
				return class{}, 0, nil
			}
		}
		r, width := utf8.DecodeRuneInString(text[i:])
		if r > 0xffff {
			return class{}, 0, errors.New("has a class with a character beyond U+FFFF, which isn't supported: write alternatives as {a,b}")
		}
		i += width
		rest := text[i:]
		switch {
		case ranged:
			if ranged = false; r < start {
				c.note = "has a range whose ends are out of order, which matches nothing"
			} else {
				set.Ranges = append(set.Ranges, jsre.Range{Low: start, High: r})
				members++
				if r > start {
					members++ // not one character alone
				}
			}
		case strings.HasPrefix(rest, "-]"):
			set.Ranges = append(set.Ranges, jsre.Char(r).Ranges[0], jsre.Char('-').Ranges[0])
			members += 2
			i++
		case strings.HasPrefix(rest, "-"):
			start, ranged = r, true
			i++
		default:
			set.Ranges = append(set.Ranges, jsre.Char(r).Ranges[0])
			members++
		}
	}
	i++
	switch {
	case members+posixes == 0:
		return never(text)
	case members == 1 && posixes == 0 && !negated:
		c.single = string(set.Ranges[0].Low)
		return c, i, nil
	}
	set.Not, others.Not = negated, !negated
	switch {
	case others.Tables == nil:
		c.node = set
	case set.Ranges == nil && set.Tables == nil:
		c.node = others
	default:
		c.node = jsre.Alt{set, others}
	}
	return c, i, nil
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
