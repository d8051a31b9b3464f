package yamlfile

import (
	"errors"
	"strings"
	"testing"
)

// Where the YAML package counts lines its own way.
var unreadableFiles = []struct{ name, file, want string }{
	{"bracket", "a: [1, 2\nb: 3\n", "c.yml:2:1: not valid YAML: did not find expected ',' or ']'"},
	{"brace", "x: 1\ny: 2\nz: {a: 1\nq: 4\n", "c.yml:3:1: not valid YAML: did not find expected ',' or '}'"},
	{"tab", "a:\n\t- b\n", "c.yml:2:1: not valid YAML: found character that cannot start any token"},
	{"quote", "a: 'x\n\nb: c", "c.yml:3:1: not valid YAML: found unexpected end of stream"},
	{"colon", "a: b: c\n", "c.yml:1:1: not valid YAML: mapping values are not allowed in this context"},
	{"list then map", "- a\nb: c\n", "c.yml:2:1: not valid YAML: did not find expected '-' indicator"},
	{"map then list", "x: 1\n- a\n", "c.yml:2:1: not valid YAML: did not find expected key"},
	{"indentation", "news:\n  mode: off\n status: x\n", "c.yml:3:1: not valid YAML: did not find expected key"},
	{"no colon", "x: 1\nfoo\nbar: 1\n", "c.yml:2:1: not valid YAML: could not find expected ':'"},
	{"unknown alias", "a: 1\nb: *x\n", "c.yml:2:4: not valid YAML: unknown anchor 'x' referenced"},
	{"escape", "a: 1\nb: \"x\\q\"\n", "c.yml:2:1: not valid YAML: found unknown escape character"},
	{"depth", strings.Repeat("[", 20000), "c.yml:1:1: not valid YAML: exceeded max depth of 10000"},
}

func TestFilesThatAreNotYAML(t *testing.T) {
	for _, tt := range unreadableFiles {
		t.Run(tt.name, func(t *testing.T) {
			f := File{Name: "c.yml"}
			want := tt.want + ": check the indentation, colons, brackets and quotes here and just above"
			if _, ok := f.Document([]byte(tt.file)); ok || f.Faults.Error() != want {
				t.Errorf("have %v\nwant %s", f.Faults, want)
			}
		})
	}
}

func TestFilesThatAreNotText(t *testing.T) {
	for _, tt := range []struct{ name, file, want string }{
		{"NUL", "news:\n  é\x00: 1", `c.yml:2:4: the file has the byte 0x00 (character U+0000), which isn't text: save the file as UTF-8`},
		{"Latin-1", "news:\n  check: \"\xe9\"\n", `c.yml:2:11: the file has the byte 0xe9 (character U+FFFD), which isn't text: save the file ` +
			`as UTF-8`},
		{"UTF-16", "\xff\xfea\x00", `c.yml:1:1: the file has the byte 0xff (character U+FFFD), which isn't text: save the file as UTF-8`},
		{"a late byte order mark", "abi: {}\n\uFEFF", `c.yml:2:1: the file has the byte 0xef (character U+FEFF), which isn't text: save the ` +
			`file as UTF-8`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := File{Name: "c.yml"}
			if _, ok := f.Document([]byte(tt.file)); ok || f.Faults.Error() != tt.want {
				t.Errorf("have %v\nwant %s", f.Faults, tt.want)
			}
		})
	}
}

// A file that is too large isn't read at all.
func TestFilesThatAreTooLarge(t *testing.T) {
	f := File{Name: "c.yml"}
	root, ok := f.Document([]byte(strings.Repeat("#", MaxSize+1)))
	if want := "c.yml:1:1: the file has 131073 bytes: the limit is 131072"; ok || root != nil || f.Faults.Error() != want {
		t.Errorf("have %v\nwant %s", f.Faults, want)
	}
	f.Faults = nil
	if root, ok := f.Document([]byte(strings.Repeat("#", MaxSize))); !ok || root != nil || f.Faults != nil {
		t.Errorf("a file of comments that is just not too large: %v, %v", root, f.Faults)
	}
}

// Faults are in the order of the file, each once, and a long list ends early.
func TestSorted(t *testing.T) {
	var f File
	for i := range MaxFaults + 50 {
		f.Fault(Mark{MaxFaults + 50 - i, 1}, "x")
		f.Fault(Mark{MaxFaults + 50 - i, 1}, "x")
	}
	sorted := f.Faults.Sorted()
	if len(sorted) != MaxFaults+1 || sorted[0].Line != 1 || sorted[MaxFaults-1].Line != MaxFaults {
		t.Fatalf("%d faults:\n%v", len(sorted), sorted)
	}
	if have, want := sorted[MaxFaults].Message, "50 more faults from here on: fix the ones above first"; have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

// Faults of a file as a whole are one of each line of an error.
func TestFaultsOf(t *testing.T) {
	err := FaultsOf("c.yml", errors.New("a\nb"))
	if want := "c.yml:1:1: a\nc.yml:1:1: b"; err == nil || err.Error() != want {
		t.Errorf("have %v\nwant %s", err, want)
	}
	if err := FaultsOf("c.yml", nil); err != nil {
		t.Errorf("nothing is wrong, and yet %v", err)
	}
}
