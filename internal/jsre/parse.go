package jsre

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"
)

// parser reads an expression (ECMAScript 2024, 22.2.1 and B.1.2).
type parser struct {
	text   []uint16
	at     int
	depth  int
	groups int // captured so far
	refers bool

	total int // groups of the whole expression
	names map[string][]int
}

func (p *parser) parse() (Node, error) {
	if len(p.text) > MaxLength {
		return nil, fmt.Errorf("has %d characters: at most %d are allowed", len(p.text), MaxLength)
	}
	if err := p.scan(); err != nil {
		return nil, err
	}
	root, err := p.alternatives()
	if err == nil && p.more() {
		err = errors.New("has an unmatched )")
	}
	return root, err
}

func (p *parser) more() bool { return p.at < len(p.text) }

// next reports whether some characters follow.
func (p *parser) next(s string) bool {
	if len(p.text)-p.at < len(s) {
		return false
	}
	for i := range len(s) {
		if p.text[p.at+i] != uint16(s[i]) {
			return false
		}
	}
	return true
}

// take is next, and skips them.
func (p *parser) take(s string) bool {
	if !p.next(s) {
		return false
	}
	p.at += len(s)
	return true
}

// scan counts the groups ahead and finds their names, on which the meaning of \2 and \k
// depends.
func (p *parser) scan() error {
	p.names = map[string][]int{}
	for class := false; p.more(); p.at++ {
		switch {
		case p.next(`\`):
			p.at++
		case p.next("["):
			class = true
		case p.next("]"):
			class = false
		case class || !p.next("("):
		case !p.next("(?"):
			p.total++
		case p.next("(?<") && !p.next("(?<=") && !p.next("(?<!"):
			p.total++
			p.at += 3
			name, err := p.name()
			if err != nil {
				return err
			}
			if p.names[name] != nil {
				return fmt.Errorf("has two groups named %q", name)
			}
			p.names[name] = append(p.names[name], p.total)
			p.at-- // the loop increments it
		}
	}
	p.at = 0
	return nil
}

// name of a group, up to its >.
func (p *parser) name() (string, error) {
	end := slices.Index(p.text[p.at:], '>')
	if end < 0 {
		return "", errors.New("has a group whose name doesn't end")
	}
	name := string(utf16.Decode(p.text[p.at : p.at+end]))
	for i, r := range name {
		letter := r == '$' || r == '_' || r|0x20 >= 'a' && r|0x20 <= 'z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return "", fmt.Errorf("has a group named %q: use letters, digits and _", name)
		}
	}
	if name == "" {
		return "", errors.New("has a group with an empty name")
	}
	p.at += end + 1
	return name, nil
}

func (p *parser) alternatives() (Node, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("has groups more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	var all Alt
	for {
		one, err := p.sequence()
		if err != nil {
			return nil, err
		}
		if all = append(all, one); !p.take("|") {
			break
		}
	}
	if len(all) == 1 {
		return all[0], nil
	}
	return all, nil
}

func (p *parser) sequence() (Node, error) {
	seq := Seq{}
	for p.more() && !p.next("|") && !p.next(")") {
		before := p.groups
		node, repeats, err := p.term()
		if err != nil {
			return nil, err
		}
		node, err = p.quantified(node, repeats, before)
		if err != nil {
			return nil, err
		}
		seq = append(seq, node)
	}
	return seq, nil
}

// term reads a term, and reports whether it can be repeated.
func (p *parser) term() (n Node, repeats bool, err error) {
	switch {
	case p.take("^"):
		return Begin{}, false, nil
	case p.take("$"):
		return End{}, false, nil
	case p.take(`\b`):
		return boundary{}, false, nil
	case p.take(`\B`):
		return boundary{not: true}, false, nil
	case p.next("("):
		return p.group()
	case p.take("."):
		return Set{Ranges: lineBreaks, Not: true}, true, nil
	case p.take("["):
		n, err = p.class()
	case p.take(`\`):
		n, err = p.escape()
	case p.next("*"), p.next("+"), p.next("?"):
		return nil, false, errors.New("repeats nothing: there is nothing before a *, + or ?")
	default:
		at := p.at
		if _, _, ok := p.braces(); ok {
			return nil, false, errors.New("repeats nothing: there is nothing before a repetition in braces")
		}
		p.at = at + 1
		n = Char(rune(p.text[at]))
	}
	return n, true, err
}

func (p *parser) group() (n Node, repeats bool, err error) {
	repeats = true
	wrap := func(inner Node) Node { return inner }
	switch {
	case p.take("(?:"):
	case p.take("(?="):
		wrap = func(inner Node) Node { return Look{Node: inner} }
	case p.take("(?!"):
		wrap = func(inner Node) Node { return Look{Node: inner, Not: true} }
	case p.take("(?<="):
		repeats, wrap = false, func(inner Node) Node { return Look{Node: inner, Behind: true} }
	case p.take("(?<!"):
		repeats, wrap = false, func(inner Node) Node { return Look{Node: inner, Behind: true, Not: true} }
	default:
		if p.take("(?<") {
			if _, err := p.name(); err != nil {
				return nil, false, err
			}
		} else if p.take("(?") {
			return nil, false, errors.New("has a group (?…) that isn't supported")
		} else {
			p.at++
		}
		p.groups++
		number := p.groups
		wrap = func(inner Node) Node { return group{number, inner} }
	}
	inner, err := p.alternatives()
	if err != nil {
		return nil, false, err
	}
	if !p.take(")") {
		return nil, false, errors.New("has an unclosed group")
	}
	return wrap(inner), repeats, nil
}

// quantified reads the repetition after a term, if any.
func (p *parser) quantified(n Node, repeats bool, before int) (Node, error) {
	least, most := 1, 1
	switch {
	case p.take("*"):
		least, most = 0, -1
	case p.take("+"):
		most = -1
	case p.take("?"):
		least = 0
	default:
		var ok bool
		if least, most, ok = p.braces(); !ok {
			return n, nil
		}
	}
	if !repeats {
		return nil, errors.New("repeats nothing: what is before a repetition reads no character")
	}
	if most >= 0 && most < least {
		return nil, errors.New("has a repetition whose numbers are out of order")
	}
	lazy := p.take("?")
	return Repeat{Node: n, Min: least, Max: most, Lazy: lazy, first: before + 1, last: p.groups + 1}, nil
}

// braces reads {2}, {2,} or {2,3}; anything else in braces stands for itself.
func (p *parser) braces() (least, most int, ok bool) {
	start := p.at
	if p.take("{") {
		if least, ok = p.number(); ok {
			most = least
			if p.take(",") {
				if most, ok = p.number(); !ok {
					most = -1
				}
			}
			if p.take("}") {
				return least, most, true
			}
		}
	}
	p.at = start
	return 0, 0, false
}

// number of a repetition. All numbers beyond the largest program are the same.
func (p *parser) number() (n int, ok bool) {
	for p.more() && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		n, ok = min(n*10+int(p.text[p.at]-'0'), 1<<30), true
		p.at++
	}
	return n, ok
}
