package glob

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf16"

	"github.com/concorde-bot/concorde/internal/jsre"
)

// segment is the part of a glob that matches one name in a path.
type segment struct {
	globstar bool
	literal  string // the name, if test is nil
	test     func(name string) (matches, sure bool)
	runs     []string // texts that every match contains, in order; the first and the last may be empty
}

func (s *segment) match(name string) (matches, sure bool) {
	if s.test == nil {
		return s.literal == name, true
	}
	return s.test(name)
}

// reader reads the parts of one glob.
type reader struct {
	budget *Budget
	known  map[string]*segment // by text: alternatives share most of them
	glob   *Glob
}

// perPart is an alternative's cost in steps, besides its characters.
const perPart = 50

var slashes = regexp.MustCompile(`/+`)

// part reads one alternative. It isn't possible if it can't match any path.
func (r *reader) part(text string) (p part, possible bool, err error) {
	if err := r.budget.spend(perPart); err != nil {
		return p, false, err
	}
	names := namesIn(text)
	possible = len(names) > 0
	globstars := 0
	for _, name := range names {
		switch name {
		case "", ".", "..":
			possible = false
			r.glob.note("matches no path: write it from the top, without outer slashes, . or ..")
			continue
		case "**":
			globstars++
		}
		s, err := r.segment(name)
		if err != nil {
			return p, false, err
		}
		p.segments = append(p.segments, s)
	}
	if globstars > maxGlobstars {
		return p, false, fmt.Errorf("has ** more than %d times", maxGlobstars)
	}
	p.divide()
	return p, possible, nil
}

// namesIn splits a glob at its slashes, and resolves .. after a name.
func namesIn(text string) (names []string) {
	for _, name := range slashes.Split(text, -1) {
		last := ""
		if len(names) > 0 {
			last = names[len(names)-1]
		}
		switch {
		case name == "**" && last == "**":
		case name == ".." && last != "" && last != ".." && last != "." && last != "**":
			names = names[:len(names)-1]
		default:
			names = append(names, name)
		}
	}
	return names
}

func (r *reader) segment(text string) (*segment, error) {
	if s, found := r.known[text]; found {
		return s, nil
	}
	if err := r.budget.spend(10 * len(text)); err != nil {
		return nil, err
	}
	s, err := r.read(text)
	if err == nil {
		r.known[text] = s
	}
	return s, err
}

// Forms that minimatch tests in a way of its own, in which a backslash is a
// character like any other.
var (
	starForm     = regexp.MustCompile(`^\*+([^+@!?*[(]*)$`)
	questionForm = regexp.MustCompile(`^\?+([^+@!?*[(]*)$`)
	dotForm      = regexp.MustCompile(`^\*+\.\*+$`)
	hiddenForm   = regexp.MustCompile(`^\.\*+$`)
)

func (r *reader) read(text string) (*segment, error) {
	if text == "**" {
		return &segment{globstar: true}, nil
	}
	t, err := parseSegment(text, r)
	if err != nil {
		return nil, err
	}
	if !t.magic {
		return &segment{literal: t.literal()}, nil
	}
	if m := starForm.FindStringSubmatch(text); m != nil {
		return r.ending(m[1], 0, m[1]), nil
	}
	if m := questionForm.FindStringSubmatch(text); m != nil {
		return r.ending(m[1], units(text), m[1]), nil
	}
	if dotForm.MatchString(text) {
		return &segment{test: func(name string) (bool, bool) { return strings.Contains(name, "."), true }, runs: []string{"", ".", ""}}, nil
	}
	if hiddenForm.MatchString(text) {
		return &segment{test: func(name string) (bool, bool) { return strings.HasPrefix(name, "."), true }, runs: []string{".", ""}}, nil
	}
	runs, stars := t.runs()
	if stars {
		return &segment{test: func(name string) (bool, bool) { return inOrder(name, runs), true }, runs: runs}, nil
	}
	expression, err := t.expression(r.budget)
	if err != nil {
		return nil, err
	}
	return &segment{runs: runs, test: func(name string) (bool, bool) {
		found, err := expression.Match(name)
		return found, err == nil
	}}, nil
}

// ending tests the end of a name, and its length in UTF-16 code units unless that
// is 0.
func (r *reader) ending(end string, length int, raw string) *segment {
	if strings.Contains(raw, `\`) {
		r.glob.note(`has a backslash after * or ?, which minimatch reads as a character of the name: leave it out`)
	}
	return &segment{runs: []string{"", end}, test: func(name string) (bool, bool) {
		return strings.HasSuffix(name, end) && (length == 0 || units(name) == length), true
	}}
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// inOrder reports whether a name starts with the first text, ends with the last,
// and has the others in between.
func inOrder(name string, runs []string) bool {
	last := len(runs) - 1
	if len(name) < len(runs[0])+len(runs[last]) || !strings.HasPrefix(name, runs[0]) || !strings.HasSuffix(name, runs[last]) {
		return false
	}
	name = name[len(runs[0]) : len(name)-len(runs[last])]
	for _, run := range runs[1:last] {
		i := strings.Index(name, run)
		if i < 0 {
			return false
		}
		name = name[i+len(run):]
	}
	return true
}

// expression that a whole name must match.
func (t *tree) expression(budget *Budget) (*jsre.Expression, error) {
	w := &writer{points: t.points, budget: budget}
	root := w.sequence(t.pieces, nil, place{start: true, end: true})
	if w.err != nil {
		return nil, w.err
	}
	build := jsre.Build
	if t.points {
		build = jsre.BuildPoints
	}
	return build(jsre.Seq{jsre.Begin{}, root, jsre.End{}})
}
