// Package jsre matches JavaScript's regular expressions, as new RegExp(s).test(name)
// does: ECMAScript 2024 without flags, with Annex B for the web. They see a string as
// UTF-16 code units, and have lookahead, lookbehind and back references, which RE2
// lacks.
//
// A match is limited by steps, not by time, so that the same expression and string
// always give the same result, however busy the machine is.
//
// It must not know where expressions come from.
package jsre

import (
	"errors"
	"unicode/utf16"
)

// Bounds of an expression and of a match.
const (
	// MaxLength of an expression, in UTF-16 code units.
	MaxLength = 2000
	// MaxProgram is the largest expression, in instructions: roughly its characters, with
	// repetitions expanded.
	MaxProgram = 3900
	// MaxSteps of one match. Without lookaround and back references, an expression needs
	// fewer for any string of up to 255 characters.
	MaxSteps = 1_000_000
	// maxPlaces is how many places of a program on a text one match remembers, in 4 bytes
	// each.
	maxPlaces = 4 * MaxSteps
	// maxDepth of groups in groups.
	maxDepth = 50
)

// ErrSteps is the error of a match that takes more than MaxSteps.
var ErrSteps = errors.New("the expression takes too many steps on this text")

// Expression is safe for concurrent use.
type Expression struct {
	source  string
	program []instruction
	slots   int  // for captured groups, two each
	refers  bool // has back references
	points  bool // reads code points instead of UTF-16 code units
}

// Compile reads an expression. Errors complete a sentence that starts with "the
// expression".
func Compile(source string) (*Expression, error) {
	p := &parser{text: utf16.Encode([]rune(source))}
	root, err := p.parse()
	if err != nil {
		return nil, err
	}
	e, err := Build(root)
	if err != nil {
		return nil, err
	}
	e.source, e.slots, e.refers = source, 2*(p.groups+1), p.refers
	return e, nil
}

// String returns the expression's source.
func (e *Expression) String() string { return e.source }

// Size is the program's size, in instructions.
func (e *Expression) Size() int { return len(e.program) }

// Match reports whether a text contains a match. The error is ErrSteps.
func (e *Expression) Match(text string) (bool, error) {
	found, _, err := e.MatchSteps(text)
	return found, err
}

// MatchSteps is Match, and returns how many steps it took.
func (e *Expression) MatchSteps(text string) (found bool, steps int, err error) {
	m := &machine{Expression: e, text: e.read(text)}
	switch places := len(e.program) * (len(m.text) + 1); {
	case e.refers:
		m.captures = make([]int32, e.slots)
	case places > maxPlaces:
		return false, 0, ErrSteps
	default:
		m.seen = make([]uint32, places)
	}
	for i := range m.captures {
		m.captures[i] = -1
	}
	m.generation, m.looks = 1, 1
	for start := 0; start <= len(m.text) && !found && !m.spent; start++ {
		m.stack = m.stack[:0]
		found = m.run(0, start)
	}
	if m.spent {
		return false, m.steps, ErrSteps
	}
	return found, m.steps, nil
}

// read returns a text's characters as the expression sees them.
func (e *Expression) read(text string) []rune {
	if e.points {
		return []rune(text)
	}
	units := make([]rune, 0, len(text))
	for _, r := range text {
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' {
			units = append(units, high, low)
			continue
		}
		units = append(units, r)
	}
	return units
}
