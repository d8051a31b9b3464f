package git_test

import (
	"os"
	"path/filepath"
	"time"

	"github.com/concorde-bot/concorde/internal/git"
)

// attributeCases are about .gitattributes, which rule merges from the branch that
// is picked onto.
func attributeCases() []pickCase {
	with := func(attributes string, more ...string) func(work) {
		return files(append([]string{".gitattributes", attributes + "\n", "a", lines()}, more...)...)
	}
	ours, theirs := files("a", lines("10:ours")), files("a", lines("10:theirs"))
	apart := files("a", lines("25:theirs"))
	return []pickCase{
		{name: "union", base: with("a merge=union"), ours: ours, theirs: theirs, want: git.Clean},
		{name: "union by a macro", base: with("[attr]lists merge=union\na lists"), ours: ours, theirs: theirs, want: git.Clean},
		{name: "no merge", base: with("a -merge"), ours: ours, theirs: apart, want: git.Conflicted, kind: "binary"},
		{name: "binary attribute", base: with("a binary"), ours: ours, theirs: apart, want: git.Conflicted, kind: "binary"},
		{name: "driver that is not there", base: with("a merge=custom"), ours: ours, theirs: apart, want: git.Clean},
		{name: "size of markers", base: with("a conflict-marker-size=20"), ours: ours, theirs: theirs, want: git.Conflicted, kind: "content"},
		{name: "attributes in a directory", base: files("d/.gitattributes", "a merge=union\n", "d/e/a", lines(), "a", lines()),
			ours: files("d/e/a", lines("10:ours"), "a", lines("10:ours")), theirs: files("d/e/a", lines("10:theirs"), "a", lines("11:theirs")),
			want: git.Conflicted},
		{name: "attributes that override", base: files(".gitattributes", "* -merge\n", "d/.gitattributes", "a merge=union\n", "d/a", lines()),
			ours: files("d/a", lines("10:ours")), theirs: files("d/a", lines("10:theirs")), want: git.Clean},
		{name: "attributes in an odd directory", base: files("d\n\"\xff/.gitattributes", "a merge=union\n", "d\n\"\xff/a", lines()),
			ours: files("d\n\"\xff/a", lines("10:ours")), theirs: files("d\n\"\xff/a", lines("10:theirs")), want: git.Clean},
		{name: "attributes of the branch alone", base: files("a", lines()), ours: with("a merge=union", "a", lines("10:ours")), theirs: theirs,
			want: git.Clean},
		{name: "attributes of the pick alone", base: files("a", lines()), ours: ours, theirs: with("a merge=union", "a", lines("10:theirs")),
			want: git.Conflicted},
		{name: "attributes that the pick removes", base: with("a merge=union"), ours: ours, theirs: all(remove(".gitattributes"), theirs),
			want: git.Clean},
		{name: "attributes as a symlink", base: all(files("rules", "a merge=union\n", "a", lines()), link(".gitattributes", "rules")),
			ours: ours, theirs: theirs, want: git.Conflicted},
		{name: "attributes as a directory", base: files(".gitattributes/x", "x\n", "a", lines()), ours: ours, theirs: theirs,
			want: git.Conflicted},
		{name: "executable attributes", base: all(with("a merge=union"), mode(".gitattributes", 0o755)), ours: ours, theirs: theirs,
			want: git.Clean},
		{name: "filter that is not there", base: with("a filter=nothing"), ours: ours, theirs: apart, want: git.Clean},
		{name: "ident", base: with("a ident", "a", "$Id$\n"+lines()), ours: files("a", "$Id$\n"+lines("10:x")),
			theirs: files("a", "$Id$\n"+lines("25:y")), want: git.Clean},
		{name: "text stored with LF", base: with("* text eol=crlf"), ours: files("a", crlf(lines("10:ours"))),
			theirs: files("a", crlf(lines("25:theirs"))), want: git.Clean},
		{name: "text stored with CRLF", base: files("a", crlf(lines())), ours: with("* text", "a", crlf(lines("10:ours"))),
			theirs: files("a", crlf(lines("25:theirs"))), want: git.Conflicted},
		{name: "CRLF under a text attribute", base: storedCRLF, ours: files(".gitattributes", "* text\n"), theirs: files("b", "b\n"),
			want: git.Clean},
		{name: "change of CRLF under a text attribute", base: storedCRLF, ours: files(".gitattributes", "* text\n"),
			theirs: files("a", crlf(lines("25:theirs"))), want: git.Clean, real: git.Failed},
		{name: "other encoding of the work tree", base: with("a working-tree-encoding=UTF-16LE", "a", "a\x00\n\x00"), ours: files("b", "b\n"),
			theirs: files("a", "c\x00\n\x00"), want: git.Clean},
	}
}

// storedCRLF has a file that git believes to be unchanged, and so does not convert
// when an attribute comes.
func storedCRLF(w work) {
	w.write("a", crlf(lines()))
	old := time.Unix(1_000_000_000, 0)
	if err := os.Chtimes(filepath.Join(w.dir, "a"), old, old); err != nil {
		w.Fatal(err)
	}
}

// historyCases are about commits other than a squash.
func historyCases() []pickCase {
	a := files("a", lines(), "b", lines("1:b"))
	return []pickCase{
		{name: "merge commit", base: a, ours: files("b", lines("3:x")), theirs: mergeCommit, want: git.Clean},
		{name: "range", base: a, ours: files("a", lines("3:ours")), commits: 3, want: git.Clean,
			theirs: all(commits(files("a", lines("20:one")), files("b", lines("1:b", "20:two"))), files("a", lines("20:one", "25:three")))},
		{name: "range with a part that is there", base: a, ours: files("a", lines("20:one")), commits: 2, want: git.Clean,
			theirs: all(commits(files("a", lines("20:one"))), files("b", lines("1:b", "20:two")))},
		{name: "range that is there", base: a, ours: files("a", lines("20:one"), "b", lines("20:two")), commits: 2, want: git.Present,
			theirs: all(commits(files("a", lines("20:one"))), files("b", lines("20:two")))},
		{name: "range with a conflict in the end", base: a, ours: files("b", lines("20:ours")), commits: 2, want: git.Conflicted, kind: "content",
			theirs: all(commits(files("a", lines("20:one"))), files("b", lines("20:theirs")))},
		{name: "range that brings attributes", base: a, ours: files("a", lines("20:ours")), commits: 2, want: git.Clean,
			theirs: all(commits(files(".gitattributes", "a merge=union\n")), files("a", lines("20:theirs")))},
		{name: "root commit", base: a, ours: files("c", "c\n"), want: git.Clean, theirs: func(w work) {
			w.git("checkout", "-q", "--orphan", "root")
			w.git("rm", "-q", "-r", "-f", ".")
			w.write("d", "d\n")
			w.git("branch", "-q", "-D", "main")
			w.git("branch", "-q", "-m", "main")
		}},
	}
}

// mergeCommit leaves a merge with a change of its own in the end; the commit of
// the case amends it.
func mergeCommit(w work) {
	w.git("checkout", "-q", "-b", "fix")
	files("a", lines("10:fix"))(w)
	w.commit("fix")
	w.git("checkout", "-q", "main")
	files("b", lines("20:main"))(w)
	w.commit("main moves on")
	w.git("merge", "-q", "--no-commit", "--no-ff", "fix")
	w.write("c", "added in the merge\n")
}
