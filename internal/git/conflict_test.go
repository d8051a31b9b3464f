package git

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/weigh"
)

// parse shows what parseMerge reads; "@" stands for NUL.
func parse(out string) (merged, bool) { return parseMerge(strings.ReplaceAll(out, "@", "\x00")) }

func TestParseMerge(t *testing.T) {
	const id = "1234567890123456789012345678901234567890"
	for out, want := range map[string]map[string]string{
		id + "@": {},
		id + "@@1@f@Auto-merging@Auto-merging f\n@":                                      {},
		id + "@f@@1@f@Auto-merging@x\n@1@f@CONFLICT (contents)@CONFLICT (content): x\n@": {"f": "content"},
		id + "@f@@1@f@CONFLICT (modify/delete)@x\n@1@f@CONFLICT (contents)@x\n@":         {"f": "modify/delete"},
		id + "@a@b@@3@o@a@b@CONFLICT (rename/rename)@x\n@": {"a": "rename/rename",
			"b": "rename/rename"},
		id + "@d~x@@2@d~x@d@CONFLICT (file/directory)@x\n@":                                                   {"d~x": "file/directory"},
		id + "@d~x@@1@d@CONFLICT (binary)@x\n@":                                                               {"d~x": "binary"},
		id + "@s@@1@s@CONFLICT (submodule not initialized)@x\n@1@s@CONFLICT (contents)@y\n@Advice\n - of git": {"s": "submodule"},
		id + "@m@@1@m@CONFLICT (distinct modes)@x\n@":                                                         {"m": "mode"},
		id + "@@1@old@CONFLICT(directory rename unclear split)@x\n@": {
			"old": "directory rename unclear split"},
		id + "@f@@9@f@CONFLICT (binary)@x\n@":  {"f": "content"},
		id + "@f@@-1@f@CONFLICT (binary)@x\n@": {"f": "content"},
		id + "@f@g":                            {"f": "content", "g": "content"},
	} {
		got, ok := parse(out)
		if diff := cmp.Diff(want, got.conflicts); diff != "" || !ok || got.tree != id {
			t.Errorf("%q: %v %s\n%s", out, ok, got.tree, diff)
		}
	}
	for _, out := range []string{"", "@", id, "fatal: no@", id[:39] + "@"} {
		if got, ok := parse(out); ok {
			t.Errorf("%q is read as %+v", out, got)
		}
	}
}

func FuzzParseMerge(f *testing.F) {
	f.Add("1234567890123456789012345678901234567890@f@@1@f@CONFLICT (contents)@x@2@")
	f.Add("1234567890123456789012345678901234567890@@999999999999@a@b@c@d@")
	f.Fuzz(func(t *testing.T, out string) {
		weigh.Linear(t, len(out), 400, func() { parse(out) })
		if m, ok := parse(out); ok && !fullID.MatchString(m.tree) {
			t.Errorf("the tree is %q", m.tree)
		}
	})
}

func FuzzParsePush(f *testing.F) {
	f.Add("To x\n*\ta:refs/heads/b\t[new branch]\n!\ta:refs/heads/c\t[rejected] (stale info)\nDone\n")
	f.Fuzz(func(t *testing.T, out string) {
		weigh.Linear(t, len(out), 400, func() { parsePush(out) })
		for name, r := range parsePush(out) {
			if strings.Contains(name+r.text, "\n") {
				t.Errorf("%q: %q", name, r.text)
			}
			refused(r.text, out)
		}
	})
}

func TestPerson(t *testing.T) {
	for line, want := range map[string]string{
		"A <a@b> 1 +0000":             "A <a@b> 1 +0000",
		"J\xfcrgen  <a@b> 1 -0330":    "J\xfcrgen  <a@b> 1 -0330",
		" <> 1 +0000":                 " <> 1 +0000",
		"":                            " <> 0 +0000",
		"A <a@<b>> 1 +0000":           "A <a@b> 0 +0000",
		"A\x00B <a@b> 1 +0000":        "AB <a@b> 0 +0000",
		"A <a@b> 99999999999999 +000": "A <a@b> 0 +0000",
	} {
		if got := person(line); got != want {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}

// TestEncodingNames: every alias names an encoding that is known.
func TestEncodingNames(t *testing.T) {
	t.Parallel()
	for name := range aliases {
		if decoder(name) == nil || decoder(strings.ToUpper(name)) == nil {
			t.Errorf("%s is unknown", name)
		}
	}
}
