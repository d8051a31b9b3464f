package git_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

// revertCase is a branch: a base, the commits of a change, and what came after it.
type revertCase struct {
	name   string
	change []func(work)
	after  func(work)
	merged bool // by a merge commit
	want   git.Outcome
}

var text10 = strings.Repeat("line\n", 4) + "old\n" + strings.Repeat("line\n", 5)

var revertCases = []revertCase{
	{"an edit", []func(work){files("a", strings.Replace(text10, "old", "new", 1))}, files("b", "other\n"), false, git.Clean},
	{"other lines changed since", []func(work){files("a", "first\n"+text10)}, files("a", "first\n"+text10+"last\n"), false, git.Clean},
	{"a new file", []func(work){files("c/d", "new\n")}, files("b", "other\n"), false, git.Clean},
	{"a deleted file", []func(work){remove("a")}, files("b", "other\n"), false, git.Clean},
	{"a renamed file, edited since", []func(work){move("a", "z")}, files("z", text10+"last\n"), false, git.Clean},
	{"a mode", []func(work){mode("a", 0o755)}, files("b", "other\n"), false, git.Clean},
	{"a rebase of three", []func(work){files("a", "first\n"+text10), files("c", "new\n"), files("c", "newer\n")}, files("b", "other\n"), false,
		git.Clean},
	{"a merge", []func(work){files("c", "new\n"), files("d", "new\n")}, files("b", "other\n"), true, git.Clean},
	{"reverted before", []func(work){files("c", "new\n")}, remove("c"), false, git.Present},
	{"the same lines changed since", []func(work){files("a", strings.Replace(text10, "old", "new", 1))},
		files("a", strings.Replace(text10, "old", "newer", 1)), false, git.Conflicted},
	{"a new file, edited since", []func(work){files("c", "new\n")}, files("c", "newer\n"), false, git.Conflicted},
}

// revert is the real command: what it leaves is what the engine must push.
func (w work) revert(c revertCase, commit string) (tree string) {
	w.Helper()
	args := []string{"revert", "--no-edit", "--no-commit", commit}
	if c.merged {
		args = append([]string{"revert", "--no-edit", "--no-commit", "-m", "1"}, commit)
	} else if n := len(c.change); n > 1 {
		args[3] = fmt.Sprintf("%s~%d..%s", commit, n, commit)
	}
	if _, err := w.try(args...); err != nil {
		return ""
	}
	return w.git("write-tree")
}

// TestRevertIsGitRevert: the engine's reverts are those of "git revert", and a revert with conflicts pushes nothing.
func TestRevertIsGitRevert(t *testing.T) {
	s, e := newServer(t), newEngine(t, nil)
	for _, c := range revertCases {
		t.Run(c.name, func(t *testing.T) {
			w := newWork(t)
			files("a", text10, "b", "b\n")(w)
			w.commit("base")
			if c.merged {
				w.git("checkout", "-q", "-b", "topic")
			}
			commit := ""
			for _, change := range c.change {
				change(w)
				commit = w.commit("gh-1: Fix it")
			}
			if c.merged {
				w.git("checkout", "-q", "main")
				w.git("merge", "-q", "--no-ff", "-m", "Merge it", "topic")
				commit = w.head()
			}
			c.after(w)
			tip := w.commit("later")
			name := strings.ReplaceAll(c.name, " ", "_") + ".git"
			job := git.Job{Remote: s.publish(w, name), Commit: commit, Revert: true, Committer: committer,
				Targets: []git.Target{{Branch: "main", Head: "revert-it"}},
				Instead: &git.Source{Message: "Revert it\n\nWhy.", Author: "Concorde <concorde@example.com>"}}
			if !c.merged {
				job.Commits = len(c.change)
			}
			want := w.revert(c, commit)
			picked, err := e.Pick(t.Context(), job)
			if err != nil {
				t.Fatal(err)
			}
			p, bare := picked[0], work{t, filepath.Join(s.root, name)}
			if p.Outcome != c.want || (p.Commit != "") != (c.want == git.Clean) || (len(p.Conflicts) > 0) != (c.want == git.Conflicted) {
				t.Fatalf("%+v (%v)", p, p.Err)
			}
			if p.Commit == "" {
				if _, err := bare.try("rev-parse", "--verify", "refs/heads/revert-it"); err == nil {
					t.Error("something was pushed")
				}
				return
			}
			date := w.git("log", "-1", "--format=%ct", commit)
			got := strings.SplitN(bare.raw("cat-file", "commit", p.Commit), "\n", 5)
			if diff := cmp.Diff([]string{"tree " + want, "parent " + tip}, got[:2]); diff != "" {
				t.Errorf("git revert (-), the engine (+):\n%s", diff)
			}
			if by := "committer Concorde <concorde@example.com> " + date + " +0000"; got[3] != by ||
				!strings.Contains(got[4], "Revert it\n\nWhy.") ||
				!strings.HasPrefix(got[2], "author Concorde <concorde@example.com> ") {
				t.Errorf("it is by %q, %q: %q", got[2], got[3], got[4])
			}
			job.Targets[0].Have = p.Commit
			again, err := e.Pick(t.Context(), job)
			if err != nil || again[0].Commit != p.Commit {
				t.Errorf("the same revert again is %+v, %v", again, err)
			}
		})
	}
}
