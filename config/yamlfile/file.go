// Package yamlfile reads YAML files that strangers may have written: bounded, one
// document each, and with the place of everything that is wrong with them.
//
// It must not know what a file is for.
package yamlfile

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxSize of a file, in bytes. Strangers may propose one, and reading it takes up to
// 200 times as much memory.
const MaxSize = 128 << 10

// TooLarge says that a file has more bytes than MaxSize.
func TooLarge(size int64) string {
	return fmt.Sprintf("the file has %d bytes: the limit is %d", size, MaxSize)
}

// File is one that is being read, with what is wrong with it so far. It holds in spite
// of its warnings: they are about what it doesn't mean as it looks.
type File struct {
	Name             string
	Faults, Warnings Faults
}

// Fault writes down what is wrong, and what to do about it.
func (f *File) Fault(at Mark, format string, args ...any) {
	f.Faults = append(f.Faults, NewFault(f.Name, at, format, args...))
}

// Warn writes down a warning.
func (f *File) Warn(at Mark, format string, args ...any) {
	f.Warnings = append(f.Warnings, NewFault(f.Name, at, format, args...))
}

// MaxWrong is how many faults and warnings end the reading of a file.
const MaxWrong = 2000

// Hopeless tells that so much is wrong that reading should end.
func (f *File) Hopeless() bool { return len(f.Faults)+len(f.Warnings) >= MaxWrong }

// Unread is the fault of a hopeless file, which wasn't read to its end: a fault even
// where all before it are warnings.
func (f *File) Unread() Fault {
	at := Mark{1, 1}
	if n := len(f.Warnings); n > 0 {
		at = Mark{f.Warnings[n-1].Line, f.Warnings[n-1].Col}
	}
	return NewFault(f.Name, at, "the file has more than %d faults and warnings: fix the ones above first", MaxWrong)
}

// Mark is a place in a file, counted from 1; columns in characters.
type Mark struct{ Line, Col int }

// At is the place of a node.
func At(n *yaml.Node) Mark { return Mark{n.Line, n.Column} }

// markAt is the place of a byte.
func markAt(data []byte, offset int) Mark {
	line := bytes.Count(data[:offset], []byte("\n")) + 1
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	return Mark{line, utf8.RuneCount(data[start:offset]) + 1}
}

// Quote shows a value, or the start of a long one.
func Quote(s string) string {
	const most = 60
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return strconv.Quote(s)
}
