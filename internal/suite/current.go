package suite

import (
	"os"
	"strings"
	"testing"
)

// Current holds the part of a document between <!-- NAME --> and <!-- /NAME --> to what it
// should say, or writes it (see Update).
func Current(t testing.TB, path, name, part string) {
	t.Helper()
	begin, end := "<!-- "+name+" -->\n", "<!-- /"+name+" -->\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	old, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no part %q", path, name)
	}
	write(t, path, []byte(before+begin+part+end+after), old == part)
}

// File holds a whole file, such as a schema, to what it should be, or writes it (see
// Update).
func File(t testing.TB, path string, want []byte) {
	t.Helper()
	have, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	write(t, path, want, err == nil && string(have) == string(want))
}

// write writes a file that isn't current, if it may, and otherwise reports it. A test that
// has failed writes nothing.
func write(t testing.TB, path string, want []byte, current bool) {
	t.Helper()
	switch {
	case current:
	case !Update() || t.Failed():
		t.Fatalf("%s isn't current: run make golden", path)
	default:
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
