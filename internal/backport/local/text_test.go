package local

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

const sha = "1234567890123456789012345678901234567890"

func TestPullRequest(t *testing.T) {
	body := "Mine.\n"
	picked := "(cherry picked from commit " + sha + ")"
	credit := "Co-authored-by: Terry <t@example.com>"
	for _, c := range []struct {
		name, message string
		state         state
		title, body   string
	}{
		{"squash commit", "gh-1: Fix it (#24680)\n\nBody, see #24679 and #12.", state{}, "[3.13] gh-1: Fix it (GH-24680)",
			"Body, see GH-24679 and #12.\n" + picked + "\n\n" + credit},
		{"short number", "gh-1: Fix it (#2)", state{}, "[3.13] gh-1: Fix it (GH-2)", picked + "\n\n" + credit},
		{"trailers", "Fix it\n\nBody.\n\nReviewed-by: E <e@example.com>", state{}, "[3.13] Fix it", "Body.\n" + picked + "\n\n" + credit +
			"\nReviewed-by: E <e@example.com>"},
		{"credit is there", "Fix it\n\nco-authored-by: terry <T@example.com>", state{}, "[3.13] Fix it", picked +
			"\n\nco-authored-by: terry <T@example.com>"},
		{"other branch in front", "[3.14] [3.15] Fix it (GH-24680)", state{}, "[3.13] Fix it (GH-24680)", picked + "\n\n" + credit},
		{"title instead", "Fix it\n\nBody.", state{Title: "gh-3: Mine (#4)"}, "[3.13] gh-3: Mine (GH-4)", "Body.\n" + picked + "\n\n" + credit},
		{"body instead", "Fix it\n\nBody.", state{Body: &body}, "[3.13] Fix it", "Mine.\n" + picked + "\n\n" + credit},
		{"numbers stay", "Fix #12345 (#24680)\n\nSee #24679.", state{Settings: Settings{KeepNumbers: true}}, "[3.13] Fix #12345 (#24680)",
			"See #24679.\n" + picked + "\n\n" + credit},
	} {
		t.Run(c.name, func(t *testing.T) {
			title, body := c.state.pullRequest(git.LocalCommit{Source: git.Source{ID: sha, Author: "Terry <t@example.com>", Message: c.message}},
				&Row{Branch: "3.13"})
			if title != c.title {
				t.Errorf("the title is %q, want %q", title, c.title)
			}
			if diff := cmp.Diff(c.body, body); diff != "" {
				t.Errorf("the body (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPullRequestSaysWhatIsLeftOut(t *testing.T) {
	var s state
	_, body := s.pullRequest(git.LocalCommit{Source: git.Source{ID: sha, Message: "Fix it"}},
		&Row{Branch: "3.14", LeftOut: []string{"Doc/whatsnew/3.15.rst"}})
	want := "(cherry picked from commit " + sha + ")\n\n<!-- backport-left-out -->\nThe backport to 3.14 leaves out what belongs to a newer " +
		"version: `Doc/whatsnew/3.15.rst`.\n<!-- /backport-left-out -->"
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("the body (-want +got):\n%s", diff)
	}
}

func TestLongTitle(t *testing.T) {
	var s state
	title, body := s.pullRequest(git.LocalCommit{Source: git.Source{ID: sha, Author: "T <t@example.com>", Message: strings.Repeat("ä", 300)}},
		&Row{Branch: "3.13"})
	first, _, _ := strings.Cut(body, "\n")
	if n := utf8.RuneCountInString(title); n != maxTitle || !strings.HasSuffix(title, "ä…") || !strings.HasPrefix(first, "…ä") {
		t.Errorf("%d characters: %s; then %s", n, title, first)
	}
	if n := strings.Count(title+first, "ä"); n != 300 {
		t.Errorf("%d letters of 300 are left", n)
	}
}

func TestGitHub(t *testing.T) {
	cpython := place{"github.com", "python", "cpython"}
	for address, want := range map[string]place{
		"https://github.com/python/cpython":                  cpython,
		"https://github.com/python/cpython.git/":             cpython,
		"https://brian:secret@GitHub.com/python/cpython":     cpython,
		"git@github.com:python/cpython.git":                  cpython,
		"github.com:python/cpython":                          cpython,
		"ssh://git@github.com/python/cpython.git":            cpython,
		"ssh://git@ssh.github.com:443/python/cpython.git":    cpython,
		"git://github.com/python/cpython":                    cpython,
		"git@github.example.com:python/cpython.git":          {"github.example.com", "python", "cpython"},
		"https://gitlab.example.com/python/cpython":          {},
		"https://example.com/github.com/python/cpython":      {},
		"https://github.com/python":                          {},
		"https://github.com/a/b/c":                           {},
		"/home/brian/github.com/python/cpython":              {},
		"../cpython":                                         {},
		"C:\\cpython":                                        {},
		"":                                                   {},
		"https://github.com.example.com%zz/python/cpython":   {},
		"https://notgithub.example.com/python/cpython":       {},
		"https://github.com:443/python/cpython?token=x#frag": cpython,
	} {
		if got := github([]string{"", address}); got != want {
			t.Errorf("%q is %+v, want %+v", address, got, want)
		}
	}
}

func TestCompare(t *testing.T) {
	into := place{"github.com", "python", "cpython"}
	r := Row{Branch: "3.13", Head: "backport-1234567-3.13", Title: "[3.13] Fix & more", Body: "One\n+two"}
	for _, c := range []struct {
		from place
		row  Row
		want string
	}{
		{place{"github.com", "brian", "cpython"}, r,
			"https://github.com/python/cpython/compare/3.13...brian:backport-1234567-3.13?expand=1&title=%5B3.13%5D+Fix+%26+more&body=One%0A%2Btwo"},
		{place{"github.com", "brian", "my-fork"}, Row{Branch: "lts/x", Head: "backport-1234567-lts/x", Title: "T"},
			"https://github.com/python/cpython/compare/lts/x...brian:my-fork:backport-1234567-lts/x?expand=1&title=T&body="},
		{place{"github.com", "brian", "cpython"}, Row{Branch: "3.13", Head: "h", Title: "T", Body: strings.Repeat("long ", 2000)},
			"https://github.com/python/cpython/compare/3.13...brian:h?expand=1&title=T"},
		{place{"github.com", "brian", "cpython"}, Row{Branch: "a#b&c", Head: "h%d", Title: "T"},
			"https://github.com/python/cpython/compare/a%23b&c...brian:h%25d?expand=1&title=T&body="},
	} {
		if got := compare(into, c.from, c.row); got != c.want {
			t.Errorf("the address is\n%s, want\n%s", got, c.want)
		}
	}
}
