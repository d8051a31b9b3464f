package backport

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

const sha = "1234567890123456789012345678901234567890"

func TestMessage(t *testing.T) {
	const picked = "(cherry picked from commit " + sha + ")\n"
	const credit = "Co-authored-by: Ann <ann@example.com>"
	for _, tt := range []struct{ name, original, author, want string }{
		{"credit", "Fix it\n\nWhy.", "Ann <ann@example.com>", "Fix it\n\nWhy.\n" + picked + "\n" + credit + "\n"},
		{"credit alone", "Fix it", "Ann <ann@example.com>", "Fix it\n\n" + picked + "\n" + credit + "\n"},
		{"credit after trailers", "Fix it\n\nWhy.\n\nCo-authored-by: A <a@b.c>", "Ann <ann@example.com>", "Fix it\n\nWhy.\n" + picked + "\n" +
			credit + "\nCo-authored-by: A <a@b.c>\n"},
		{"credited already", "Fix it\n\nWhy.\n\nco-authored-by: ann <ANN@example.com>", "Ann <ann@example.com>", "Fix it\n\nWhy.\n" + picked +
			"\nco-authored-by: ann <ANN@example.com>\n"},
		{"a mention, byte for byte", "Fix it\n\nThanks @guido.\n\nCo-authored-by: @ann <a@b.c>", "", "Fix it\n\nThanks @guido.\n" + picked +
			"\nCo-authored-by: @ann <a@b.c>\n"},
		{"a subject alone", "gh-1: Fix it (#24680)", "", "gh-1: Fix it (GH-24680)\n\n" + picked},
		{"a body", "Fix it\n\nWhy.\n\nAnd how.\n", "", "Fix it\n\nWhy.\n\nAnd how.\n" + picked},
		{"trailers", "Fix it\n\nWhy.\n\nCo-authored-by: A <a@b.c>\nSigned-off-by: D <d@e.f>\n", "",
			"Fix it\n\nWhy.\n" + picked + "\nCo-authored-by: A <a@b.c>\nSigned-off-by: D <d@e.f>\n"},
		{"trailers alone", "Fix it\n\nCo-authored-by: A <a@b.c>", "", "Fix it\n\n" + picked + "\nCo-authored-by: A <a@b.c>\n"},
		{"a folded trailer", "Fix it\n\nWhy.\n\nCc: A,\n B", "", "Fix it\n\nWhy.\n" + picked + "\nCc: A,\n B\n"},
		{"a last paragraph with a colon that is none", "Fix it\n\nNote: this\nis text", "", "Fix it\n\nNote: this\nis text\n" + picked},
		{"a backport of a backport", "[3.14] Fix it (GH-24680) (#24700)\n\nWhy.\n(cherry picked from commit feed)\n\nCo-authored-by: A <a@b.c>",
			"",
			"Fix it (GH-24680) (GH-24700)\n\nWhy.\n(cherry picked from commit feed)\n" + picked + "\nCo-authored-by: A <a@b.c>\n"},
		{"several branches", "[3.15] [3.14] Fix it", "", "Fix it\n\n" + picked},
		{"numbers", "#1234 x#12345 (#12345) #123456\n\n#99999 and gh-#11111", "",
			"#1234 x#12345 (GH-12345) GH-123456\n\nGH-99999 and gh-GH-11111\n" + picked},
		{"carriage returns and controls", "Fix\tit\x07\r\n\r\nWhy.\r\n", "", "Fix\tit\n\nWhy.\n" + picked},
		{"not UTF-8", "Fix \xff\n", "", "Fix \uFFFD\n\n" + picked},
		{"nothing", "", "", "Backport\n\n" + picked},
		{"a branch alone", "[3.14] ", "", "Backport\n\n" + picked},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Message(git.Source{ID: sha, Message: tt.original, Author: tt.author})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTitlesAndBodies(t *testing.T) {
	long := strings.Repeat("é", 300)
	for _, tt := range []struct{ name, message, credit, title, body string }{
		{"as usual", "gh-1: Fix it (#24680)\n\nWhy.", "A <a@b.c>", "[3.14] gh-1: Fix it (GH-24680)",
			"Why.\n(cherry picked from commit " + sha + ")\n\nCo-authored-by: A <a@b.c>"},
		{"without a number", "Fix it", "", "[3.14] Fix it (GH-24680)", "(cherry picked from commit " + sha + ")"},
		{"another number at the end", "Fix it (GH-7)", "", "[3.14] Fix it (GH-7) (GH-24680)", "(cherry picked from commit " + sha + ")"},
		{"prefixed", "[3.15] Fix it (GH-24680)", "", "[3.14] Fix it (GH-24680)", "(cherry picked from commit " + sha + ")"},
		{"credited already", "Fix it\n\nCo-authored-by: a <A@b.c>", "A <a@b.c>", "[3.14] Fix it (GH-24680)",
			"(cherry picked from commit " + sha + ")\n\nCo-authored-by: a <A@b.c>"},
		{"with others", "Fix it\n\nCo-authored-by: D <d@e.f>", "A <a@b.c>", "[3.14] Fix it (GH-24680)",
			"(cherry picked from commit " + sha + ")\n\nCo-authored-by: A <a@b.c>\nCo-authored-by: D <d@e.f>"},
		{"too long", long + " (#24680)", "", "[3.14] " + strings.Repeat("é", 237) + "… (GH-24680)",
			"…" + strings.Repeat("é", 63) + "\n\n(cherry picked from commit " + sha + ")"},
		{"mentions", "Fix it\n\n@guido and python/@core-devs, see a@b.c and\n@property.", "@ann <a@b.c>", "[3.14] Fix it (GH-24680)",
			"@\u200bguido and python/@\u200bcore-devs, see a@b.c and\n@\u200bproperty.\n(cherry picked from commit " + sha +
				")\n\nCo-authored-by: @\u200bann <a@b.c>"},
		{"a number alone", "(#24680)", "", "[3.14] Backport (GH-24680)", "(cherry picked from commit " + sha + ")"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Original{Number: 24680, Source: git.Source{ID: sha, Message: tt.message, Author: tt.credit}}
			title, _ := o.titleFor("3.14")
			if diff := cmp.Diff([]string{tt.title, tt.body}, []string{title, o.bodyFor("3.14", "")}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if branch, number := originalOf(title); branch != "3.14" || number != 24680 {
				t.Errorf("the title names %d on %q", number, branch)
			}
		})
	}
}

func TestOriginalOf(t *testing.T) {
	for title, want := range map[string]struct {
		branch string
		number int
	}{
		"[3.14] Fix it (GH-24680)":             {"3.14", 24680},
		"[3.14] Fix it (#24680)":               {"3.14", 24680},
		"[3.14] Fix it (GH-24680) (#24700)":    {"3.14", 24700},
		" [3.9]Fix it (gh-1) ":                 {"3.9", 1},
		"[3.14] Fix it":                        {"3.14", 0},
		"Fix it (GH-24680)":                    {"", 0},
		"[x] Fix it (GH-24680)":                {"", 0},
		"[3.14] Fix (GH-99999999999999999999)": {"3.14", 0},
	} {
		if branch, number := originalOf(title); branch != want.branch || number != want.number {
			t.Errorf("%q names %d on %q", title, number, branch)
		}
	}
}

func TestCommitBody(t *testing.T) {
	start := "<!-- backport-conflict " + sha + " -->"
	for body, want := range map[string]string{
		" Why.\n": "Why.",
		"Thanks @\u200bann.\n\nCo-authored-by: @\u200bann <a@b.c>": "Thanks @ann.\n\nCo-authored-by: @ann <a@b.c>",
		"Why.\n\n" + start + "\nx\n" + sectionEnd:                  "Why.",
		"Why.\n" + start + "x" + sectionEnd + "\nMore":             "Why.\n\nMore",
		"Why.\n" + start + " never ended":                          "Why.\n" + start + " never ended",
		start + sectionEnd:                                         "",
	} {
		if got := commitBody(body); got != want {
			t.Errorf("%q becomes %q, want %q", body, got, want)
		}
	}
	o := Original{Number: 24680, Source: git.Source{ID: sha, Message: "Fix it\n\nWhy.\n" + start + "\nHidden.\n" + sectionEnd}}
	if body := o.bodyFor("3.14", ""); pickOf(body) != "" || !strings.Contains(commitBody(body), "cherry picked from") ||
		!strings.Contains(commitBody(body), "Hidden.") {
		t.Errorf("marks in a message are taken for the bot's: %q", body)
	}
}

// What a stranger writes into a message is never taken for what the bot says of a
// conflict, at any length of the title, and however it is put together.
func TestMarksInMessages(t *testing.T) {
	mark := "<!-- backport-conflict " + sha + " -->"
	for _, message := range []string{
		"Fix it\n\n" + mark,
		"Fix it\n\n" + mark + "\nx\n" + sectionEnd,
		"Fix it\n\n<!-- backport-conflictbackport-conflict " + sha + " -->",
		"Fix it\n\n<!-- /backport-conflictbackport-conflict " + sha + " -->",
		"Fix it " + strings.Repeat("x", 250) + mark,
		strings.Repeat("x", 400) + mark + "\n\nWhy.\n" + sectionEnd,
		strings.Repeat("x ", 160) + "<!-- backport-conflictbackport-conflict " + sha + " -->",
	} {
		o := Original{Number: 24680, Source: git.Source{ID: sha, Message: message}}
		if body := o.bodyFor("3.14", ""); pickOf(body) != "" || strings.Contains(body, sectionEnd) {
			t.Errorf("%q: the body has the bot's marks: %q", message, body)
		}
	}
}

// Nor are marks in the names of files and in the subjects of commits.
func TestMarksInDetails(t *testing.T) {
	mark := "<!-- backport-conflict " + sha + " -->"
	w := row{
		Version: "3.14", Conflicts: []pull.Conflict{{Path: "a" + sectionEnd + "b"}, {Path: "<!-- gh-issue-number: gh-1 -->"}},
		Missing: []pull.Prerequisite{{SHA: sha, Subject: "gh-1: Fix " + mark}},
	}
	if text := w.details(); strings.Contains(text, "<!--") {
		t.Errorf("marks in what strangers wrote stay: %q", text)
	}
}

// What the bot says of conflicts stands before code that a message doesn't end: below
// it GitHub would show the marks to people, and the bot wouldn't find them.
func TestSectionBesideOpenCode(t *testing.T) {
	section := gapBefore + "<!-- backport-conflict " + sha + " -->\nConflicts.\n" + sectionEnd
	for message, first := range map[string]bool{"Fix it\n\nWords.": false, "Fix it\n\n```\nx\n```\nWords.": false, "Fix it\n\n```\nx": true,
		"Fix it\n\n~~~~\n~~~": true, "Fix it\n\n<?x": true} {
		o := Original{Number: 24680, Source: git.Source{ID: sha, Message: message}}
		body := o.bodyFor("3.14", section)
		if strings.HasPrefix(body, "<!--") != first || pickOf(body) != sha {
			t.Errorf("%q: body %q", message, body)
		}
		resolved := pull.Block{Start: "<!-- backport-conflict " + sha + " -->", End: sectionEnd, Markdown: markdown.Body{}}.In(body)
		for _, text := range []string{resolved, commitBody(body)} {
			if strings.TrimSpace(text) != strings.TrimSpace(o.bodyFor("3.14", "")) {
				t.Errorf("%q: %q is left of %q", message, text, body)
			}
		}
	}
}

// TestPickedFrom: the lines of git and of cherry_picker, with the repository that other
// tools add.
func TestPickedFrom(t *testing.T) {
	other := strings.Repeat("b", 40)
	for message, want := range map[string]string{
		"Fix it\n\n(cherry picked from commit " + sha + ")\n":                                                      sha,
		"Fix it\n\n(cherry picked from commit " + sha + " python/cpython)\n":                                       sha,
		"Fix it\n\n(cherry picked from commit " + sha + " a.b-c/d_e)\n(cherry picked from commit " + other + ")\n": sha + " " + other,
		"Fix it\n\n(cherry picked from commit " + sha[:7] + ")\n":                                                  sha[:7],
		"Fix it\n\n(cherry picked from commit " + sha[:6] + ")\n":                                                  "",
		"Fix it\n\n(cherry picked from commit " + sha + " python)\n":                                               "",
		"Fix it\n\n(cherry picked from commit main)\n":                                                             "",
	} {
		if got := strings.Join(PickedFrom(message), " "); got != want {
			t.Errorf("%q: %q, want %q", message, got, want)
		}
	}
}
