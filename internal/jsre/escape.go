package jsre

import (
	"errors"
	"fmt"
	"slices"
)

var (
	lineBreaks = []Range{{'\n', '\n'}, {'\r', '\r'}, {0x2028, 0x2029}}
	digits     = Set{Ranges: []Range{{'0', '9'}}}
	words      = Set{Ranges: []Range{{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}}}
	spaces     = Set{Ranges: []Range{
		{'\t', '\r'}, {' ', ' '}, {0xa0, 0xa0}, {0x1680, 0x1680}, {0x2000, 0x200a}, {0x2028, 0x2029},
		{0x202f, 0x202f}, {0x205f, 0x205f}, {0x3000, 0x3000}, {0xfeff, 0xfeff},
	}}
)

// kind is the set of \d, \w or \s, or its complement.
func (p *parser) kind() (s Set, ok bool) {
	if !p.more() {
		return s, false
	}
	switch c := p.text[p.at]; c | 0x20 {
	case 'd':
		s = digits
	case 'w':
		s = words
	case 's':
		s = spaces
	default:
		return s, false
	}
	if p.text[p.at] < 'a' {
		s = Set{Ranges: complement(s.Ranges)}
	}
	p.at++
	return s, true
}

// complement of sorted ranges.
func complement(ranges []Range) (rest []Range) {
	low := rune(0)
	for _, r := range ranges {
		if r.Low > low {
			rest = append(rest, Range{low, r.Low - 1})
		}
		low = r.High + 1
	}
	return append(rest, Range{low, 0x10ffff})
}

// escape reads the rest of an escape outside of a class.
func (p *parser) escape() (Node, error) {
	if s, ok := p.kind(); ok {
		return s, nil
	}
	if len(p.names) > 0 && p.take("k") {
		if !p.take("<") {
			return nil, errors.New(`has a \k without a name`)
		}
		name, err := p.name()
		if err != nil {
			return nil, err
		}
		if p.names[name] == nil {
			return nil, fmt.Errorf("refers to the group %q, which it doesn't have", name)
		}
		p.refers = true
		return reference{p.names[name]}, nil
	}
	if start := p.at; p.more() && p.text[p.at] >= '1' && p.text[p.at] <= '9' {
		if n, _ := p.number(); n <= p.total {
			p.refers = true
			return reference{[]int{n}}, nil
		}
		p.at = start
	}
	r, err := p.character(false)
	return Char(r), err
}

// character reads the rest of an escape for one character.
func (p *parser) character(class bool) (rune, error) {
	if !p.more() {
		return 0, errors.New(`ends in a \`)
	}
	c := rune(p.text[p.at])
	p.at++
	switch {
	case c >= '0' && c <= '7':
		return p.octal(c - '0'), nil
	case c == 'x':
		return p.hexadecimal(2, c), nil
	case c == 'u':
		return p.hexadecimal(4, c), nil
	case c == 'c':
		return p.control(class), nil
	}
	if i := slices.Index([]rune("tnvfr"), c); i >= 0 {
		return []rune("\t\n\v\f\r")[i], nil
	}
	return c, nil
}

// octal reads up to two more digits, as long as the number fits into a byte.
func (p *parser) octal(n rune) rune {
	for range 2 {
		if !p.more() || p.text[p.at] < '0' || p.text[p.at] > '7' || n*8+rune(p.text[p.at]-'0') > 0o377 {
			break
		}
		n = n*8 + rune(p.text[p.at]-'0')
		p.at++
	}
	return n
}

// hexadecimal reads a number of digits; without them, the letter stands for itself.
func (p *parser) hexadecimal(count int, letter rune) (n rune) {
	if len(p.text)-p.at < count {
		return letter
	}
	for _, c := range p.text[p.at : p.at+count] {
		switch digit := rune(c); {
		case digit >= '0' && digit <= '9':
			n = n*16 + digit - '0'
		case digit|0x20 >= 'a' && digit|0x20 <= 'f':
			n = n*16 + (digit | 0x20) - 'a' + 10
		default:
			return letter
		}
	}
	p.at += count
	return n
}

// control reads the letter of \cX. Without one, the backslash stands for itself.
func (p *parser) control(class bool) rune {
	if p.more() {
		c := rune(p.text[p.at])
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if letter || class && (c == '_' || c >= '0' && c <= '9') {
			p.at++
			return c % 32
		}
	}
	p.at--
	return '\\'
}

// class reads what follows a [.
func (p *parser) class() (Node, error) {
	s := Set{Not: p.take("^")}
	for !p.take("]") {
		if !p.more() {
			return nil, errors.New("has an unclosed class")
		}
		first, single, err := p.member()
		if err != nil {
			return nil, err
		}
		if !p.next("-") || p.next("-]") {
			s.Ranges = append(s.Ranges, first...)
			continue
		}
		p.at++
		if !p.more() {
			return nil, errors.New("has an unclosed class")
		}
		last, other, err := p.member()
		if err != nil {
			return nil, err
		}
		switch {
		case !single || !other: // a set at one end: the hyphen is one of the characters
			s.Ranges = slices.Concat(s.Ranges, first, last, []Range{{'-', '-'}})
		case first[0].Low > last[0].Low:
			return nil, errors.New("has a range whose ends are out of order")
		default:
			s.Ranges = append(s.Ranges, Range{first[0].Low, last[0].Low})
		}
	}
	return s, nil
}

// member of a class: one character, or a set.
func (p *parser) member() (ranges []Range, single bool, err error) {
	if !p.take(`\`) {
		p.at++
		return Char(rune(p.text[p.at-1])).Ranges, true, nil
	}
	if s, ok := p.kind(); ok {
		return s.Ranges, false, nil
	}
	if p.take("b") {
		return Char('\b').Ranges, true, nil
	}
	if len(p.names) > 0 && p.next("k") {
		return nil, false, errors.New(`has a \k in a class`)
	}
	r, err := p.character(true)
	return Char(r).Ranges, true, err
}
