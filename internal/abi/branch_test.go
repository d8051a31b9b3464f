package abi

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// TestBranch: GitHub shows who changed an entry, and what it says now.
func TestBranch(t *testing.T) {
	t.Parallel()
	const dump, entry, other = "Doc/data/python3.15.abi", next + "2026-08-01.gh-issue-1.a.rst", next + "2026-08-01.gh-issue-1.b.rst"
	marked := func(path string) pull.File { return file(pull.Added, path, "(CPython ABI break) New field.\n") }
	commit := func(n int, message string, files ...string) pull.LandedCommit {
		return pull.LandedCommit{SHA: fmt.Sprint("c", n), Message: message, Pull: n, Files: files}
	}
	again := commit(4, `Revert "Revert "gh-1: Add it (GH-2)" (GH-3)" (GH-4)`, entry)
	add, revert := commit(2, "gh-1: Add it (GH-2)", entry), commit(3, `Revert "gh-1: Add it (GH-2)" (GH-3)`, entry)
	for name, test := range map[string]struct {
		entries []pull.File
		before  string
		commits []pull.LandedCommit
		want    string
	}{ // entries as they are now
		"entry":      {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add}, "2 NEWS entry: New field.\n"},
		"not marked": {[]pull.File{file(pull.Added, entry, "New field.\n")}, "", []pull.LandedCommit{add}, ""},
		"reworded": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, commit(4, "Reword (GH-4)", entry)},
			"2 NEWS entry: New field.\n"},
		"reverted, and again": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, revert, commit(4, "Again (GH-4)", entry)},
			"4 NEWS entry: New field.\n"},
		"reverted twice": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, revert, again},
			"4 NEWS entry: New field.\n"},
		"reverted": {nil, "", []pull.LandedCommit{add, revert}, ""},
		"reworded, and the rewording reverted": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{
			commit(2, "(ABI break) gh-1: Add it (GH-2)", entry), commit(5, "gh-1: Reword (GH-5)", entry),
			commit(6, `Revert "gh-1: Reword (GH-5)" (GH-6)`, entry)},
			"2 title, NEWS entry: New field.\n"},
		"reverted twice, then reworded": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, revert, again,
			commit(5, "gh-1: Reword (GH-5)", entry)},
			"4 NEWS entry: New field.\n"},
		"reverted three times, and again": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, revert, again,
			commit(5, `Revert "Revert "Revert "gh-1: Add it (GH-2)" (GH-3)" (GH-4)" (GH-5)`, entry), commit(6, "Again (GH-6)", entry)},
			"6 NEWS entry: New field.\n"},
		"reverted by its commit": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add,
			commit(3, "Revert \"Oops\" (GH-3)\n\nThis reverts commit c2.", entry), commit(4, "Again (GH-4)", entry)},
			"4 NEWS entry: New field.\n"},
		"of the last release, and reworded": {[]pull.File{marked(entry)}, entry, []pull.LandedCommit{commit(5, "Fix a typo (GH-5)", entry),
			commit(6, `Revert "Fix a typo (GH-5)" (GH-6)`, entry), commit(7, "Fix another (GH-7)", entry)}, ""},
		"of the last release, reverted, and again": {[]pull.File{marked(entry)}, entry, []pull.LandedCommit{
			commit(5, `Revert "gh-1: Add it (GH-2)" (GH-5)`, entry), commit(6, "gh-1: Again (GH-6)", entry)},
			"6 NEWS entry: New field.\n"},
		"brought by a revert of what the last release had": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{
			commit(100, `Revert "gh-9: Old (GH-99)" (GH-100)`, entry), commit(101, "gh-9: Reword (GH-101)", entry)},
			"100 NEWS entry: New field.\n"},
		"brought by a revert of a listed change": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{
			commit(99, "gh-9: Old (GH-99)"), commit(100, `Revert "gh-9: Old (GH-99)" (GH-100)`, entry)},
			"100 NEWS entry: New field.\n"},
		"reverted, and brought by another revert": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{add, revert,
			commit(100, `Revert "gh-9: Old (GH-99)" (GH-100)`, entry)},
			"100 NEWS entry: New field.\n"},
		"of the last release": {[]pull.File{marked(entry)}, entry, []pull.LandedCommit{commit(5, "Fix (GH-5)")}, ""},
		"brought by nobody known": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{commit(5, "Fix (GH-5)")},
			"0 NEWS entry: New field.\n"},
		"by hand": {[]pull.File{marked(entry)}, "", []pull.LandedCommit{commit(0, "Add it", entry)},
			"0 NEWS entry: New field.\n"},
		"not an entry": {[]pull.File{marked(next + "deep/a.rst"), {Path: other}}, "", []pull.LandedCommit{add}, ""},
		"dump": {nil, dump, []pull.LandedCommit{commit(6, "gh-1: Regenerate (GH-6)", dump)},
			"6 ABI dump: Regenerate\n"},
		"first dump": {nil, "", []pull.LandedCommit{commit(6, "First (GH-6)", dump), commit(7, "Second (GH-7)", dump)},
			"7 ABI dump: Second\n"},
		"all": {[]pull.File{marked(entry), marked(other)}, dump, []pull.LandedCommit{commit(8,
			"(ABI break) gh-1: Add it (GH-8)", other, entry, dump)},
			"8 title, ABI dump, NEWS entry: New field.; New field.\n"},
	} {
		preset := config.Preset()
		b := NewBranch(Settings{preset.ABI, preset.News}, "3.15", test.entries)
		since := pull.Landed{Commits: test.commits, Before: map[string][]byte{test.before: nil}}
		var lines strings.Builder
		found, known := b.Ledger(since)
		if !known {
			t.Errorf("%s: not known", name)
		}
		for _, b := range found.Breaks {
			lines.WriteString(b.String() + "\n")
		}
		if diff := cmp.Diff(test.want, lines.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// Each of many entries counts once; too many for a few questions, and nobody knows.
func TestBranchWithManyEntries(t *testing.T) {
	t.Parallel()
	preset := config.Preset()
	many := func(n int) Branch {
		var entries []pull.File
		for i := range n {
			entries = append(entries, file(pull.Added, fmt.Sprintf("%s2026-08-01.gh-issue-1.%d.rst", next, i), "(CPython ABI break) Field."))
		}
		return NewBranch(Settings{preset.ABI, preset.News}, "3.15", entries)
	}
	b := many(MaxMarked)
	told := b.Told()
	want := []string{"Doc/data/python3.15.abi", StableManifest, b.marked[0].Path}
	if diff := cmp.Diff(want, told[:3]); diff != "" || len(told) != 2+MaxMarked {
		t.Errorf("%d files (-want +got):\n%s", len(told), diff)
	}
	commits := []pull.LandedCommit{{SHA: "c", Message: "(ABI break) Add (GH-2)", Files: told[:22]}}
	since := pull.Landed{Commits: commits, Before: map[string][]byte{}}
	for _, path := range told[22:] {
		since.Before[path] = nil
	}
	found, known := b.Ledger(since)
	if !known || len(found.Breaks) != 1 || len(found.Breaks[0].Text) != 20 || len(found.Breaks[0].By) != 2 {
		t.Errorf("known: %t, %+v", known, found.Breaks)
	}
	b = many(MaxMarked + 1)
	if _, known := b.Ledger(since); known || len(b.Told()) != 2+MaxMarked {
		t.Errorf("%d entries: known: %t, %d files", MaxMarked+1, known, len(b.Told()))
	}
}
