package abi

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

const next = "Misc/NEWS.d/next/C_API/"

func file(change pull.Change, path string, text ...string) pull.File {
	f := pull.File{Path: path, Change: change}
	if len(text) > 0 {
		f.Content = &pull.Content{Kind: pull.Regular, Size: int64(len(text[0])), Data: []byte(text[0])}
	}
	return f
}

// TestRead goes through what counts as a break, one change at a time.
func TestRead(t *testing.T) {
	entry := func(name, text string) pull.File { return file(pull.Added, next+name, text) }
	for name, test := range map[string]struct {
		changes []Change
		want    string // "PR by evidence: text", a line each
	}{
		"nothing": {[]Change{{Message: "gh-1: Fix it (GH-2)"}}, ""},
		"title":   {[]Change{{Message: "[3.15] gh-1: (ABI break) Add it (GH-2)"}}, "2 title: Add it\n"},
		"commit":  {[]Change{{Message: "gh-1: Add it (GH-2)\n\n* (ABI break) Add it\n* Fix it"}}, "2 commit: Add it\n"},
		"prose":   {[]Change{{Message: "gh-1: Avoid an (ABI break) here (GH-2)\n\nNo ABI break."}}, ""},
		"entry": {[]Change{{Message: "gh-1: Add it (#2)", Files: []pull.File{entry("a.rst", "(CPython ABI break) New field\n``x``.\n")}}},
			"2 NEWS entry: New field ``x``.\n"},
		"both": {[]Change{{Message: "(ABI break) gh-1: Add it (GH-2)", Files: []pull.File{entry("a.rst", "(CPython ABI break) New."),
			entry("b.rst", "Other.")}}}, "2 title, NEWS entry: New.\n"},
		"dump": {[]Change{{Message: "gh-1: Add it (GH-2)", Files: []pull.File{file(pull.Modified, "Doc/data/python3.15.abi")}}},
			"2 ABI dump: Add it\n"},
		"first dump":    {[]Change{{Message: "gh-1: Add it (GH-2)", Files: []pull.File{file(pull.Added, "Doc/data/python3.15.abi")}}}, ""},
		"without a PR":  {[]Change{{Message: "(ABI break) Add it"}}, "0 title: Add it\n"},
		"known PR":      {[]Change{{Message: "(ABI break) Add it", PR: 7}}, "7 title: Add it\n"},
		"another place": {[]Change{{Message: "Add (GH-2)", Files: []pull.File{file(pull.Added, "Lib/a.rst", "(CPython ABI break) x")}}}, ""},
		"marked later": {[]Change{{Message: "Add it (GH-2)", Files: []pull.File{entry("a.rst", "New.")}},
			{Message: "(ABI break) Mark it (GH-3)", Files: []pull.File{file(pull.Modified, next+"a.rst", "(CPython ABI break) New.")}},
			{Message: "Reword it (GH-4)", Files: []pull.File{file(pull.Modified, next+"a.rst", "(CPython ABI break) Newer.")}}},
			"3 title, NEWS entry: Newer.\n"},
		"marker removed": {[]Change{{Message: "Add it (GH-2)", Files: []pull.File{entry("a.rst", "(CPython ABI break) New.")}},
			{Message: "It breaks nothing (GH-3)", Files: []pull.File{file(pull.Modified, next+"a.rst", "New.")}}}, ""},
		"reverted": {[]Change{{Message: "gh-1: (ABI break) Add it (GH-2)", Files: []pull.File{entry("a.rst", "(CPython ABI break) New.")}},
			{Message: "Revert \"gh-1: (ABI break) Add it (GH-2)\" (GH-3)", Files: []pull.File{file(pull.Removed, next+"a.rst")}}}, ""},
		"reverted by its commit": {[]Change{{Commit: "abc123", Message: "(ABI break) Add it (GH-2)"},
			{Message: "gh-1: Back out the new field (GH-3)"}, {Message: "Revert \"other words\" (GH-4)\n\nThis reverts commit abc123."}}, ""},
		"reverted twice": {[]Change{{Message: "(ABI break) Add it (GH-2)"}, {Message: "Revert \"(ABI break) Add it (GH-2)\" (GH-3)"},
			{Message: "Revert \"Revert \"(ABI break) Add it (GH-2)\" (GH-3)\" (GH-4)"}},
			"4 title: Revert \"Revert \"(ABI break) Add it (GH-2)\" (GH-3)\"\n"},
		"reverted three times": {[]Change{{Message: "(ABI break) Add it (GH-2)"}, {Message: "Revert \"(ABI break) Add it (GH-2)\" (GH-3)"},
			{Message: "Revert \"Revert \"(ABI break) Add it (GH-2)\" (GH-3)\" (GH-4)"},
			{Message: "Revert \"Revert \"Revert \"(ABI break) Add it (GH-2)\" (GH-3)\" (GH-4)\" (GH-5)"}}, ""},
		"reverted and made again": {[]Change{{Message: "(ABI break) Add it (GH-2)"}, {Message: "Revert \"(ABI break) Add it (GH-2)\" (GH-3)"},
			{Message: "(ABI break) Add it (GH-4)"}}, "4 title: Add it\n"},
		"an older break reverted": {[]Change{{Message: "Revert \"(ABI break) Add it (GH-2)\" (GH-3)",
			Files: []pull.File{file(pull.Modified, "Doc/data/python3.15.abi")}}}, "3 ABI dump: Revert \"(ABI break) Add it (GH-2)\"\n"},
		"released meanwhile": {[]Change{{Message: "Add it (GH-2)", Files: []pull.File{entry("a.rst", "(CPython ABI break) New.")}},
			{Message: "Python 3.15.0a2", Files: []pull.File{file(pull.Added, "Misc/NEWS.d/3.15.0a2.rst"), file(pull.Removed, next+"a.rst")}}},
			"2 NEWS entry: New.\n"},
		"in order": {[]Change{{Message: "(ABI break) B (GH-9)"}, {Message: "(ABI break) A (GH-3)"}}, "9 title: B\n3 title: A\n"},
	} {
		preset := config.Preset()
		var lines strings.Builder
		for _, b := range Read(Settings{preset.ABI, preset.News}, test.changes).Breaks {
			lines.WriteString(b.String() + "\n")
		}
		if diff := cmp.Diff(test.want, lines.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestStable(t *testing.T) {
	before := "[struct.PyObject]\n    added = '3.2'\n[function.PyOld]\n[feature_macro.X]\n"
	after := "[function.PyNew]\n    added = '3.15'\n [data.no]\n[struct.PyObject]\n[macro.Py_NEW]\n[function.PyNew]\n"
	got := CompareStable([]byte(before), []byte(after))
	want := Stable{Added: []string{"function PyNew", "macro Py_NEW"}, Removed: []string{"function PyOld"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	preset := config.Preset()
	ledger := Read(Settings{preset.ABI, preset.News}, []Change{{Message: "B (GH-3)", Files: []pull.File{file(pull.Modified, StableManifest)}},
		{Message: "A (GH-2)", Files: []pull.File{file(pull.Modified, StableManifest)}},
		{Message: "by hand", Files: []pull.File{file(pull.Modified, StableManifest)}}})
	if diff := cmp.Diff([]int{2, 3}, ledger.StableBy); diff != "" || len(ledger.Breaks) > 0 {
		t.Errorf("%v %s", ledger.Breaks, diff)
	}
}
