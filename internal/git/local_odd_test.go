package git_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// conflicting is a repository in which picking main onto 3.14 conflicts in the file a,
// beside a file that git-lfs keeps: what is stored of it is a pointer.
func conflicting(t *testing.T) (work, git.Tree) {
	w := newWork(t)
	w.write(".gitattributes", "*.bin filter=lfs -text\n")
	w.write("large.bin", "version https://git-lfs.github.com/spec/v1\n")
	w.write("a", "base\n")
	w.commit("base")
	w.git("checkout", "-q", "-b", "3.14")
	w.write("a", "old\n")
	w.commit("old")
	w.git("checkout", "-q", "main")
	w.write("a", "new\n")
	w.write("large.bin", "version https://git-lfs.github.com/spec/v1\nnew\n")
	fix := w.commit("new")
	return w, git.Tree{Dir: filepath.Join(t.TempDir(), "tree"), Branch: "backport", Commit: fix, Onto: w.git("rev-parse", "3.14")}
}

// TestConflictWithoutGitLFS: many people's configuration names git-lfs as a required
// filter and their machine, or the PATH of a hook or an editor, lacks the program. The
// conflict's work tree is made all the same, with pointers in it.
func TestConflictWithoutGitLFS(t *testing.T) {
	w, tree := conflicting(t)
	for key, value := range map[string]string{"clean": "git-lfs-none clean -- %f", "smudge": "git-lfs-none smudge -- %f",
		"process": "git-lfs-none filter-process", "required": "true"} {
		w.git("config", "filter.lfs."+key, value)
	}
	if _, err := w.try("checkout", "-q", "3.14", "--", "large.bin"); err == nil {
		t.Fatal("git itself does without the filter: this test shows nothing")
	}
	if got := w.conflictsIn(openLocal(t, w.dir), tree); len(got) != 1 || got[0] != "a" {
		t.Errorf("the conflicts are in %q", got)
	}
}

// TestConflictWithFilter: a filter that is there does its work in the work tree.
func TestConflictWithFilter(t *testing.T) {
	w, tree := conflicting(t)
	w.git("config", "filter.lfs.smudge", "sed s/version/SMUDGED/")
	w.git("config", "filter.lfs.clean", "sed s/SMUDGED/version/")
	l := openLocal(t, w.dir)
	if err := l.Begin(t.Context(), tree, "message"); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(filepath.Join(tree.Dir, "large.bin")); err != nil || !strings.HasPrefix(string(text), "SMUDGED") {
		t.Errorf("%q, %v", text, err)
	}
}

// TestForeignRepository: git doesn't work in someone else's repository, and says how
// to allow it; an error keeps that advice.
func TestForeignRepository(t *testing.T) {
	w := newWork(t)
	w.commit("first")
	t.Setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
	_, local := git.OpenLocal(t.Context(), w.dir, io.Discard)
	_, root := git.Repository{Dir: w.dir}.Root(t.Context())
	for _, err := range []error{local, root} {
		if want := "git config --global --add safe.directory " + w.dir; err == nil || !strings.Contains(err.Error(), "dubious ownership") ||
			!strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v, want %q in it", err, want)
		}
	}
}
