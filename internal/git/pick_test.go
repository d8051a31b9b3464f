package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/suite"
)

// pickCase is a base, what the branch changed since, and the change that is
// picked.
type pickCase struct {
	name               string
	base, ours, theirs func(work)
	commits            int         // of a range; theirs makes the commits but the last
	want               git.Outcome // of both, or of the engine
	kind               string      // of the first conflict
	real               git.Outcome // what cherry-pick says instead; ARCHITECTURE.md names these
}

func files(texts ...string) func(work) {
	return func(w work) {
		for i := 0; i < len(texts); i += 2 {
			w.write(texts[i], texts[i+1])
		}
	}
}

func remove(paths ...string) func(work) {
	return func(w work) { w.git(append([]string{"rm", "-q", "-r", "--"}, paths...)...) }
}

func move(from, to string) func(work) {
	return func(w work) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(w.dir, to)), 0o777); err != nil {
			w.Fatal(err)
		}
		w.git("mv", "--", from, to)
	}
}

func link(path, to string) func(work) {
	return func(w work) {
		full := filepath.Join(w.dir, path)
		_ = os.Remove(full)
		if err := os.Symlink(to, full); err != nil {
			w.Fatal(err)
		}
	}
}

func mode(path string, mode os.FileMode) func(work) {
	return func(w work) {
		if err := os.Chmod(filepath.Join(w.dir, path), mode); err != nil {
			w.Fatal(err)
		}
	}
}

func submodule(path string, n int) func(work) {
	return func(w work) {
		if err := os.MkdirAll(filepath.Join(w.dir, path), 0o777); err != nil { // as a checkout without it
			w.Fatal(err)
		}
		w.git("update-index", "--add", "--cacheinfo", fmt.Sprintf("160000,%040d,%s", n, path))
	}
}

func all(steps ...func(work)) func(work) {
	return func(w work) {
		for _, step := range steps {
			step(w)
		}
	}
}

func commits(steps ...func(work)) func(work) {
	return func(w work) {
		for i, step := range steps {
			step(w)
			w.commit(fmt.Sprint("step ", i))
		}
	}
}

// lines are numbered, some of them changed.
func lines(changes ...string) string {
	text := make([]string, 30)
	for i := range text {
		text[i] = fmt.Sprintf("line %d", i+1)
	}
	for _, change := range changes {
		var n int
		var to string
		if _, err := fmt.Sscanf(change, "%d%s", &n, &to); err != nil {
			panic(err)
		}
		text[n-1] = to
	}
	return strings.Join(text, "\n") + "\n"
}

func crlf(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }

// build makes the branches main and 3.14 of a case.
func (c pickCase) build(w work) {
	c.base(w)
	w.commit("base")
	w.git("checkout", "-q", "-b", "3.14")
	if c.ours != nil {
		c.ours(w)
		w.commit("ours")
	}
	w.git("checkout", "-q", "-f", "main")
	w.git("clean", "-q", "-ffdx")
	if c.theirs != nil {
		c.theirs(w)
	}
	w.git("add", "-A")
	w.git("commit", "-q", "--allow-empty", "-m", "gh-1: fix / it", "--author", "Zoë <zoe@example.com>", "--date", "2001-02-03T04:05:06+0530")
}

// TestPickEqualsCherryPick runs git cherry-pick in a work tree and the engine over
// HTTP, and compares verdicts, trees, authors and paths with conflicts. Files with
// markers are compared byte for byte once the labels behind "<<<<<<<" and
// ">>>>>>>", and in names that git makes up, are those of cherry-pick. The pick in a
// person's repository is held against the same run of the command. A long test picks each
// case in both ways, a short one each second case in one of them.
func TestPickEqualsCherryPick(t *testing.T) {
	t.Parallel()
	s, e := newServer(t), newEngine(t, nil)
	both := suite.Sizes[bool]{Normal: false, Long: true, Full: true}.Size()
	for i, c := range slices.Concat(plainCases(), treeCases(), attributeCases(), historyCases()) {
		local := c.commits <= 1 && c.real == ""
		if !both && i%2 > 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWork(t)
			c.build(w)
			want := w.cherryPick("3.14", w.git("rev-parse", "main"), c.commits)
			if both || !local || i%4 == 0 {
				s.compare(w, e, c, want)
			}
			if local && (both || i%4 > 0) {
				w.compareLocal(c, want)
			}
		})
	}
}

func plainCases() []pickCase {
	a := files("a", lines())
	return []pickCase{
		{name: "same file elsewhere", base: a, ours: files("a", lines("3:ours")), theirs: files("a", lines("20:theirs")), want: git.Clean},
		{name: "same line", base: a, ours: files("a", lines("10:ours")), theirs: files("a", lines("10:theirs")), want: git.Conflicted,
			kind: "content"},
		{name: "two hunks", base: a, ours: files("a", lines("5:ours", "25:ours")), theirs: files("a", lines("5:theirs", "25:theirs")),
			want: git.Conflicted, kind: "content"},
		{name: "no newline at the end", base: files("a", "a\nb\nc"), ours: files("a", "a\nb\nx"), theirs: files("a", "a\nb\ny"),
			want: git.Conflicted},
		{name: "new file", base: a, theirs: files("b/c/d", "d\n"), want: git.Clean},
		{name: "empty file", base: a, theirs: files("b", ""), want: git.Clean},
		{name: "new on both sides", base: a, ours: files("b", "ours\n"), theirs: files("b", "theirs\n"), want: git.Conflicted, kind: "content"},
		{name: "deleted", base: files("a", lines(), "b", "b\n"), theirs: remove("b"), want: git.Clean},
		{name: "delete and modify", base: files("a", lines(), "b", "b\n"), ours: files("b", "ours\n"), theirs: remove("b"), want: git.Conflicted,
			kind: "modify/delete"},
		{name: "modify and delete", base: files("a", lines(), "b", "b\n"), ours: remove("b"), theirs: files("b", "theirs\n"),
			want: git.Conflicted, kind: "modify/delete"},
		{name: "there already", base: a, ours: files("a", lines("10:same")), theirs: files("a", lines("10:same")), want: git.Present},
		{name: "empty commit", base: a, ours: files("a", lines("10:same")), want: git.Present},
		{name: "binary on one side", base: files("a", "\x00\x01\n"), ours: files("b", "b\n"), theirs: files("a", "\x00\x02\n"), want: git.Clean},
		{name: "binary on both sides", base: files("a", "\x00\x01\n"), ours: files("a", "\x00\x02\n"), theirs: files("a", "\x00\x03\n"),
			want: git.Conflicted, kind: "binary"},
		{name: "CRLF without attributes", base: files("a", crlf(lines())), ours: files("a", crlf(lines("3:x"))),
			theirs: files("a", crlf(lines("20:y"))), want: git.Clean},
		{name: "CRLF against LF", base: files("a", lines()), ours: files("a", crlf(lines())), theirs: files("a", lines("3:y")),
			want: git.Conflicted, kind: "content"},
	}
}

func treeCases() []pickCase {
	a, sub := files("a", lines()), files("f", "f\n")
	odd := []string{"ünï/cödé", "tab\there", "new\nline", "quote\"d", "back\\slash", "-dash", "sp ace", "no\xff\xfeutf8",
		"co:lon", "ti~lde", "--all"}
	var base, ours, theirs, other []string
	for _, name := range odd {
		base, ours = append(base, name, lines()), append(ours, name, lines("3:ours"))
		theirs, other = append(theirs, name, lines("20:theirs")), append(other, name, lines("3:theirs"))
	}
	return []pickCase{
		{name: "rename on the branch", base: a, ours: move("a", "b"), theirs: files("a", lines("5:x")), want: git.Clean},
		{name: "rename in the pick", base: a, ours: files("a", lines("5:x")), theirs: all(move("a", "dir/b"), files("dir/b", lines("20:y"))),
			want: git.Clean},
		{name: "rename and rename", base: a, ours: move("a", "b"), theirs: move("a", "c"), want: git.Conflicted, kind: "rename/rename"},
		{name: "rename and delete", base: a, ours: remove("a"), theirs: move("a", "c"), want: git.Conflicted, kind: "rename/delete"},
		{name: "two renames to one name", base: files("a", lines(), "b", "b\n"+lines("1:b")), ours: move("a", "c"), theirs: move("b", "c"),
			want: git.Conflicted},
		{name: "rename of a directory", base: files("old/a", lines(), "old/b", lines("1:b"), "old/c", lines("2:c")), ours: move("old", "new"),
			theirs: files("old/d", "d\n"), want: git.Conflicted, kind: "directory rename suggested"},
		{name: "rename of a directory to two", base: files("old/a", lines(), "old/b", lines("1:b"), "f", "f\n"),
			ours: all(move("old/a", "x/a"), move("old/b", "y/b")), theirs: files("old/d", "d\n"), want: git.Conflicted,
			kind: "directory rename unclear split"},
		{name: "mode", base: a, ours: files("a", lines("3:x")), theirs: mode("a", 0o755), want: git.Clean},
		{name: "mode against removed", base: files("a", lines(), "b", "b\n"), ours: remove("a"), theirs: mode("a", 0o755), want: git.Conflicted},
		{name: "new with two modes", base: sub, ours: files("a", "a\n"), theirs: all(files("a", "a\n"), mode("a", 0o755)), want: git.Conflicted},
		{name: "symlink", base: all(a, link("l", "a")), ours: files("a", lines("3:x")), theirs: link("l", "b"), want: git.Clean},
		{name: "symlink on both sides", base: all(a, link("l", "a")), ours: link("l", "b"), theirs: link("l", "c"), want: git.Conflicted},
		{name: "file becomes symlink", base: a, theirs: link("a", "b"), want: git.Clean},
		{name: "symlink against file", base: sub, ours: files("x", "file\n"), theirs: link("x", "f"), want: git.Conflicted, kind: "mode"},
		{name: "submodule", base: all(sub, submodule("sub", 1)), ours: files("f", "g\n"), theirs: submodule("sub", 2), want: git.Clean},
		{name: "new submodule", base: sub, ours: files("f", "g\n"), theirs: submodule("sub", 2), want: git.Clean},
		{name: "submodule on both sides", base: all(sub, submodule("sub", 1)), ours: submodule("sub", 2), theirs: submodule("sub", 3),
			want: git.Conflicted, kind: "submodule"},
		{name: "directory and file", base: a, ours: files("x/y", "y\n"), theirs: files("x", "x\n"), want: git.Conflicted, kind: "file/directory"},
		{name: "file and directory", base: a, ours: files("x", "x\n"), theirs: files("x/y", "y\n"), want: git.Conflicted, kind: "file/directory"},
		{name: "file becomes directory", base: files("a", lines(), "x", "x\n"), ours: files("a", lines("3:x")),
			theirs: all(remove("x"), files("x/y", "y\n")), want: git.Clean},
		{name: "odd paths", base: files(base...), ours: files(ours...), theirs: files(theirs...), want: git.Clean},
		{name: "odd paths with conflicts", base: files(base...), ours: files(ours...), theirs: files(other...), want: git.Conflicted,
			kind: "content"},
		{name: "names that differ in case", base: files("a", lines(), "B", "b\n"), ours: files("A", "ours\n"),
			theirs: files("b", "theirs\n", "a", lines("3:x")), want: git.Clean},
		{name: "many files", base: many, ours: all(move("d7", "moved"), files("d8/f8", "ours\n")),
			theirs: all(files("d7/f3", "theirs\n", "d9/f9", "theirs\n")), want: git.Clean},
		{name: "many files with a conflict", base: many, ours: files("d8/f8", "ours\n"), theirs: files("d8/f8", "theirs\n"),
			want: git.Conflicted},
	}
}

func many(w work) {
	for i := range (suite.Sizes[int]{Normal: 1000, Long: 10_000, Full: 10_000}).Size() {
		w.write(fmt.Sprintf("d%d/f%d", i%100, i/100), fmt.Sprintf("file %d\n", i))
	}
}
