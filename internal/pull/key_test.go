package pull_test

import (
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/pull"
)

func TestParseKey(t *testing.T) {
	for text, want := range map[string]pull.Key{
		"python/cpython#123": {Owner: "python", Repo: "cpython", Number: 123},
		"python/cpython":     {Owner: "python", Repo: "cpython"},
		"a-b_c/.github#1":    {Owner: "a-b_c", Repo: ".github", Number: 1},
		"a/b..c":             {Owner: "a", Repo: "b..c"},
	} {
		got, err := pull.ParseKey(text)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", text, got, err, want)
		}
		if got.String() != text {
			t.Errorf("%q is written %q", text, got)
		}
	}
	for _, text := range []string{
		"", "#1", "python", "python#1", "/cpython", "python/", "python/cpython#", "python/cpython#0", "python/cpython#-1", "python/cpython#+1",
		"python/cpython#01", "python/cpython#1#2", "python/cpython#1 ", " python/cpython", "python/cpython#99999999999999999999",
		"a/..", "a/.", "../a", "./a", "a/b/c", "a/b?c", "a/b%2f..", "a\n/b", "-a/b", "é/b", "a/" + strings.Repeat("b", 101),
	} {
		if got, err := pull.ParseKey(text); err == nil {
			t.Errorf("%q reads as %+v", text, got)
		} else if !strings.Contains(err.Error(), "OWNER/REPO") {
			t.Errorf("%q: the error does not say the form: %v", text, err)
		}
	}
}

func TestKeyOfRepository(t *testing.T) {
	k := pull.Key{Owner: "python", Repo: "cpython", Number: 5}
	if got := k.Repository().String(); got != "python/cpython" {
		t.Error(got)
	}
	if err := (pull.Key{Owner: "python", Repo: "cpython", Number: -1}).Validate(); err == nil {
		t.Error("a number below zero is taken")
	}
}

func FuzzParseKey(f *testing.F) {
	for _, seed := range []string{"python/cpython#1", "a/..", "a/b/c#2", "a#/b", "a/b#\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		k, err := pull.ParseKey(text)
		if err != nil {
			return
		}
		if k.String() != text {
			t.Errorf("%q reads as %q", text, k)
		}
		for _, part := range []string{k.Owner, k.Repo} {
			if part == "." || part == ".." || strings.ContainsAny(part, "/\\?#% \x00\n") {
				t.Errorf("%q could lead to another path", text)
			}
		}
	})
}
