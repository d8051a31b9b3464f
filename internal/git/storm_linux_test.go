package git_test

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
	"github.com/concorde-bot/concorde/internal/suite"
)

// imports makes a repository of a stream for git fast-import, with the branches main and
// 3.14. The base is main's first commit; main's last is picked.
func imports(t *testing.T, stream string) *stage {
	w, s := newWork(t), newServer(t)
	cmd := w.command("fast-import", "--quiet", "--force")
	cmd.Stdin, cmd.Stderr = strings.NewReader(stream), os.Stderr
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	st := &stage{work: w, server: s, dir: t.TempDir() + "/jobs"}
	st.job = git.Job{Commit: w.git("rev-parse", "main"), Committer: committer, Targets: []git.Target{{Branch: "3.14", Head: "backport-3.14"}}}
	st.url, st.bare = s.publish(w, "r.git"), s.root+"/r.git"
	st.job.Remote = st.url
	return st
}

// side is what one commit does to a tree, line by line.
type side func(add func(path, text string), remove func(path string))

// stream has a base, a commit on 3.14 and one on main.
func stream(base, ours, theirs side) string {
	var b strings.Builder
	for i, c := range []struct {
		branch, from string
		does         side
	}{{"main", "", base}, {"3.14", "main", ours}, {"main", "main^0", theirs}} {
		fmt.Fprintf(&b, "commit refs/heads/%s\ncommitter M <m@example.com> %d +0000\ndata 1\nx\n", c.branch, 1_700_000_000+i)
		if c.from == "main" {
			b.WriteString("from refs/heads/main\n")
		}
		c.does(func(path, text string) {
			fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(text), text)
		}, func(path string) { fmt.Fprintf(&b, "D %s\n", path) })
		b.WriteByte('\n')
	}
	return b.String()
}

// crowd adds files in directories of a hundred. Their text has the number in it, twice.
func crowd(n int, name, text string) side {
	return func(add func(string, string), _ func(string)) {
		add("a", "a\n")
		for i := range n {
			add(fmt.Sprintf("%d/%s%d", i/100, name, i), strings.ReplaceAll(text, "#", fmt.Sprintf("%d ", i*i)))
		}
	}
}

func moved(n int, from, to, text string) side {
	return func(add func(string, string), remove func(string)) {
		for i := range n {
			remove(fmt.Sprintf("%d/%s%d", i/100, from, i))
		}
		crowd(n, to, text)(add, remove)
	}
}

// Storms are changes that are huge in one way or another. Each ends: as it should, or for
// people to pick, as where git itself breaks down. None is tried again.
func TestStorms(t *testing.T) {
	t.Parallel()
	n := suite.Sizes[int]{Normal: 200, Long: 2_000, Full: 2_000}.Size()
	page := strings.Repeat("a line # of some text\n", 50)
	one := crowd(1, "here", "x")
	for _, c := range []struct {
		name               string
		base, ours, theirs side
		want               git.Outcome
	}{
		{"files", one, crowd(1, "here", "y"), crowd(50*n, "there", "x"), git.Clean},
		{"long names", one, crowd(1, "here", "y"), crowd(n, strings.Repeat("n", 4_000), "x"), git.Clean},
		{"conflicts", crowd(10*n, "c", "base\n"), crowd(10*n, "c", "ours\n"), crowd(10*n, "c", "theirs\n"), git.Conflicted},
		{"renamings", crowd(n, "old", page), crowd(n, "old", "ours\n"+page), moved(n, "old", "new", page+"theirs\n"), git.Clean},
		{"20,000 directories in each other", one, crowd(1, "here", "y"), crowd(1, strings.Repeat("d/", 20_000), "x"), git.Failed},
	} {
		if c.want == git.Failed && n < 2_000 {
			continue // it takes git seconds
		}
		t.Run(c.name, func(t *testing.T) {
			s := imports(t, stream(c.base, c.ours, c.theirs))
			s.ends(t, c.want, git.Broken)
		})
	}
}

// ends picks, and wants an outcome for good; a failure is of one kind.
func (s *stage) ends(t *testing.T, want git.Outcome, kind git.FailureKind) {
	t.Helper()
	got := git.Picked{Outcome: git.Failed}
	picked, err := s.engine(nil).Pick(t.Context(), s.job)
	if err == nil {
		got, err = picked[0], picked[0].Err
	}
	failure, _ := errors.AsType[*git.Failure](err)
	if got.Outcome != want || failure != nil && (failure.Temporary || failure.Kind != kind) {
		t.Errorf("got %s (%v), want %s", got.Outcome, err, want)
	}
	t.Log(err)
	leftNothing(t, s.dir)
}

// A tree of a few hundred bytes has ten billion files: it names one directory over and
// over. It's too much of a change, and too much of a branch, with attributes or without.
func TestTreeBomb(t *testing.T) {
	t.Parallel()
	every := suite.Sizes[int]{Normal: 3, Long: 1, Full: 1}.Size()
	for i, c := range []struct{ name, file string }{{"files", "f"}, {"attributes", ".gitattributes"}} {
		for k, branch := range []string{"main", "3.14"} {
			if (2*i+k)%every > 0 {
				continue
			}
			t.Run(c.name+" on "+branch, func(t *testing.T) {
				s := stageOf(t, files("a", lines()), files("a", lines("1:ours")), files("a", lines("20:theirs")))
				tree := s.object("tree", entry("100644", c.file, s.object("blob", "* text\n")))
				for range 10 {
					var level strings.Builder
					for i := range 10 {
						level.WriteString(entry("40000", strconv.Itoa(i), tree))
					}
					tree = s.object("tree", level.String())
				}
				tree = s.object("tree", entry("100644", "a", s.git("rev-parse", branch+":a"))+entry("40000", "b", tree))
				commit := s.git("commit-tree", "-p", branch+map[string]string{"main": "^", "3.14": ""}[branch], "-m", "bomb", tree)
				s.git("push", "-q", "-f", s.bare, commit+":refs/heads/"+branch)
				if branch == "main" {
					s.job.Commit = commit
				}
				s.ends(t, git.Failed, map[string]git.FailureKind{"main": git.TooCostly, "3.14": git.TooLarge}[branch])
			})
		}
	}
}
