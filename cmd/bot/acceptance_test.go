package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/acceptance"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// throwAway is a repository for acceptance runs, with the command line for it.
func throwAway(t *testing.T) (*ghtest.Server, *ghtest.Repo, []string) {
	t.Helper()
	github, _ := newGitHub(t, ghtest.Config{})
	repo, err := github.Repo("example/throw-away", ghtest.RepoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return github, repo, []string{
		"doctor", "--acceptance", "example/throw-away", "--api-url", github.APIURL(), "--server-url", github.URL,
		"--answers", filepath.Join(t.TempDir(), "answers"),
	}
}

// The command says what it would write, and writes nothing unless it's told to.
func TestAcceptanceAsksFirst(t *testing.T) {
	github, repo, args := throwAway(t)
	code, stdout, stderr := runCommand(t, identity(github), args...)
	warned := strings.Contains(stdout, "This run writes to example/throw-away") && strings.Contains(stderr, "run it again with --yes")
	if code != exitMisuse || !warned {
		t.Errorf("%d\n%s%s", code, stdout, stderr)
	}
	if n := len(repo.Writes()); n != 0 {
		t.Errorf("%d writes", n)
	}
	for _, more := range [][]string{
		{"--acceptance", "example"}, {"--acceptance", "example/x#1"}, {"--large", "python/cpython"}, {"--skip", "x"},
		{"--archived", "example/x#1"}, {"--second", os.DevNull}, {"--second", filepath.Join(t.TempDir(), "none")},
	} {
		if code, _, stderr := runCommand(t, identity(github), append(args, more...)...); code != exitMisuse || stderr == "" {
			t.Errorf("%v: %d", more, code)
		}
	}
	if code, _, stderr := runCommand(t, nil, append(args, "--yes")...); code != exitMisuse || !strings.Contains(stderr, "GITHUB_APP_ID") {
		t.Errorf("without an App: %d %s", code, stderr)
	}
}

// A line for each step, the answers in a file for nobody else, and an exit code.
func TestAcceptanceCommand(t *testing.T) {
	github, _, args := throwAway(t)
	if err := github.Fault(ghtest.Fault{Method: "POST", Path: "/statuses/", Contains: "Found", Times: -1, Status: 500}); err != nil {
		t.Fatal(err)
	}
	second := filepath.Join(t.TempDir(), "second")
	if err := os.WriteFile(second, []byte(github.UserToken("carol")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	archived, err := github.Repo("example/attic", ghtest.RepoOptions{})
	if err != nil {
		t.Fatal(err)
	}
	archived.Archive(true)
	answers := args[len(args)-1]
	// A second for each write would be minutes.
	args = append(args, "--yes", "--pace", "0", "--second", second, "--archived", "example/attic")
	for _, step := range acceptance.Steps() { // internal/acceptance makes all of them, and some wait
		if !slices.Contains([]string{"viewer", "four-byte-status", "large-cost", "deleted-fork", "archived"}, step.Name) {
			args = append(args, "--skip", step.Name)
		}
	}
	code, stdout, stderr := runCommand(t, identity(github), args...)
	for _, want := range []string{
		"ok       viewer ", "DIFFERS  four-byte-status",
		"assumed: A status description with characters beyond U+FFFF is refused with 422 (internal/pull/describe.go:Describe)",
		"skipped  large-cost ", "ok       deleted-fork ", "ok       archived ", " 1 differ, ",
	} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q isn't in\n%s%s", want, stdout, stderr)
		}
	}
	if code != exitFailed {
		t.Errorf("exit code %d", code)
	}
	saved, err := filepath.Glob(filepath.Join(answers, "*.jsonl"))
	if err != nil || len(saved) != 1 {
		t.Fatalf("saved %q, %v", saved, err)
	}
	info, err := os.Stat(saved[0])
	if err != nil || info.Mode().Perm() != 0o600 || info.Size() < 50_000 {
		t.Errorf("%v %v", info, err)
	}
}
