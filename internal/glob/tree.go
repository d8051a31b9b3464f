package glob

import (
	"errors"
	"strings"
)

// tree is a parsed segment: texts and groups in turn.
type tree struct {
	pieces []piece
	magic  bool // it isn't just a name
	points bool // it has classes that need code points
	bar    bool // it has \|, which minimatch forgets to escape
	bare   bool // it has characters that minimatch can't handle beside such classes
}

// piece is a run of atoms, or a group.
type piece struct {
	atoms []atom
	group *group
}

// group is @(a|b), or with another sign: ?, +, * or !.
type group struct {
	sign         byte
	alternatives [][]piece
	emptyEnd     bool // nothing but a group, or nothing at all, at its end
}

// maxLevel of nested groups, except those that merge into the outer one. Deeper ones are
// text to minimatch.
const maxLevel = 2

// scanner reads a segment.
type scanner struct {
	text  string
	tree  *tree
	notes *Glob
	// budget pays for text that is read more than once: what isn't closed is read again as
	// text.
	budget *Budget
}

func parseSegment(text string, r *reader) (*tree, error) {
	s := &scanner{text: text, tree: &tree{}, notes: r.glob, budget: r.budget}
	pieces, _, err := s.pieces(0, 0, none)
	s.tree.pieces = pieces
	switch {
	case err != nil:
	case s.tree.magic && s.tree.bar:
		err = errors.New(`has \| in a name with other signs, which isn't supported: write [|]`)
	case s.tree.points && s.tree.bare:
		err = errors.New("has a class like [[:alpha:]] in a name with a space or one of - , #, on which minimatch stops with an error: write " +
			"the characters out, as in [a-z]")
	}
	return s.tree, err
}

// bracket tracks where a class starts and ends, as minimatch does when it looks for
// groups: a class that isn't closed hides all groups after it.
type bracket struct {
	start    int // after the [; 0 for none
	negative bool
}

// inside takes a character, and reports whether it's in a class.
func (b *bracket) inside(c byte, at int) bool {
	switch {
	case b.start == 0:
		if c == '[' {
			*b = bracket{start: at + 1}
			return true
		}
		return false
	case at == b.start:
		b.negative = c == '^' || c == '!'
	case c == ']' && (at != b.start+1 || !b.negative):
		b.start = 0
	}
	return true
}

// none is the sign outside of groups.
const none byte = 0

// pieces reads up to the end or, in a group, up to its | or ).
func (s *scanner) pieces(at, level int, sign byte) (all []piece, end int, err error) {
	from, b := at, bracket{}
	flush := func(end int) error {
		if from == end {
			return nil
		}
		atoms, err := s.atoms(s.text[from:end])
		all = append(all, piece{atoms: atoms})
		return err
	}
	for at < len(s.text) {
		c := s.text[at]
		switch {
		case c == '\\':
			at += 2
			continue
		case b.inside(c, at):
		case sign != none && (c == '|' || c == ')'):
			return all, at, flush(at)
		case s.opens(at, level, sign):
			inner := level + 1
			if merges(sign, c) {
				inner = level
			}
			g, end, err := s.group(at, inner)
			if err != nil {
				return nil, 0, err
			}
			if err := flush(at); err != nil {
				return nil, 0, err
			}
			all, at, from = append(all, g), end, end
			continue
		}
		at++
	}
	at = len(s.text)
	return all, at, flush(at)
}

const signs = "!?+*@"

// opens reports whether a group starts here.
func (s *scanner) opens(at, level int, sign byte) bool {
	if !strings.Contains(signs, s.text[at:at+1]) || at+1 >= len(s.text) || s.text[at+1] != '(' {
		return false
	}
	if level <= maxLevel || merges(sign, s.text[at]) {
		return true
	}
	s.notes.note("nests groups so deeply that minimatch reads them as characters: nest fewer")
	return false
}

// merges reports whether minimatch merges a group into the outer one.
func merges(outer, inner byte) bool {
	return strings.IndexByte(merging[outer], inner) >= 0
}

var merging = map[byte]string{'!': "?@", '?': "?@", '@': "?@", '*': "*+?@", '+': "+@?*"}

// group reads a group from its sign on. If it isn't closed, what follows is text.
func (s *scanner) group(at, level int) (p piece, end int, err error) {
	start := at
	g := &group{sign: s.text[at]}
	at += 2
	for {
		pieces, end, err := s.pieces(at, level, g.sign)
		if err != nil {
			return p, 0, err
		}
		if end >= len(s.text) {
			s.notes.note("has a group in parentheses that isn't closed, so it stands for these characters")
			atoms, err := s.atoms(s.text[start:])
			return piece{atoms: atoms}, len(s.text), err
		}
		g.alternatives = append(g.alternatives, pieces)
		if s.text[end] == ')' {
			g.emptyEnd = len(pieces) == 0 || pieces[len(pieces)-1].group != nil
			s.tree.magic = true
			return piece{group: g}, end + 1, s.check(g)
		}
		at = end + 1
	}
}

// check finds groups for which minimatch contradicts itself.
func (s *scanner) check(g *group) error {
	if g.sign != '!' {
		return nil
	}
	for _, pieces := range g.alternatives {
		if len(g.alternatives) == 1 && len(pieces) == 1 && pieces[0].group != nil && pieces[0].group.sign == '!' {
			return errors.New("has a group !(!(…)), which isn't supported: write @(…)")
		}
	}
	if g.emptyEnd && (len(g.alternatives) > 1 || len(g.alternatives[0]) > 0) {
		s.notes.note("has a group !(…) that ends in | or in a group, so minimatch matches any text there but none")
	}
	return nil
}
