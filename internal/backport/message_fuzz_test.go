package backport

import (
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/suite"
)

// mention is what GitHub takes for one, were the text all prose.
var mention = regexp.MustCompile(`(^|[^0-9A-Za-z_])@[0-9A-Za-z]`)

func FuzzMessage(f *testing.F) {
	for _, seed := range []string{"gh-1: Fix it (#24680)\n\nWhy.\n\nCo-authored-by: A <a@b.c>", "[3.14] [3.13.1] x", "\r\n\x00", "a: b\n c",
		"(#12345)\n\n\n\n",
		"x\n\n y\nSigned-off-by: D", "x [skip [skip ci]ci]\n\nskip-checks:\n true", "<!-- backport-conflict -->",
		"x\n\nk:v\n#\nConflicts:\n\ta\n" + scissors} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, original string) {
		from := git.Source{ID: sha, Message: original, Author: "A <a@b.c>"}
		checkMessage(t, from)
		checkWork(t, from)
		o := Original{Number: 24680, Source: from}
		title, rest := o.titleFor("3.14")
		if n := utf8.RuneCountInString(title); n > maxTitle || strings.Contains(title, "\n") {
			t.Errorf("the title has %d characters: %q", n, title)
		}
		if branch, number := originalOf(title); branch != "3.14" || number != 24680 {
			t.Errorf("%q names %d on %q", title, number, branch)
		}
		body := o.bodyFor("3.14", "")
		if !strings.HasPrefix(markdown.Aloud(body), markdown.Aloud(rest)) || !strings.Contains(body, sha) || mention.MatchString(body) ||
			strings.Contains(body, "<!--") {
			t.Errorf("the body is %q", body)
		}
		if Unskipped(title) != title || Unskipped(body) != body {
			t.Errorf("GitHub skips the checks of %q, %q", title, body)
		}
	})
}

func checkMessage(t *testing.T, from git.Source) {
	message := Message(from)
	subject, _, _ := strings.Cut(message, "\n")
	if !utf8.ValidString(message) || strings.ContainsAny(message, "\x00\r") || strings.TrimSpace(subject) == "" ||
		Unskipped(message) != message {
		t.Fatalf("%q becomes %q", from.Message, message)
	}
	title, body := split(numbered(from.Message))
	picked := "(cherry picked from commit " + sha + ")"
	if strings.Count(message, picked) != strings.Count(title, picked)+strings.Count(body, picked)+1 {
		t.Errorf("%q becomes %q", from.Message, message)
	}
	credits := 0
	for _, trailer := range parse(message).trailers {
		if trailer.person() == "a <a@b.c>" {
			credits++
		}
	}
	if credits == 0 {
		t.Errorf("%q becomes %q, which doesn't credit its author", from.Message, message)
	}
}

// checkWork has a message cost no more than its length: in lines looked at, and in
// memory.
func checkWork(t *testing.T, from git.Source) {
	if lines, steps := strings.Count(from.Message, "\n")+1, parse(from.Message).steps; steps > 4*lines {
		t.Errorf("%d lines took %d steps", lines, steps)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	message := Message(from)
	runtime.ReadMemStats(&after)
	// the race detector allocates by itself
	if took, most := after.TotalAlloc-before.TotalAlloc, uint64(200*len(from.Message)+64<<10); took > most && !suite.Raced {
		t.Errorf("%d bytes took %d bytes of memory, more than %d; %d came out", len(from.Message), took, most, len(message))
	}
}

// The worst messages that git stores and the engine reads, a megabyte of one thing,
// cost no more than others.
func TestWorkOfLongMessages(t *testing.T) {
	long := suite.Sizes[int]{Normal: 1 << 17, Long: 1 << 20, Full: 1 << 20}.Size()
	for _, part := range []string{"\n", " \n", "x", "[3.14]", "[3.14] ", "k:v\n", "k:v\n v\n", " v\n", "#\n", "#12345 ", "(#12345)", "[skip ",
		"[skip ci]", "[skip ci] ", "]", "skip-checks: true\n",
		"Signed-off-by: D <d@e.f>\n", "Co-authored-by: D <d@e.f>\n", "(cherry picked from commit 1)\n", "Conflicts:\n", "\ta\n", scissors,
		"<!--", "@a ", "\x00", "\xff", "é", "k ", ":", "[skip ci]\n"} {
		text := strings.Repeat(part, long/len(part))
		for _, message := range []string{text[:1<<16], "Fix it\n\n" + text[:1<<16], "Fix it\n\n" + text + "\n\nk: v"} {
			from := git.Source{ID: sha, Message: message, Author: "A <a@b.c>"}
			checkMessage(t, from)
			checkWork(t, from)
		}
		o := Original{Number: 24680, Source: git.Source{ID: sha, Message: text, Author: "A <a@b.c>"}}
		if body := o.bodyFor("3.14", ""); len(body) > maxPullBody || !strings.Contains(body, sha) {
			t.Errorf("%.20q…: the body has %d bytes: %.80q", text, len(body), body)
		}
	}
}
