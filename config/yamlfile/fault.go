package yamlfile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with a file. Line and Col count
// from 1, Col in characters.
type Fault struct {
	File      string
	Line, Col int
	Message   string // what is wrong: what to do
}

// NewFault writes down what is wrong at a place, and what to do about it.
func NewFault(file string, at Mark, format string, args ...any) Fault {
	return Fault{file, at.Line, at.Col, fmt.Sprintf(format, args...)}
}

// String is the form that editors jump by.
func (f Fault) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Col, f.Message)
}

// Faults is the error of a wrong file: everything that is wrong with it, in the
// order of the file.
type Faults []Fault

// FaultsOf makes faults of a file, of type Faults, of what is wrong with it as a whole:
// one of each line of the error. nil stays nil.
func FaultsOf(file string, err error) error {
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

// MaxFaults is how many faults of a file are shown.
const MaxFaults = 100

// Sorted puts faults in the order of the file, each once, and ends a long list early.
func (f Faults) Sorted() Faults {
	slices.SortStableFunc(f, func(a, b Fault) int { return cmp.Or(a.Line-b.Line, a.Col-b.Col) })
	f = slices.Compact(f)
	if len(f) <= MaxFaults {
		return f
	}
	last := f[MaxFaults]
	last.Message = fmt.Sprintf("%d more faults from here on: fix the ones above first", len(f)-MaxFaults)
	return append(f[:MaxFaults:MaxFaults], last)
}
