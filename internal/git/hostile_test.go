package git_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// hooks are all that git knows.
var hooks = strings.Fields("applypatch-msg pre-applypatch post-applypatch pre-commit prepare-commit-msg commit-msg post-commit " +
	"pre-merge-commit " +
	"pre-rebase post-checkout post-merge post-rewrite pre-push reference-transaction pre-auto-gc post-index-change fsmonitor-watchman " +
	"push-to-checkout sendemail-validate")

// traps are everything on this machine that could make git run a program: hooks
// in a template and in a configured directory, filters, drivers, helpers and
// variables. Each of them leaves a file in the directory that it returns.
func traps(t *testing.T) string {
	home, ran := t.TempDir(), t.TempDir()
	trap := func(name string) string {
		path := filepath.Join(home, "trap-"+name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\ntouch '"+filepath.Join(ran, name)+"'\ncat\n"), 0o777); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for _, dir := range []string{"template/hooks", "hooks", ".config/git"} {
		if err := os.MkdirAll(filepath.Join(home, dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range hooks {
		for _, dir := range []string{"template/hooks", "hooks"} {
			if err := os.Link(trap(name), filepath.Join(home, dir, name)); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(home, "trap-"+name)); err != nil {
				t.Fatal(err)
			}
		}
	}
	config := "[core]\nhooksPath=" + filepath.Join(home, "hooks") + "\nfsmonitor=" + trap("fsmonitor") + "\nsshCommand=" + trap("ssh") +
		"\naskPass=" + trap("askpass") +
		"\n[credential]\nhelper=" + trap("credential") + "\n[filter \"evil\"]\nclean=" + trap("clean") + "\nsmudge=" + trap("smudge") +
		"\n[merge \"evil\"]\ndriver=" + trap("driver") +
		"\n[diff \"evil\"]\ncommand=" + trap("diff") + "\ntextconv=" + trap("textconv") + "\n[init]\ntemplateDir=" +
		filepath.Join(home, "template") +
		"\n[protocol]\nallow=always\n[gpg]\nprogram=" + trap("gpg") +
		"\n[commit]\ngpgSign=true\n[push]\ngpgSign=if-asked\n[user]\nname=Eve\nemail=eve@example.com\n"
	for _, path := range []string{".gitconfig", ".config/git/config", "system"} {
		if err := os.WriteFile(filepath.Join(home, path), []byte(config), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(home, ".config/git/attributes"), []byte("* merge=union\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, ".config"), "GIT_CONFIG_GLOBAL": filepath.Join(home, ".gitconfig"),
		"GIT_CONFIG_SYSTEM": filepath.Join(home, "system"), "GIT_CONFIG_NOSYSTEM": "0",
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.hooksPath", "GIT_CONFIG_VALUE_0": filepath.Join(home, "hooks"),
		"GIT_TEMPLATE_DIR": filepath.Join(home, "template"),
		"GIT_SSH_COMMAND":  trap("ssh-env"), "GIT_ASKPASS": trap("askpass-env"), "GIT_EXTERNAL_DIFF": trap("diff-env"),
		"GIT_PAGER": trap("pager"), "GIT_EDITOR": trap("editor"),
		"GIT_DIR": filepath.Join(home, "nowhere"), "GIT_INDEX_FILE": filepath.Join(home, "index"), "GIT_TRACE": filepath.Join(ran, "trace"),
	} {
		t.Setenv(name, value)
	}
	return ran
}

func ran(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	return names
}

// hostileStage has a tree that asks for every filter and driver, with a symlink
// for its attributes, and paths that lead out of the tree.
func hostileStage(t *testing.T) *stage {
	s := newStage(t)
	s.git("checkout", "-q", "3.14")
	files("rules", "* filter=evil merge=evil diff=evil\n", "d/.gitattributes", "* filter=evil merge=evil diff=evil\n", "a",
		lines("19:near"))(s.work)
	link(".gitattributes", "rules")(s.work)
	link("e", "/etc")(s.work)
	s.commit("evil")
	deep := s.object("tree", entry("100644", ".gitattributes", s.object("blob", "* merge=union\n")))
	tree := entry("40000", "..", deep) + entry("40000", ".git", deep) + s.raw("cat-file", "tree", "HEAD^{tree}")
	s.git("update-ref", "refs/heads/3.14", s.git("commit-tree", "-p", "HEAD", "-m", "paths", s.object("tree", tree)))
	s.git("push", "-q", "-f", s.bare, "3.14")
	return s
}

// entry of a tree object; git refuses to make such trees by itself.
func entry(mode, name, id string) string {
	raw, _ := hex.DecodeString(id)
	return mode + " " + name + "\x00" + string(raw)
}

func (s *stage) object(kind, text string) string {
	s.Helper()
	cmd := s.command("hash-object", "-t", kind, "-w", "--stdin", "--literally")
	cmd.Stdin = strings.NewReader(text)
	out, err := cmd.Output()
	if err != nil {
		s.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// Nothing that a repository asks for runs, and nothing that is configured on this
// machine. The same traps catch git itself.
func TestHostileRepository(t *testing.T) {
	s := hostileStage(t)
	caught := traps(t)
	s.job.Markers = true
	got := s.pick(s.engine(nil))
	if got[0].Outcome != git.Conflicted || got[1].Outcome != git.Clean {
		t.Errorf("got %+v", got)
	}
	if names := ran(t, caught); len(names) > 0 {
		t.Errorf("these ran: %v", names)
	}
	for _, name := range []string{filepath.Join(s.dir, ".gitattributes"), filepath.Join(s.dir, "..", ".gitattributes")} {
		if _, err := os.Lstat(name); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	if err := os.Unsetenv("GIT_DIR"); err != nil {
		t.Fatal(err)
	}
	clone := filepath.Join(t.TempDir(), "clone")
	for _, args := range [][]string{{"clone", "-q", "-b", "3.13", s.url, clone}, {"-C", clone, "cherry-pick", s.job.Commit},
		{"-C", clone, "push", "-q", "origin", "HEAD:x"}} {
		_, _ = s.try(args...) // it may well break
	}
	if names := ran(t, caught); len(names) < 5 {
		t.Errorf("the traps do not work: only %v ran", names)
	}
}
