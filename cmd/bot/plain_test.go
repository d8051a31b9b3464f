package main

import (
	"bytes"
	"testing"
)

// The name of a file, which whoever opens a pull request chooses, does not move
// the cursor, nor start a line that GitHub Actions would take for a command.
func TestPrintCheckIsPlain(t *testing.T) {
	var out bytes.Buffer
	printCheck(&out, checkReport{Conclusion: "failure", Summary: "mv \u202ea\nb\x1b[2J", Annotations: []annotation{
		{Path: "Misc/\n::stop-commands::x\x1b[31m.rst", Line: 1, Level: "failure", Title: "T", Message: "one\ntwo\u009b\u00e9"},
	}})
	want := "\nMisc/\ufffd::stop-commands::x\ufffd[31m.rst:1: failure: T\n    one\n    two\ufffd\u00e9\n\nmv \ufffda\nb\ufffd[2J\n"
	if got := out.String(); got != want {
		t.Errorf("have %q\nwant %q", got, want)
	}
}
