package backport

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// No backport tells GitHub to skip its checks, however the original is written.
func TestUnskipped(t *testing.T) {
	for message, want := range map[string]string{
		"Fix it":                                            "Fix it",
		"Fix [skip ci] it":                                  "Fix it",
		"Fix it [CI skip]":                                  "Fix it",
		"[no ci] Fix it":                                    "Fix it",
		"[skip actions][actions skip]":                      "",
		"a [skip [skip ci] ci]":                             "a",
		"a [skip[skip ci] ci]":                              "a",
		"[[[skip ci]skip ci] ci]":                           "[ ci]",
		"a [skip\nci] b":                                    "a [skip\nci] b",
		"[skip travis]":                                     "[skip travis]",
		"a\n[skip ci]\nb":                                   "a\nb",
		"a\n  [skip ci]  \nb":                               "a\nb",
		"a\n\n[skip ci] b: c":                               "a\n\nb: c",
		"a\n\nskip-checks: true":                            "a\n\n",
		"a\n\nSkip-Checks:TRUE\nb: c":                       "a\n\nb: c",
		"a\n\nskip-checks:\n true\nb: c":                    "a\n\nb: c",
		"a\n\nskip-checks: false":                           "a\n\nskip-checks: false",
		"a\n\nskip-checks: true story":                      "a\n\nskip-checks: true story",
		"a\n\nskip-[skip ci]checks: true":                   "a\n\n",
		"a\n\nskip-checks: [no ci]true\nb: c":               "a\n\nb: c",
		"a\n\nskip-checks: true\nskip-checks:true":          "a\n\n",
		"a\n\nskip-checks:\nskip-checks: true\n true\nb: c": "a\n\nb: c",
	} {
		if got := Unskipped(message); got != want {
			t.Errorf("%q becomes %q, want %q", message, got, want)
		}
	}
}

// What the bot does to a text leaves no skip that wasn't there before.
func TestSkipsMadeOfOtherThings(t *testing.T) {
	for _, message := range []string{"Fix it [skip\x00ci]", "Fix it [skip\x0bci]\n\nskip-checks\r:\x1ftrue", "[3.14] [skip ci]",
		"Fix it\n\nskip-checks:\r\n true\r\n", "Fix it " + strings.Repeat("x", 240) + " [skip ci]"} {
		o := Original{Number: 24680, Source: git.Source{ID: sha, Message: message}}
		title, _ := o.titleFor("3.14")
		if all := title + "\n" + o.bodyFor("3.14", "") + "\n" + Message(o.Source); Unskipped(all) != all {
			t.Errorf("%q: GitHub skips the checks of %q", message, all)
		}
	}
}
