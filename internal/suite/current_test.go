package suite

import (
	"os"
	"path/filepath"
	"testing"
)

// What isn't current is reported, and written when that's wanted, with nothing else
// changed.
func TestCurrent(t *testing.T) {
	path := filepath.Join(t.TempDir(), "doc.md")
	read := func() string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const old, other = "a\n<!-- part -->\nold\n<!-- /part -->\nz\n", "a\n<!-- part -->\nnew\n<!-- /part -->\nz\n"
	if err := os.WriteFile(path, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	part := func(name, text string) func(testing.TB) {
		return func(t testing.TB) { Current(t, path, name, text) }
	}
	whole := func(text string) func(testing.TB) { return func(t testing.TB) { File(t, path, []byte(text)) } }
	for _, c := range []struct {
		name, update string
		check        func(testing.TB)
		fails        bool
		then         string
	}{
		{"current", "", part("part", "old\n"), false, old},
		{"no such part", "yes", part("other", "new\n"), true, old},
		{"another part", "", part("part", "new\n"), true, old},
		{"written", "yes", part("part", "new\n"), false, other},
		{"current file", "", whole(other), false, other},
		{"another file", "", whole("whole\n"), true, other},
		{"written file", "yes", whole("whole\n"), false, "whole\n"},
	} {
		t.Setenv("CONCORDE_UPDATE", c.update)
		var report reported
		func() {
			defer func() { _ = recover() }() // Fatalf ends the test
			c.check(&report)
		}()
		if report.failed != c.fails || read() != c.then {
			t.Errorf("%s: failed %t, and the file is %q", c.name, report.failed, read())
		}
	}
}

// reported is a test that is watched.
type reported struct {
	testing.TB
	failed bool
}

func (r *reported) Helper()      {}
func (r *reported) Failed() bool { return r.failed }

func (r *reported) Fatal(...any) { r.Fatalf("") }

func (r *reported) Fatalf(string, ...any) {
	r.failed = true
	panic(r)
}
