package glob

import (
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
)

func TestSet(t *testing.T) {
	for _, tt := range []struct{ pattern, matches, others string }{
		{"Doc/**", "Doc/x Doc/a/b/.c Doc/.x", "Doc Docs/x x/Doc/y"},
		{"**", "x a/b .github/x/y", ""},
		{"*", "x .x", "a/b"},
		{"**/*.rst", "x.rst a/b/c.rst .rst", "x.rst.txt x.md"},
		{"**/?*.md", "README.md a/x.md", ".md a/.md"},
		{"Lib/**/test_*.py", "Lib/test_x.py Lib/a/b/test_.py", "Lib/xtest_.py test_x.py"},
		{"{Objects,Python}/**", "Objects/a Python/b/c", "Parser/a Objects"},
		{"a{b,c{d,e}}f", "abf acdf acef", "acf af"},
		{"{,x}y", "y xy", "x"},
		{"[a-c]x[!0-9]", "axa cx-", "dxa ax1"},
		{`\[x\]\*`, "[x]*", "x [x]a"},
		{"configure", "configure", "configure.ac a/configure"},
		{"a**b", "ab axxb", "a/b"},
		{"Modules/_test*/**", "Modules/_testcapi/x.c", "Modules/_testcapi.c"},
		{"naïve/é*", "naïve/é1", "naïve/e"},
		{"**/test/**", "test/x a/test/b/c", "test a/test"},
		{"a{1,2}/[xy]{z,}", "a1/x a2/yz", "a3/x"},
	} {
		if err := Check(tt.pattern); err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
		}
		set := New([]string{tt.pattern})
		for _, path := range strings.Fields(tt.matches) {
			if !set.Any(path) {
				t.Errorf("%s does not match %s", tt.pattern, path)
			}
		}
		for _, path := range strings.Fields(tt.others) {
			if set.Any(path) {
				t.Errorf("%s matches %s", tt.pattern, path)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for pattern, want := range map[string]string{
		"":                          "is empty",
		"!Doc/**":                   "starts with an exclamation mark",
		"a[":                        "close its brackets",
		"{a,b":                      "close its braces",
		`a\`:                        "no \\ at the end",
		"/a":                        "from the top",
		"a/":                        "from the top",
		"./a":                       "without . or ..",
		"a/../b":                    "without . or ..",
		"{a,..}/b":                  "without . or ..",
		"+(a|b)":                    "write alternatives as {a,b}",
		"[[:alpha:]]":               "list the characters",
		"x[a/b]":                    "list the characters",
		strings.Repeat("{a,b}", 7):  "more than 100 alternatives",
		strings.Repeat("{a,b}", 50): "more than 100 alternatives",
	} {
		if err := Check(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, have %v", pattern, want, err)
		}
	}
}

// The index finds what matching one by one finds.
func FuzzSet(f *testing.F) {
	for _, seed := range []string{"Doc/**", "**/*.rst", "a{b,c}d/[x-z]?", `\*a`, "**/x/**/y*z", "a**b/**"} {
		f.Add(seed, "Doc/a.rst")
		f.Add(seed, "x/y/z")
	}
	f.Fuzz(func(t *testing.T, pattern, path string) {
		if len(pattern) > 50 || len(path) > 50 || Check(pattern) != nil || strings.HasSuffix(path, "/") {
			return
		}
		if strings.Contains(pattern, "/**") {
			return // told apart from the library on purpose
		}
		want, err := doublestar.Match(pattern, path)
		if err != nil {
			t.Fatalf("%q was found good: %v", pattern, err)
		}
		if have := New([]string{"other/**", pattern}).Any(path); have != want {
			t.Fatalf("%q and %q: have %v, want %v", pattern, path, have, want)
		}
	})
}
