package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// killer is a git that kills whoever runs it, before or after it does its work,
// when it is run for the nth time. The process that reads objects does not count:
// it runs all the time.
const killer = `#!/bin/sh
case "$GIT_NTH $*" in " "*|*cat-file*) exec GIT "$@";; esac
echo >>"$GIT_CALLS"
n=0
while read -r _; do n=$((n + 1)); done <"$GIT_CALLS"
[ $n -eq "$GIT_NTH" ] || exec GIT "$@"
[ "$GIT_WHEN" = after ] && GIT "$@"
kill -9 "$PPID"
`

// kitchen is a copy of the repositories that testdata/backport/setup.sh makes.
type kitchen struct {
	*testing.T
	dir   string
	nth   int    // call of git that is the last; 0: none
	when  string // before or after it
	bin   string
	calls string // a file with a line for each
}

const branchOfFix = "backport-e6db00c-"

func newKitchen(t *testing.T) kitchen {
	k := kitchen{T: t, dir: t.TempDir(), bin: t.TempDir()}
	program, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(killer, "GIT ", program+" ")
	if err := os.WriteFile(filepath.Join(k.bin, "git"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	setup, err := filepath.Abs("testdata/backport/setup.sh")
	if err != nil {
		t.Fatal(err)
	}
	k.run(k.dir, "sh", setup)
	return k
}

// copy makes another one, as it is.
func (k kitchen) copy(t *testing.T) kitchen {
	k.T = t
	to := t.TempDir()
	for _, name := range []string{"work", "fork.git"} {
		if err := os.CopyFS(filepath.Join(to, name), os.DirFS(filepath.Join(k.dir, name))); err != nil {
			t.Fatal(err)
		}
	}
	k.dir, k.calls = to, filepath.Join(to, "calls")
	return k
}

func (k kitchen) work() string { return filepath.Join(k.dir, "work") }

func (k kitchen) tree() string { return k.work() + "-" + branchOfFix + "3.13" }

func (k kitchen) env() []string {
	return append(append(os.Environ(), gitEnvironment(k)...), "TMPDIR="+k.dir) // killed, it leaves things there
}

func (k kitchen) run(dir, name string, args ...string) string {
	k.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, k.env()
	out, err := cmd.CombinedOutput()
	if err != nil {
		k.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// command is a run of bot backport.
func (k kitchen) command(args ...string) *exec.Cmd {
	k.Helper()
	program, err := os.Executable()
	if err != nil {
		k.Fatal(err)
	}
	cmd := exec.Command(program, append([]string{"backport"}, args...)...)
	cmd.Dir = k.work()
	cmd.Env = append(k.env(), asBot+"=1")
	if k.nth > 0 {
		if err := os.WriteFile(k.calls, nil, 0o600); err != nil {
			k.Fatal(err)
		}
		cmd.Env = append(cmd.Env, "PATH="+k.bin+":"+os.Getenv("PATH"), "GIT_CALLS="+k.calls, "GIT_NTH="+strconv.Itoa(k.nth), "GIT_WHEN="+k.when)
	}
	return cmd
}

// bot runs it. It gives its exit code, -1 where it was killed.
func (k kitchen) bot(args ...string) (code int, out string) {
	k.Helper()
	all, err := k.command(args...).CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(all)
	}
	if err != nil {
		k.Fatal(err)
	}
	return 0, string(all)
}

func (k kitchen) unfinished() bool {
	_, err := os.Stat(filepath.Join(k.work(), ".git", "concorde-backport.json"))
	return err == nil
}

// resolve resolves the conflict, if there is one.
func (k kitchen) resolve() {
	k.Helper()
	file := filepath.Join(k.tree(), "menu.txt")
	if text, err := os.ReadFile(file); err != nil || !bytes.Contains(text, []byte("<<<<<<<")) {
		return
	}
	if err := os.WriteFile(file, []byte("resolved\n"), 0o600); err != nil {
		k.Fatal(err)
	}
	k.run(k.tree(), "git", "add", "menu.txt")
}

var start = []string{"--push", "fix", "3.14", "3.13", "3.9"}

// finish goes on until all is done, as a person would.
func (k kitchen) finish() {
	k.Helper()
	k.nth = 0
	for range 4 {
		if code, out := k.bot("--status"); code != 0 {
			k.Fatalf("the state is of no use:\n%s", out)
		}
		args := start
		if k.unfinished() {
			args = []string{"--continue"}
		}
		code, out := k.bot(args...)
		if code == 0 {
			k.done()
			return
		}
		if !k.unfinished() {
			k.Fatalf("bot backport %v: exit code %d\n%s", args, code, out)
		}
		k.resolve()
	}
	k.Fatal("it does not end")
}

// done checks the end: all branches, here and in the fork, and nothing else.
func (k kitchen) done() {
	k.Helper()
	const all = "refs/heads/" + branchOfFix + "*"
	here := k.run(k.work(), "git", "for-each-ref", "--format=%(refname) %(objectname)", all)
	if there := k.run(filepath.Join(k.dir, "fork.git"), "git", "for-each-ref", "--format=%(refname) %(objectname)", all); here != there {
		k.Errorf("the fork has\n%s\nand here is\n%s", there, here)
	}
	commits := k.run(k.work(), "git", "for-each-ref", "--format=%(refname:lstrip=2) %(parent) %(authorname), %(subject)", all)
	var want []string
	for line := range strings.Lines(k.run(k.work(), "git", "for-each-ref", "--format=%(refname:lstrip=3) %(objectname)",
		"refs/remotes/upstream/3*")) {
		branch, tip, _ := strings.Cut(strings.TrimSpace(line), " ")
		if branch == "3.14" || branch == "3.13" || branch == "3.9" {
			want = append(want, branchOfFix+branch+" "+tip+" Terry Jones, gh-132001: Serve spam (GH-24680)")
		}
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), commits); diff != "" {
		k.Errorf("the commits are not those that were wanted (-want +got):\n%s", diff)
	}
	if menu := k.run(k.work(), "git", "show", branchOfFix+"3.13:menu.txt"); menu != "resolved" {
		k.Errorf("the conflict was resolved to %q", menu)
	}
	k.nothingLeft()
}

func (k kitchen) nothingLeft() {
	k.Helper()
	if k.unfinished() {
		k.Error("a state is left")
	}
	if _, err := os.Stat(k.tree()); err == nil {
		k.Error("the work tree is left")
	}
	if list := k.run(k.work(), "git", "worktree", "list"); strings.Contains(list, "\n") {
		k.Errorf("git knows other work trees:\n%s", list)
	}
	if changes := k.run(k.work(), "git", "status", "--porcelain"); changes != "" {
		k.Errorf("the person's work tree was changed:\n%s", changes)
	}
}

// takeBack aborts what is left.
func (k kitchen) takeBack() {
	k.Helper()
	k.nth = 0
	if k.unfinished() {
		if code, out := k.bot("--abort"); code != 0 {
			k.Fatalf("bot backport --abort: exit code %d\n%s", code, out)
		}
	}
	k.nothingLeft()
}
