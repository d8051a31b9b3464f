package jsre

import (
	"errors"
	"unicode"
)

// Node is a part of an expression: one of the types below.
type Node interface{}

type (
	// Seq is nodes one after the other.
	Seq []Node
	// Alt is alternatives, tried in order.
	Alt []Node
	// Set is one character of a set.
	Set struct {
		Ranges []Range
		Tables []*unicode.RangeTable
		Not    bool
	}
	// Range of characters, both ends included.
	Range struct{ Low, High rune }
	// Repeat a node from Min to Max times; a Max below 0 is no limit.
	Repeat struct {
		Node     Node
		Min, Max int
		Lazy     bool

		first, last int // groups within
	}
	// Look ahead or behind, without moving on.
	Look struct {
		Node        Node
		Behind, Not bool
	}
	// Begin and End match the text's start and end.
	Begin struct{}
	End   struct{}
)

// boundary of a word.
type boundary struct{ not bool }

// group that is captured.
type group struct {
	number int
	node   Node
}

// reference to groups, of which only the one that took part counts.
type reference struct{ groups []int }

// Char is a set of one character.
func Char(r rune) Set { return Set{Ranges: []Range{{r, r}}} }

func (s *Set) has(r rune) bool {
	for _, one := range s.Ranges {
		if one.Low <= r && r <= one.High {
			return !s.Not
		}
	}
	for _, table := range s.Tables {
		if unicode.Is(table, r) {
			return !s.Not
		}
	}
	return s.Not
}

type operation uint8

const (
	opSet operation = iota
	opSplit
	opJump
	opBegin
	opEnd
	opBoundary
	opLook
	opReference
	opSave
	opReset // groups from x to y
	opMark  // remembers the place, to find a round without progress
	opMoved
	opMatch
)

// instruction of a program. x is the first branch of a split, the target of a jump, the
// instruction after a lookaround, or a slot; y is the second branch, or the last slot.
type instruction struct {
	op     operation
	not    bool
	behind bool // reads backwards
	x, y   int
	set    *Set
	groups []int
}

// compiler writes a tree's program.
type compiler struct {
	program []instruction
	marks   int
	nodes   int // visited so far, even if they write nothing
	err     error
}

// Build makes an expression from a tree that reads UTF-16 code units. The only error is
// that it's too large.
func Build(root Node) (*Expression, error) {
	c := &compiler{}
	c.node(root, false)
	c.add(instruction{op: opMatch})
	if c.err != nil {
		return nil, c.err
	}
	return &Expression{program: c.program}, nil
}

// BuildPoints is Build for a tree that reads code points.
func BuildPoints(root Node) (*Expression, error) {
	e, err := Build(root)
	if e != nil {
		e.points = true
	}
	return e, err
}

// ErrLarge is the error of an expression that is larger than MaxProgram.
var ErrLarge = errors.New("is too large: use smaller repetitions, or several expressions")

func (c *compiler) add(i instruction) (at int) {
	if len(c.program) >= MaxProgram {
		c.err = ErrLarge
		return 0
	}
	c.program = append(c.program, i)
	return len(c.program) - 1
}

func (c *compiler) node(n Node, behind bool) {
	if c.nodes++; c.nodes > 2*MaxProgram { // a node that reads nothing can be repeated too
		c.err = ErrLarge
	}
	if c.err != nil {
		return
	}
	switch n := n.(type) {
	case Seq:
		c.sequence(n, behind)
	case Alt:
		c.alternatives(n, behind)
	case Set:
		c.add(instruction{op: opSet, set: &n, behind: behind})
	case Repeat:
		c.repeat(n, behind)
	case Look:
		at := c.add(instruction{op: opLook, not: n.Not})
		c.node(n.Node, n.Behind)
		c.add(instruction{op: opMatch})
		c.program[at].x = len(c.program)
	case Begin:
		c.add(instruction{op: opBegin})
	case End:
		c.add(instruction{op: opEnd})
	case boundary:
		c.add(instruction{op: opBoundary, not: n.not})
	case group:
		c.group(n, behind)
	case reference:
		c.add(instruction{op: opReference, groups: n.groups, behind: behind})
	}
}

func (c *compiler) sequence(all Seq, behind bool) {
	for i := range all {
		if behind {
			i = len(all) - 1 - i
		}
		c.node(all[i], behind)
	}
}

func (c *compiler) group(n group, behind bool) {
	first, last := 2*n.number, 2*n.number+1
	if behind {
		first, last = last, first
	}
	c.add(instruction{op: opSave, x: first})
	c.node(n.node, behind)
	c.add(instruction{op: opSave, x: last})
}

func (c *compiler) alternatives(all Alt, behind bool) {
	var jumps []int
	for i, n := range all {
		if i == len(all)-1 {
			c.node(n, behind)
			break
		}
		split := c.add(instruction{op: opSplit})
		c.program[split].x = len(c.program)
		c.node(n, behind)
		jumps = append(jumps, c.add(instruction{op: opJump}))
		c.program[split].y = len(c.program)
	}
	for _, at := range jumps {
		c.program[at].x = len(c.program)
	}
}

func (c *compiler) repeat(n Repeat, behind bool) {
	round := func() {
		if n.last > n.first {
			c.add(instruction{op: opReset, x: 2 * n.first, y: 2 * n.last})
		}
		c.node(n.Node, behind)
	}
	for range n.Min {
		if round(); c.err != nil {
			return
		}
	}
	if n.Max < 0 {
		split := c.optional(n.Lazy, round)
		c.add(instruction{op: opJump, x: split})
		c.leave(split, n.Lazy)
		return
	}
	var splits []int
	for range n.Max - n.Min {
		if splits = append(splits, c.optional(n.Lazy, round)); c.err != nil {
			return
		}
	}
	for _, at := range splits {
		c.leave(at, n.Lazy)
	}
}

// optional writes a round that may be skipped, and that must make progress.
func (c *compiler) optional(lazy bool, round func()) (split int) {
	split = c.add(instruction{op: opSplit})
	if into := len(c.program); lazy {
		c.program[split].y = into
	} else {
		c.program[split].x = into
	}
	mark := c.marks
	c.marks++
	c.add(instruction{op: opMark, x: mark})
	round()
	c.add(instruction{op: opMoved, x: mark})
	return split
}

// leave sets where a split goes if it skips its round.
func (c *compiler) leave(split int, lazy bool) {
	if lazy {
		c.program[split].x = len(c.program)
	} else {
		c.program[split].y = len(c.program)
	}
}
