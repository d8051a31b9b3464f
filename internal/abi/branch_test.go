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
		"reverted":            {nil, "", []pull.LandedCommit{add, revert}, ""},
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
		b := Branch{Settings{preset.ABI, preset.News}, "3.15", test.entries}
		since := pull.Landed{Commits: test.commits, Before: map[string][]byte{test.before: nil}}
		var lines strings.Builder
		for _, b := range b.Ledger(since).Breaks {
			lines.WriteString(b.String() + "\n")
		}
		if diff := cmp.Diff(test.want, lines.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// However many entries are marked, the question stays small, and none is lost.
func TestBranchWithManyEntries(t *testing.T) {
	t.Parallel()
	preset := config.Preset()
	b := Branch{Settings: Settings{preset.ABI, preset.News}, Version: "3.15"}
	for i := range 100 {
		b.Entries = append(b.Entries, file(pull.Added, fmt.Sprintf("%s2026-08-01.gh-issue-1.%d.rst", next, i), "(CPython ABI break) Field."))
	}
	told := b.Told()
	want := []string{"Doc/data/python3.15.abi", StableManifest, b.Entries[0].Path}
	if diff := cmp.Diff(want, told[:3]); diff != "" || len(told) != maxTold {
		t.Errorf("%d files (-want +got):\n%s", len(told), diff)
	}
	commits := []pull.LandedCommit{{SHA: "c", Message: "Add (GH-2)", Files: told}}
	if breaks := b.Ledger(pull.Landed{Commits: commits}).Breaks; len(breaks) != 1+100-(maxTold-2) || len(breaks[0].Text) != maxTold-2 {
		t.Errorf("%d breaks, the first says %q", len(breaks), breaks[0].Text)
	}
}
