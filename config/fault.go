package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a settings file. Line and Col count
// from 1, Col in characters.
type Fault struct {
	File      string
	Line, Col int
	Message   string // what is wrong: what to do
}

// String is the form that editors jump by.
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Message)
}

// Faults is the error of a wrong file: everything that is wrong with it, in the
// order of the file.
type Faults []Fault

// Together makes faults of a file, of type Faults, of what is wrong with its rules
// together, by pull.Validate: a line of the error each. nil stays nil.
func Together(file string, err error) error {
	if err == nil {
		return nil
	}
	var faults Faults
	for line := range strings.Lines(err.Error()) {
		faults = append(faults, Fault{File: file, Line: 1, Col: 1, Message: strings.TrimSpace(line)})
	}
	return faults
}

// Error has one line for each fault.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// maxFaults is when a file is told off enough.
const maxFaults = 100

// sorted puts faults in the order of the file, each once, and ends a long list early.
func (f Faults) sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
	f = slices.Compact(f)
	if len(f) <= maxFaults {
		return f
	}
	last := f[maxFaults]
	last.Message = fmt.Sprintf("%d more faults from here on: fix those above first", len(f)-maxFaults)
	return append(f[:maxFaults:maxFaults], last)
}
