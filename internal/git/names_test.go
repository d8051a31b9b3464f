package git_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

func TestValidBranch(t *testing.T) {
	names := strings.Split("3.14|main|a/b|backport-1234567-3.14|ünï|a.b|a-|a@b|@a|a@|{a}|a|"+ // good
		"|@|HEAD|-a|--force|a..b|a b|a~b|a^b|a:b|a?b|a*b|a[b|a\\b|a@{b|/a|a/|a//b|.a|a/.b|a.|a.lock|a.lock/b|a\n"+
		"b|a\tb|a\x7fb|a\x01|..|.|a/..|a\rb", "|")
	for _, name := range names {
		err := exec.Command("git", "check-ref-format", "--branch", name).Run()
		want := err == nil && name != "@" && name != "HEAD" // a short way to say HEAD
		if got := git.ValidBranch(name); got != want {
			t.Errorf("%q: %v, git says %v", name, got, want)
		}
	}
	if git.ValidBranch("a\x00b") || git.ValidBranch(strings.Repeat("a", 300)) {
		t.Error("a name that no file system takes is valid")
	}
}

// What is valid is one word to git, and no option.
func FuzzValidBranch(f *testing.F) {
	f.Add("3.14")
	f.Add("--force")
	f.Add("a\nb")
	f.Fuzz(func(t *testing.T, name string) {
		if !git.ValidBranch(name) {
			return
		}
		if name[0] == '-' || strings.ContainsAny(name, " :*?[\\^~\x00\n\r\t\x7f") || strings.Contains(name, "..") ||
			strings.HasSuffix(name, "/") {
			t.Errorf("%q is valid", name)
		}
	})
}

func TestHasMarkers(t *testing.T) {
	for text, want := range map[string]bool{
		"": false,
		"<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x\n":                    true,
		"a\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> x":                   true,
		"<<<<<<< HEAD\r\na\r\n=======\r\nb\r\n>>>>>>> x\r\n":          true,
		"<<<<<<< HEAD\na\nb\n>>>>>>> x\n":                             true,
		"<<<<<<<<<< HEAD\na\n==========\nb\n>>>>>>>>>> x\n":           true,
		"<<<<<<< HEAD\n<<<<<<< HEAD\n>>>>>>> x\n>>>>>>> x\n":          true,
		">>>>>>> x\n<<<<<<< HEAD\n":                                   false,
		" <<<<<<< HEAD\n >>>>>>> x\n":                                 false,
		"<<<<<<< HEAD\n":                                              false,
		"<<<<<<<\n>>>>>>>\n":                                          false,
		"<<<<<< HEAD\n>>>>>> x\n":                                     false,
		"<<<<<<< HEAD\n>>>>>>>> x\n":                                  false,
		"Title\n=======\n\n>>> print(1)\n":                            false,
		"\x00<<<<<<< HEAD\n":                                          false,
		"<<<<<<< heads/3.14\na\n=======\nb\n>>>>>>> 1234567 (x)\nc\n": true,
	} {
		if got := git.HasMarkers([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
