package git_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/pull"
)

type work struct {
	*testing.T
	dir string
}

func newWork(t *testing.T) work {
	w := work{t, t.TempDir()}
	w.write(".git/HEAD", "ref: refs/heads/main\n") // as git init lays it out, which is a process for each test
	w.write(".git/config", "[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
	for _, dir := range []string{"objects", "refs"} {
		if err := os.Mkdir(filepath.Join(w.dir, ".git", dir), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w work) git(args ...string) string {
	w.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (w work) write(path, text string) {
	w.Helper()
	full := filepath.Join(w.dir, path)
	if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(text), 0o666); err != nil {
		w.Fatal(err)
	}
}

func (w work) commit(message string) string {
	w.Helper()
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", message)
	return w.head()
}

// head is the id of HEAD. Of a loose branch it takes no process to read it.
func (w work) head() string {
	w.Helper()
	text, err := os.ReadFile(filepath.Join(w.dir, ".git", "HEAD"))
	if err != nil {
		w.Fatal(err)
	}
	name, onBranch := strings.CutPrefix(strings.TrimSpace(string(text)), "ref: ")
	if !onBranch {
		return name
	}
	if text, err = os.ReadFile(filepath.Join(w.dir, ".git", name)); err != nil {
		w.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

func TestCompareTellsChangesApart(t *testing.T) {
	w := newWork(t)
	w.write("Lib/a.py", "a\n")
	w.write("Lib/b.py", strings.Repeat("b\n", 30))
	w.write("Lib/c.py", "c\n")
	w.commit("first")
	w.git("checkout", "-q", "-b", "fix")
	w.write("Lib/a.py", "changed\n")
	w.git("mv", "Lib/b.py", "Lib/ä\t.py")
	w.git("rm", "-q", "Lib/c.py")
	w.write("new.rst", "nul\x00 and \r\n")
	if err := os.Symlink("new.rst", filepath.Join(w.dir, "link.rst")); err != nil {
		t.Fatal(err)
	}
	head := w.commit("gh-1: Fix\n\nBody")
	w.git("checkout", "-q", "main")
	w.write("Lib/a.py", "elsewhere\n") // not part of the range
	w.commit("second")

	got, err := git.Repository{Dir: w.dir}.Compare(t.Context(), git.Range{
		Base: "main", Head: "fix", Reads: func(path string) bool { return strings.HasSuffix(path, ".rst") },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := git.Comparison{
		Head:    head,
		Commits: []pull.Commit{{SHA: head, Message: "gh-1: Fix\n\nBody"}},
		Files: []pull.File{
			{Path: "Lib/a.py", Change: pull.Modified},
			{Path: "Lib/c.py", Change: pull.Removed},
			{Path: "Lib/ä\t.py", Previous: "Lib/b.py", Change: pull.Renamed},
			{Path: "link.rst", Change: pull.Added, Content: &pull.Content{Kind: pull.Symlink, Size: 7, Data: []byte("new.rst")}},
			{Path: "new.rst", Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 11, Data: []byte("nul\x00 and \r\n")}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompareStaged(t *testing.T) {
	w := newWork(t)
	w.write("a", "a\n")
	w.commit("first")
	w.write("b.rst", "staged\n")
	w.git("add", "b.rst")
	w.write("b.rst", "not staged\n")
	got, err := git.Repository{Dir: w.dir}.Compare(t.Context(), git.Range{
		Base: "main", Head: "HEAD", Staged: true, Reads: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []pull.File{{Path: "b.rst", Change: pull.Added, Content: &pull.Content{Kind: pull.Regular, Size: 7, Data: []byte("staged\n")}}}
	if diff := cmp.Diff(want, got.Files); diff != "" {
		t.Error(diff)
	}
}

func TestCompareKnowsMergesAndSubmodules(t *testing.T) {
	w := newWork(t)
	first := w.commit("first")
	w.git("checkout", "-q", "-b", "fix")
	w.git("update-index", "--add", "--cacheinfo", "160000,"+first+",vendor")
	w.git("commit", "-q", "-m", "add a submodule")
	w.git("checkout", "-q", "main")
	w.commit("second")
	w.git("checkout", "-q", "fix")
	w.git("merge", "-q", "--no-edit", "main")
	got, err := git.Repository{Dir: w.dir}.Compare(t.Context(), git.Range{
		Base: first, Head: "fix", Reads: func(string) bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Commits) != 3 || !got.Commits[2].Merge || got.Commits[0].Merge {
		t.Errorf("commits: %+v", got.Commits)
	}
	if len(got.Files) != 1 || got.Files[0].Content.Kind != pull.Submodule {
		t.Errorf("files: %+v", got.Files)
	}
}

func TestCompareSaysWhatIsWrong(t *testing.T) {
	w := newWork(t)
	w.commit("first")
	w.git("checkout", "-q", "--orphan", "island")
	w.commit("alone")
	repo := git.Repository{Dir: w.dir}
	for name, c := range map[string]struct {
		repo git.Repository
		of   git.Range
		want string
	}{
		"missing": {repo, git.Range{Base: "nowhere", Head: "main"}, `resolving "nowhere": no such commit`},
		"option":  {repo, git.Range{Base: "--all", Head: "main"}, `resolving "--all": no such commit`},
		"unrelated": {repo, git.Range{Base: "main", Head: "island"},
			"no common commit (in a shallow clone, fetch more): running git merge-base: exit status 1$"},
		"no repository": {git.Repository{Dir: t.TempDir()}, git.Range{Base: "main", Head: "main"}, "opening the repository"},
	} {
		_, err := c.repo.Compare(t.Context(), c.of)
		if err == nil || !strings.Contains(err.Error()+"$", c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
	}
}

func TestCompareStagedInAConflict(t *testing.T) {
	w := newWork(t)
	w.write("a.rst", "a\n")
	w.commit("first")
	w.git("checkout", "-q", "-b", "fix")
	w.write("a.rst", "b\n")
	w.commit("second")
	w.git("checkout", "-q", "main")
	w.write("a.rst", "c\n")
	w.commit("third")
	merge := exec.Command("git", "merge", "fix")
	merge.Dir = w.dir
	if merge.Run() == nil {
		t.Fatal("there is no conflict")
	}
	_, err := git.Repository{Dir: w.dir}.Compare(t.Context(), git.Range{
		Base: "main", Head: "HEAD", Staged: true, Reads: func(string) bool { return true },
	})
	if err == nil || !strings.Contains(err.Error(), "a.rst has conflicts: resolve them and stage it") {
		t.Errorf("got %v", err)
	}
}

// A clone that has no contents, as with --filter=blob:none, is not filled from
// the network.
func TestCompareSaysWhatAPartialCloneLacks(t *testing.T) {
	w := newWork(t)
	w.write("a.rst", "a\n")
	first := w.commit("first")
	w.write("b.rst", "b\n")
	w.commit("second")
	w.git("config", "uploadpack.allowFilter", "true")
	clone := t.TempDir()
	w.git("clone", "-q", "--no-checkout", "--filter=blob:none", "file://"+w.dir, clone)
	_, err := git.Repository{Dir: clone}.Compare(t.Context(), git.Range{
		Base: first, Head: "HEAD", Reads: func(string) bool { return true },
	})
	if err == nil || !strings.Contains(err.Error(), "reading b.rst: ") || !strings.Contains(err.Error(), "lazy fetching disabled") {
		t.Errorf("got %v", err)
	}
}

func TestRoot(t *testing.T) {
	w := newWork(t)
	w.write("Lib/a", "a\n")
	bare := t.TempDir()
	w.git("init", "-q", "--bare", bare)
	for dir, want := range map[string]string{w.dir: w.dir, filepath.Join(w.dir, "Lib"): w.dir, bare: bare} {
		got, err := git.Repository{Dir: dir}.Root(t.Context())
		if err != nil || got != want {
			t.Errorf("the root of %s: %q (%v), want %q", dir, got, err, want)
		}
	}
}
