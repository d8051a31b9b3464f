package git_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

// committer of all picks of the tests.
var committer = git.Person{Name: "Concorde", Email: "concorde@example.com"}

// verdict is what came of a pick: files with their modes where there is a tree,
// the paths with conflicts, and the author.
type verdict struct {
	Outcome   git.Outcome
	Tree      map[string]string
	Conflicts []string
	Author    string
}

// try runs git where it may fail.
func (w work) try(args ...string) (string, error) {
	out, err := w.command(args...).CombinedOutput()
	return string(out), err
}

func (w work) command(args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = w.dir
	return cmd
}

// cherryPick is the real command, in the work tree: the judge of the engine.
func (w work) cherryPick(branch, commit string, commits int) verdict {
	w.Helper()
	w.git("checkout", "-q", "-f", "--detach", branch)
	w.git("clean", "-q", "-ffdx")
	tip := w.head()
	args := []string{"cherry-pick", commit}
	if commits > 1 {
		args = []string{"cherry-pick", fmt.Sprintf("%s~%d..%s", commit, commits, commit)}
	} else if len(strings.Fields(w.git("rev-list", "--parents", "-n1", commit))) > 2 {
		args = []string{"cherry-pick", "-m", "1", commit}
	}
	out, err := w.try(args...)
	for err != nil && w.git("ls-files", "-u") == "" && strings.Contains(out, "is now empty") {
		out, err = w.try("cherry-pick", "--skip")
	}
	if err == nil && w.head() == tip {
		return verdict{Outcome: git.Present}
	}
	if err == nil {
		return verdict{Outcome: git.Clean, Tree: w.tree("HEAD", strings.NewReplacer()), Author: w.git("log", "-1", "--format=%an <%ae> %ad")}
	}
	if _, stopped := w.try("rev-parse", "--verify", "CHERRY_PICK_HEAD"); stopped != nil {
		return verdict{Outcome: git.Failed}
	}
	v := verdict{Outcome: git.Conflicted}
	v.Tree, v.Conflicts = w.halfway()
	w.git("cherry-pick", "--abort")
	return v
}

// tree reads a tree: mode and contents by path, in git's or the engine's words.
func (w work) tree(name string, words *strings.Replacer) map[string]string {
	w.Helper()
	files := map[string]string{}
	var ids bytes.Buffer
	var paths []string
	for record := range strings.SplitSeq(w.raw("ls-tree", "-r", "-z", name), "\x00") {
		head, path, found := strings.Cut(record, "\t")
		if !found {
			continue
		}
		path = words.Replace(path)
		part := strings.Fields(head)
		if files[path] = part[0] + " " + part[2]; part[1] == "blob" {
			paths = append(paths, path)
			ids.WriteString(part[2] + "\n")
		}
	}
	for i, text := range w.blobs(ids.Bytes()) {
		files[paths[i]] = files[paths[i]][:6] + " " + words.Replace(text)
	}
	return files
}

// halfway reads what a cherry-pick with conflicts left: what is settled from the
// index, the rest from the work tree.
func (w work) halfway() (map[string]string, []string) {
	w.Helper()
	files := map[string]string{}
	var conflicts, paths []string
	var ids bytes.Buffer
	for record := range strings.SplitSeq(w.raw("ls-files", "-s", "-z"), "\x00") {
		head, path, found := strings.Cut(record, "\t")
		if !found {
			continue
		}
		part := strings.Fields(head)
		if part[2] != "0" {
			conflicts = append(conflicts, path)
			if text, ok := w.file(path); ok {
				files[path] = text
			} else if part[0] == "160000" && part[2] == "2" {
				files[path] = part[0] + " " + part[1] // git keeps ours
			}
			continue
		}
		if files[path] = part[0] + " " + part[1]; part[0] != "160000" {
			paths = append(paths, path)
			ids.WriteString(part[1] + "\n")
		}
	}
	for i, text := range w.blobs(ids.Bytes()) {
		files[paths[i]] = files[paths[i]][:6] + " " + text
	}
	slices.Sort(conflicts)
	return files, slices.Compact(conflicts)
}

// file reads a file of the work tree as git would commit it.
func (w work) file(path string) (string, bool) {
	full := filepath.Join(w.dir, path)
	info, err := os.Lstat(full)
	if err != nil || info.IsDir() {
		return "", false
	}
	if info.Mode()&os.ModeSymlink != 0 {
		to, err := os.Readlink(full)
		return "120000 " + to, err == nil
	}
	text, err := os.ReadFile(full)
	mode := "100644 "
	if info.Mode()&0o100 != 0 {
		mode = "100755 "
	}
	return mode + string(text), err == nil
}

// raw gives all that git prints.
func (w work) raw(args ...string) string {
	w.Helper()
	out, err := w.command(args...).Output()
	if err != nil {
		w.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

func (w work) blobs(ids []byte) []string {
	w.Helper()
	cmd := w.command("cat-file", "--batch")
	cmd.Stdin = bytes.NewReader(ids)
	out, err := cmd.Output()
	if err != nil {
		w.Fatal(err)
	}
	var texts []string
	for len(out) > 0 {
		head, rest, _ := bytes.Cut(out, []byte("\n"))
		var id, kind string
		var size int
		if _, err := fmt.Sscan(string(head), &id, &kind, &size); err != nil {
			w.Fatalf("%q: %v", head, err)
		}
		texts, out = append(texts, string(rest[:size])), rest[size+1:]
	}
	return texts
}

// newEngine is an engine that must have left nothing in the end.
func newEngine(t testing.TB, change func(*git.EngineConfig)) *git.Engine {
	t.Helper()
	cfg := git.EngineConfig{Dir: filepath.Join(t.TempDir(), "jobs")}
	if change != nil {
		change(&cfg)
	}
	e, err := git.NewEngine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { leftNothing(t, cfg.Dir) })
	return e
}

// leftNothing looks for leftovers: only the engine's own lock may be there.
func leftNothing(t testing.TB, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Error(err)
	}
	for _, entry := range entries {
		if entry.Name() != "lock" {
			t.Errorf("left over: %s", entry.Name())
		}
	}
}

// engineVerdict picks by the engine and puts the outcome into the words of
// cherry-pick: HEAD, and the short id with the subject.
func (w work) engineVerdict(p git.Picked, bare, commit string) verdict {
	w.Helper()
	v := verdict{Outcome: p.Outcome}
	if p.Err != nil {
		w.Logf("%s: %v", p.Branch, p.Err)
	}
	theirs := w.git("log", "-1", "--format=%h (%s)", commit)
	words := strings.NewReplacer("heads/"+p.Branch, "HEAD", "~heads_"+p.Branch, "~HEAD",
		">>>>>>> "+commit, ">>>>>>> "+theirs, "~"+commit, "~"+strings.ReplaceAll(theirs, "/", "_"))
	if p.Commit != "" {
		served, ref := work{w.T, bare}, "refs/heads/"+p.Head
		v.Tree = served.tree(ref, words)
		if id := served.git("rev-parse", ref); id != p.Commit {
			w.Errorf("%s is at %s, the engine says %s", p.Head, id, p.Commit)
		}
		if p.Outcome == git.Clean {
			v.Author = served.git("log", "-1", "--format=%an <%ae> %ad", ref)
		}
	}
	for _, c := range p.Conflicts {
		v.Conflicts = append(v.Conflicts, words.Replace(c.Path))
		if c.Kind == "" {
			w.Errorf("%q has a conflict of no kind", c.Path)
		}
	}
	slices.Sort(v.Conflicts)
	return v
}

// compare picks the commit of a case by the engine, and wants what cherry-pick made
// of it.
func (s *server) compare(w work, e *git.Engine, c pickCase, want verdict) {
	w.Helper()
	name := strings.NewReplacer("/", "_", " ", "_").Replace(w.Name()) + ".git"
	commit := w.git("rev-parse", "main")
	url := s.publish(w, name)
	picked, err := e.Pick(w.Context(), git.Job{
		Remote: url, Commit: commit, Commits: c.commits, Targets: []git.Target{{Branch: "3.14", Head: "backport"}}, Committer: committer,
		Markers: true,
	})
	if err != nil {
		w.Fatal(err)
	}
	got := w.engineVerdict(picked[0], filepath.Join(s.root, name), commit)
	if got.Outcome != c.want {
		w.Errorf("the outcome is %s, want %s (%+v)", got.Outcome, c.want, picked[0])
	}
	if c.kind != "" && (len(picked[0].Conflicts) == 0 || picked[0].Conflicts[0].Kind != c.kind) {
		w.Errorf("conflicts %+v, want the kind %s", picked[0].Conflicts, c.kind)
	}
	if c.real != "" {
		if want.Outcome != c.real {
			w.Errorf("cherry-pick says %s, want the known difference %s", want.Outcome, c.real)
		}
		return
	}
	if diff := diffVerdicts(want, got); diff != "" {
		w.Errorf("cherry-pick (-) and the engine (+) differ:\n%s", diff)
	}
}

// diffVerdicts compares. Where cherry-pick leaves no path unmerged, as with an
// unclear renaming of a directory, the engine names the path that git tells of.
func diffVerdicts(want, got verdict) string {
	if want.Outcome == git.Conflicted && want.Conflicts == nil {
		got.Conflicts = nil
	}
	return cmp.Diff(want, got)
}
