package newscheck

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/changelog"
	"github.com/concorde-bot/concorde/internal/tracker"
	"github.com/concorde-bot/concorde/internal/weigh"
)

// released is the file of a release, with the text between two others, as blurb
// writes it; texts reads such a file in another way than the code under test.
func released(text string, width int) string {
	const metadata = ".. date: 2026-08-01\n.. gh-issue: 130000\n.. nonce: a\n.. section: Library\n\n"
	return metadata + "Before.\n" + "\n..\n\n" + metadata + changelog.Reflow(text, width) + "\n..\n\n" + metadata + "After.\n"
}

func texts(release string, width int) []string {
	var all, lines []string
	text := false
	for line := range strings.SplitSeq(release, "\n") {
		line = strings.TrimRightFunc(line, func(r rune) bool { return unicode.IsSpace(r) || 28 <= r && r <= 31 })
		if !text && (line == "" || line[0] == '#' || strings.HasPrefix(line, "..")) {
			continue
		}
		if line == ".." {
			all, lines, text = append(all, changelog.Reflow(strings.Join(lines, "\n"), width)), nil, false
			continue
		}
		lines, text = append(lines, line), true
	}
	return append(all, changelog.Reflow(strings.Join(lines, "\n"), width))
}

// weighed holds an entry to work in proportion to its length: text without an end is
// read again for each remark, of which there are few.
func weighed(t *testing.T, data []byte) {
	t.Helper()
	set := config.Preset().News
	l := linter{set: set}
	weigh.Linear(t, len(data), 700, func() { l = linter{set: set}; l.lint(data, name{}) })
	if most := (maxRemarks + 3) * (len(data) + 1); l.steps > most {
		t.Errorf("%d bytes took %d steps, more than %d: %.100q", len(data), l.steps, most, data)
	}
}

// TestHostileEntries: the longest entry that is read, of whatever costs most, is read in
// steps and memory in proportion to its length.
func TestHostileEntries(t *testing.T) {
	for _, text := range hostileEntries() {
		weighed(t, []byte(text))
	}
}

// hostileEntries are as long as an entry that is read.
func hostileEntries() (all []string) {
	for _, piece := range []string{"`", "``", "*", "**a ", "a`", ":func:`", ":func`a` ", ":a:", "`a`:", "`a`_", "\\", "x", "x ", "\n", "- ",
		"::\n\n", ".. a\n", " a\n", "| ", "\u00e9", "\xff", "\u00a0", "gh-1 ", "``a` ", "(*) "} {
		all = append(all, strings.Repeat(piece, maxEntry/len(piece)), "Fix it.\n"+strings.Repeat(piece, (maxEntry-10)/len(piece)))
	}
	return all
}

// BenchmarkHostileEntries finds the one that costs most.
func BenchmarkHostileEntries(b *testing.B) {
	set := config.Preset().News
	weigh.Worst(b, hostileEntries(), func(text string) {
		l := linter{set: set}
		l.lint([]byte(text), name{})
	})
}

func FuzzEntry(f *testing.F) {
	for _, seed := range []string{
		"Fix it.\n", "", "# c\n\n.. bpo: 1\n\n  # x", "  .. x: y", "a\n..\nb", strings.Repeat("x", 75) + " .. " + strings.Repeat("y", 75),
		"a::\n\n   ..\n\n\n  b\n\n* c\n* d", "\ufeffgh-1: x", "x\r\n\ty\x1c\u00a0 z\x85", "\x00\xff", strings.Repeat("z", 74) + "\u00a0    code",
		"ıſſue #",
		"``a` *b **c :func`d` :x:`e` `f`: g::\n\n  `h\n\n.. i:: *j\n\n- k\\ `l`_ m:`n`\n  | *o",
	} {
		f.Add([]byte(seed))
	}
	set := config.Preset().News
	f.Fuzz(func(t *testing.T, data []byte) {
		l := linter{set: set}
		weighed(t, data)
		remarks := l.lint(data, name{issue: tracker.Issue{Tracker: "gh", Number: 130000}})
		last := strings.Count(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(string(data)), "\n") + 1
		harmful := false
		for _, remark := range remarks {
			harmful = harmful || remark.harmful
			if remark.harmful && remark.column != 0 || remark.column < 0 || remark.column > utf8.RuneCount(data)+1 {
				t.Errorf("column %d: %s", remark.column, remark.message)
			}
			if remark.line < 1 || remark.line > last {
				t.Errorf("line %d of %d: %s", remark.line, last, remark.message)
			}
		}
		b := readBody(data)
		text := b.Text(set.Width)
		if harmful || text == "" {
			return
		}
		if diff := cmp.Diff([]string{"Before.\n", text, "After.\n"}, texts(released(text, set.Width), set.Width)); diff != "" {
			t.Errorf("the release is read back as something else:\n%s", diff)
		}
		again := linter{set: set}
		if remarks := again.lint([]byte(text), name{}); slices.ContainsFunc(remarks, func(r remark) bool { return r.harmful }) {
			t.Errorf("what blurb writes has faults: %v", remarks)
		}
	})
}
