// Package glob matches paths of a repository against very many globs at once.
//
// Globs are those of the JavaScript library minimatch 10 with its option dot, as
// actions/labeler uses it: * for any run of characters but slashes, ? for one
// character, [a-z] and [[:alpha:]] for one of a class, {a,b} and {1..9} for
// alternatives, @(a|b), ?(…), +(…), *(…) and !(…) for groups within one name, **
// for any number of directories, and ! before the whole for everything else. They
// name files from the top of the repository; Doc/** is everything below Doc, names
// that start with a dot too. Where minimatch is odd, so is this package: a file of
// rules must not label otherwise here than there.
//
// It must not know what is done with a match.
package glob

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds of a glob.
const (
	// MaxLength in characters; minimatch allows 65,536.
	MaxLength = 20000
	// MaxAlternatives once its braces are expanded. minimatch drops those beyond 100,000.
	MaxAlternatives = 10000
	// maxGlobstars in one alternative; minimatch gives up beyond.
	maxGlobstars = 200
)

// Budget is how many steps reading globs may still take: roughly the characters that
// their braces expand to. A whole file shares one.
type Budget struct{ Steps int }

// errSteps says that the budget is spent.
var errSteps = errors.New("stands for too much text, together with those before it: write less in braces, or fewer globs")

func (b *Budget) spend(steps int) error {
	if b.Steps -= steps; b.Steps < 0 {
		return errSteps
	}
	return nil
}

// Glob is safe for concurrent use.
type Glob struct {
	source  string
	negated bool
	parts   []part
	notes   []string
}

// Parse reads a glob as minimatch does. Errors complete a sentence that starts with the
// glob and "which".
func Parse(source string, budget *Budget) (*Glob, error) {
	g := &Glob{source: source}
	if n := utf8.RuneCountInString(source); n > MaxLength {
		return nil, fmt.Errorf("has %d characters: at most %d are allowed", n, MaxLength)
	}
	rest := strings.TrimLeft(source, "!")
	g.negated = (len(source)-len(rest))%2 == 1
	switch {
	case source == "":
		g.note("is empty and matches nothing")
		return g, nil
	case source[0] == '#':
		g.note(`is a comment and matches nothing: write \# for a name that starts so`)
		return g, nil
	case g.negated && strings.HasPrefix(rest, "("):
		g.note("matches everything but %s, parentheses included: write @(!(…)) for a group at the start", rest)
	}
	texts, err := g.expand(rest, budget)
	if err != nil {
		return nil, err
	}
	segments := &reader{budget: budget, known: map[string]*segment{}, glob: g}
	for _, text := range texts {
		p, possible, err := segments.part(text)
		if err != nil {
			return nil, err
		}
		if possible {
			g.parts = append(g.parts, p)
		}
	}
	if len(g.parts) == 0 {
		g.note("matches no path: write it from the top, without outer slashes, . or ..")
	}
	return g, nil
}

// checked is the budget for one glob in the settings, which has at most 255 characters.
const checked = 1_000_000

// Check finds mistakes in a glob of the settings. The error completes a sentence that
// starts with the glob and "which". What is merely odd in a file of actions/labeler is a
// fault there.
func Check(source string) error {
	if strings.HasPrefix(source, "!") {
		return errors.New("starts with an exclamation mark: list what is left out under except or none")
	}
	g, err := Parse(source, &Budget{Steps: checked})
	if err != nil {
		return err
	}
	if len(g.notes) > 0 {
		return errors.New(g.notes[0])
	}
	return nil
}

// String returns the glob's source.
func (g *Glob) String() string { return g.source }

// Notes say which parts of the glob aren't what they look like, each to complete a
// sentence that starts with the glob and "which".
func (g *Glob) Notes() []string { return g.notes }

// note adds a note once.
func (g *Glob) note(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(g.notes, text) {
		g.notes = append(g.notes, text)
	}
}

// Match reports whether the glob matches a path, which has no empty names. sure is false
// if that takes too many steps to find out.
func (g *Glob) Match(path string) (matches, sure bool) {
	names := strings.Split(path, "/")
	for i := range g.parts {
		found, sure := g.parts[i].match(names)
		if !sure {
			return false, false
		}
		if found {
			return !g.negated, true
		}
	}
	return g.negated, true
}
