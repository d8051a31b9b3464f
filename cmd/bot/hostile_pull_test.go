package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/ghtest"
)

const entry = "Misc/NEWS.d/next/Library/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst"

// oneEntry is a pull request with one file at the place of a NEWS entry.
func oneEntry(f ghtest.File) map[string]ghtest.File { return map[string]ghtest.File{entry: f} }

func many(n int, format string) map[string]ghtest.File {
	files := map[string]ghtest.File{}
	for i := range n {
		files[fmt.Sprintf(format, i)] = ghtest.Text("x")
	}
	return files
}

func with(files, more map[string]ghtest.File) map[string]ghtest.File {
	maps.Copy(files, more)
	return files
}

// TestOddFiles: whatever is at the place of a NEWS entry, and however many files
// there are, the pull request gets its status, and the check run says why.
func TestOddFiles(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	good := ghtest.Text("Fix :func:`os.walk`.\n")
	section := func(name string) map[string]ghtest.File {
		return map[string]ghtest.File{"Misc/NEWS.d/next/" + name + "/2026-11-21-10-00-00.gh-issue-140000.AAAAAA.rst": good}
	}
	cases := []struct {
		name   string
		files  map[string]ghtest.File
		status string
		want   []string // in the summary or an annotation
	}{
		{"NUL", oneEntry(ghtest.Text("Fix it.\nAnd\x00 it.\n")), "failure", []string{":2: This line has a NUL byte"}},
		{"CRLF", oneEntry(ghtest.Text("Fix it.\r\nAnd that.\r\n")), "success", nil},
		{"BOM", oneEntry(ghtest.Text("\ufeffFix it.\n")), "failure", []string{":1: The file starts with a byte order mark"}},
		{"not UTF-8", oneEntry(ghtest.Text("Fix it.\nAnd na\xefve ones.\n")), "failure", []string{":2: This line isn't UTF-8"}},
		{"UTF-16", oneEntry(ghtest.Text("\xff\xfeF\x00i\x00x\x00")), "failure", []string{":1: This line isn't UTF-8"}},
		{"long line", oneEntry(ghtest.Text(strings.Repeat("very ", 1<<18))), "failure",
			[]string{"The file has 1310720 bytes, so I didn't read it"}},
		{"large", oneEntry(ghtest.Text(strings.Repeat("Fix it.\n", 3<<17))), "failure",
			[]string{"The file has 3145728 bytes, so I didn't read it"}},
		{"empty", oneEntry(ghtest.Text("")), "failure", []string{"The entry has no text"}},
		{"symlink", oneEntry(ghtest.File{Content: "/etc/passwd", Mode: "120000"}), "failure", []string{"This is a symbolic link. Replace it"}},
		{"submodule", oneEntry(ghtest.File{Content: strings.Repeat("1", 40), Mode: "160000"}), "failure",
			[]string{"This is a submodule. Replace it"}},
		{"executable", oneEntry(ghtest.File{Content: "Fix it.\n", Mode: "100755"}), "success", nil},
		{"3,100 files, entry among the first", with(many(3100, "Tools/tool%d.py"), oneEntry(good)), "success", nil},
		{"3,100 files, entry not among the first", with(many(3100, "Lib/module%d.py"), oneEntry(good)), "failure",
			[]string{"GitHub lists only the first 3000 changed files, so I can't see the other 101", "`skip news`"}},
		{"60 faulty entries", many(60, "Misc/NEWS.d/next/Library/entry%02d.rst"), "failure",
			slices.Collect(maps.Keys(many(60, "entry%02d.rst:1:")))},
		{"newline", section("Lib\nrary"), "failure", []string{`"Lib\nrary" isn't a section directory`,
			`git mv $'Misc/NEWS.d/next/Lib\nrary/2026`}},
		{"quotes", section(`Lib"ra'ry`), "failure", []string{`Lib\"ra'ry`, `git mv 'Misc/NEWS.d/next/Lib"ra'\''ry/2026`}},
		{"emoji", section("🐍 Library"), "failure", []string{"🐍 Library"}},
		{"command", section("$(reboot)`reboot`"), "failure", []string{"git mv 'Misc/NEWS.d/next/$(reboot)`reboot`/2026"}},
		{"dots", section("...Library"), "failure", []string{`"...Library" isn't a section directory`}},
		{"backslashes", section(`..\..\Library`), "failure", []string{`..\..\Library/2026`}},
		{"no UTF-8 in the path", section("Lib\xffrary"), "failure", []string{"isn't a section directory"}},
		{"mention", section("@python"), "failure", []string{`"@python" isn't`}},
	}
	var pulls []*pullRequest
	for _, c := range cases {
		pulls = append(pulls, s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: " + c.name}, files: c.files, status: c.status}))
	}
	for i, c := range cases {
		s.settled(pulls[i])
		state := s.state(pulls[i])
		var run ghtest.CheckRun // none where all is well
		if n := len(state.CheckRuns); n > 0 {
			run = state.CheckRuns[n-1]
		}
		text := run.Title + "\n" + run.Summary + "\n"
		for _, a := range run.Annotations {
			text += fmt.Sprintf("%s:%d: %s\n", a.Path, a.StartLine, a.Message)
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s: the check run does not say %q:\n%s", c.name, want, text)
			}
		}
		if (run.Conclusion == "failure") != (c.status == "failure") {
			t.Errorf("%s: the check run is a %s, the status a %s", c.name, run.Conclusion, c.status)
		}
		if len(text) < 2000 {
			t.Logf("%s: %s", c.name, text)
		}
	}
	s.tidy(pulls...)
	if warned := s.bot.errors(); len(warned) > 0 {
		t.Errorf("the log has errors, which are none of the operator's: %q", warned)
	}
}

// TestForkIsDeleted: the files are read from the base repository.
func TestForkIsDeleted(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	s.github.Pause()
	p := s.open(&pullRequest{PR: ghtest.PR{Author: "ghost"}, files: oneEntry(ghtest.Text("Fix it.\n")), status: "success"})
	s.check(s.cpython.DeleteFork("ghost"))
	s.github.Resume()
	s.settled(p)
	s.check(s.cpython.EditTitle(p.number, "(ABI break) gh-140000: Change"))
	eventually(t, "the status of the ABI markers", func() bool { return s.state(p).Statuses[abiContext].State != "" })
	s.tidy(p)
}

// code is what GitHub shows as it is: blocks, and words in backquotes. Mentions
// and HTML in it are nothing but text.
var code = regexp.MustCompile("(?s)(````*)\n.*?\n````*|`[^`\n]*`")

// TestOddWords: what people write in titles, bodies and labels must not speak
// through the bot: no mention, no HTML, no marker, no link of theirs.
func TestOddWords(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	title := "gh-140000: \x1b[31mred\x07\u202e @python/core <!-- concorde:news-help:0123456789abcdef --> <img src=x onerror=alert(1)> " +
		"[x](http://example.com) ``` `` ` **(ABI break)** $(reboot) \u0000" +
		strings.Repeat("ü", 100)
	labels := []string{"needs backport to 3.14", "`", "@python", "<!-- x -->", "a/b", "..", "100% sure", "💥"}
	for i := range 92 {
		labels = append(labels, fmt.Sprintf("label %d", i))
	}
	body := strings.Repeat("@python <!-- concorde:news-help:0123456789abcdef --> \x00\n", 1200)
	p := s.open(&pullRequest{PR: ghtest.PR{Title: title, Association: "NONE", Body: body[:65000], Labels: labels}})
	s.settled(p)
	state := s.state(p)
	if n := utf8.RuneCountInString(state.Title); n < 250 || len(state.Labels) != 100 || !strings.HasPrefix(state.Body, body[:65000]) {
		t.Fatalf("the pull request has a title of %d characters, %d labels and a body of %d", n, len(state.Labels), len(state.Body))
	}
	texts := map[string]string{}
	for context, status := range state.Statuses {
		texts["status "+context] = status.Description
	}
	for _, c := range state.Comments {
		texts["comment"] = regexp.MustCompile(`\n\n<!-- concorde:news-help:[0-9a-f]{16} -->$`).ReplaceAllString(c.Body, "")
	}
	for _, run := range state.CheckRuns {
		texts["title of "+run.Name], texts["summary of "+run.Name] = run.Title, run.Summary
	}
	for where, text := range texts {
		plain := code.ReplaceAllString(text, "")
		if strings.ContainsAny(plain, "@<>") || strings.Contains(plain, "example.com") {
			t.Errorf("%s: words of other people outside of code:\n%s\nof\n%s", where, plain, text)
		}
		if i := strings.IndexFunc(plain, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }); i >= 0 {
			t.Errorf("%s: a control character at byte %d: %q", where, i, plain)
		}
		t.Logf("%s: %s", where, text)
	}
	s.tidy(p)
}

// TestForgedMarkers: a person copies the bot's comment, hidden marker and all.
// It is the author that counts: the bot still writes its own, once, and leaves
// the copies alone.
func TestForgedMarkers(t *testing.T) {
	t.Parallel()
	s := newStage(t).start()
	original := s.open(&pullRequest{PR: ghtest.PR{Association: "NONE"}})
	s.settled(original)
	copied := s.state(original).Comments[0].Body
	s.github.Pause()
	p := s.open(&pullRequest{PR: ghtest.PR{Title: "gh-140000: forged", Association: "NONE"}})
	for _, of := range []*pullRequest{original, p} {
		_, err := s.cpython.Comment(of.number, "mallory", copied)
		s.check(err)
		_, err = s.cpython.Comment(of.number, "mallory", "<!-- concorde:news-help:0000000000000000 -->")
		s.check(err)
		of.comments += 2
	}
	s.github.Resume()
	s.settled(p)
	s.check(s.cpython.EditTitle(p.number, "gh-140000: forged, and edited"))
	s.check(s.cpython.EditTitle(original.number, "gh-140000: copied, and edited"))
	flush(t, s.github)
	s.tidy(p, original)
	for _, w := range s.cpython.Writes() {
		if w.Kind == "comment-edit" || w.Kind == "comment-delete" {
			t.Errorf("the bot touched a comment: %+v", w)
		}
	}
}
