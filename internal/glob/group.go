package glob

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf16"

	"github.com/concorde-bot/concorde/internal/jsre"
)

// literal is the name that a tree without magic matches.
func (t *tree) literal() string {
	name := ""
	for _, p := range t.pieces {
		for _, a := range p.atoms {
			name += a.text
		}
	}
	return name
}

// runs are the texts that every match contains, in order, and whether there's only *
// between them. The first and the last are the name's start and end.
func (t *tree) runs() (runs []string, stars bool) {
	runs, stars = []string{""}, true
	for _, p := range t.pieces {
		if p.group != nil {
			runs, stars = append(runs, ""), false
		}
		for _, a := range p.atoms {
			if a.set != nil {
				runs, stars = append(runs, ""), stars && a.star
				continue
			}
			runs[len(runs)-1] += a.text
		}
	}
	return runs, stars
}

// writer turns a tree into an expression.
type writer struct {
	points bool
	pieces int // written
	budget *Budget
	err    error
}

// place reports whether what is written starts and ends the name.
type place struct{ start, end bool }

// sequence writes pieces. tail is what follows them up to the end of the name, which
// matters to a group !(…).
func (w *writer) sequence(pieces, tail []piece, at place) (seq jsre.Seq) {
	whole := at.start && at.end && len(pieces) == 1
	for i, p := range pieces {
		if w.pieces++; w.pieces > jsre.MaxProgram && w.err == nil {
			w.err = errors.New("has too many groups: split it into several globs")
		}
		if w.err != nil {
			return nil
		}
		if p.group == nil {
			seq = append(seq, w.atoms(p.atoms, whole)...)
			at.start = false
			continue
		}
		if w.err = w.budget.spend(len(pieces) - i + len(tail)); w.err != nil {
			return nil
		}
		after := slices.Concat(pieces[i+1:], tail)
		here := place{at.start, at.end && i == len(pieces)-1}
		if here == (place{true, true}) && i > 0 && p.group.sign != '!' && p.group.mayBeEmpty() {
			w.err = fmt.Errorf("has a group %c(…) that may be empty after !(…), which isn't supported: write two globs", p.group.sign)
		}
		seq = append(seq, w.group(p.group, after, here))
		at.start = at.start && p.group.sign == '!'
	}
	return seq
}

// mayBeEmpty reports a group with an empty alternative, or a ?(…) or *(…).
func (g *group) mayBeEmpty() bool {
	return slices.ContainsFunc(g.alternatives, func(pieces []piece) bool {
		if len(pieces) == 1 && pieces[0].group != nil {
			sign := pieces[0].group.sign
			return sign == '?' || sign == '*' || sign != '!' && pieces[0].group.mayBeEmpty()
		}
		return len(pieces) == 0
	})
}

// anyText reports pieces with a group !(…) that matches any text.
func anyText(pieces []piece) bool {
	return slices.ContainsFunc(pieces, func(p piece) bool {
		return p.group != nil && (p.group.sign == '!' && p.group.emptyEnd || slices.ContainsFunc(p.group.alternatives, anyText))
	})
}

// atoms writes text without groups. If it's the whole name, or the rest of it, a * must
// match something.
func (w *writer) atoms(all []atom, whole bool) (seq jsre.Seq) {
	for _, a := range all {
		switch {
		case a.star:
			some := jsre.Repeat{Node: a.set, Max: -1, Lazy: true}
			if whole && len(all) == 1 {
				some.Min = 1
			}
			seq = append(seq, some)
		case a.set != nil:
			seq = append(seq, a.set)
		default:
			seq = append(seq, w.text(a.text)...)
		}
	}
	return seq
}

func (w *writer) text(s string) (seq jsre.Seq) {
	for _, r := range s {
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' && !w.points {
			seq = append(seq, jsre.Char(high), jsre.Char(low))
			continue
		}
		seq = append(seq, jsre.Char(r))
	}
	return seq
}

func (w *writer) group(g *group, tail []piece, at place) jsre.Node {
	if g.sign == '!' {
		return w.not(g, tail, at.start)
	}
	var all jsre.Alt
	for _, pieces := range g.alternatives {
		if len(pieces) > 0 || !at.start || !at.end { // names aren't empty
			all = append(all, w.sequence(pieces, tail, at))
		}
	}
	if len(all) == 0 && w.err == nil {
		w.err = errors.New("is an empty group, which isn't supported")
	}
	switch g.sign {
	case '?':
		return jsre.Repeat{Node: all, Max: 1}
	case '+':
		return jsre.Repeat{Node: all, Min: 1, Max: -1}
	case '*':
		return jsre.Repeat{Node: all, Max: -1}
	}
	return all
}

// not writes a group !(…): the rest of the name isn't one of its alternatives followed
// by the rest of the glob.
func (w *writer) not(g *group, tail []piece, start bool) jsre.Node {
	some := jsre.Repeat{Node: anything, Max: -1, Lazy: true}
	if g.emptyEnd {
		some.Min = 1
		return some
	}
	if anyText(tail) && w.err == nil {
		w.err = errors.New("has a group !() after another group !(…), which isn't supported: write *")
	}
	var all jsre.Alt
	for _, pieces := range g.alternatives {
		all = append(all, append(w.sequence(slices.Concat(pieces, tail), nil, place{start, true}), jsre.End{}))
	}
	return jsre.Seq{jsre.Look{Node: all, Not: true}, some}
}
