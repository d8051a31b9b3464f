package git_test

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/git"
)

func openLocal(t *testing.T, dir string) *git.Local {
	t.Helper()
	l, err := git.OpenLocal(t.Context(), dir, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// compareLocal holds the pick in a person's repository against the real command.
// Conflicts have to be the same in memory and in the work tree that is made for them.
func (w work) compareLocal(c pickCase, want verdict) {
	w.Helper()
	tree := git.Tree{Dir: filepath.Join(w.TempDir(), "tree"), Branch: "backport", Commit: w.git("rev-parse", "main"),
		Onto: w.git("rev-parse", "3.14")}
	before := w.raw("status", "--porcelain=v2", "--branch")
	l := openLocal(w.T, w.dir)
	p, err := l.Pick(w.Context(), git.LocalPick{Commit: tree.Commit, Onto: tree.Onto})
	if err != nil {
		w.Fatal(err)
	}
	got := verdict{Outcome: p.Outcome}
	switch p.Outcome {
	case git.Clean:
		got.Tree, got.Author = w.tree(p.Commit, strings.NewReplacer()), w.git("log", "-1", "--format=%an <%ae> %ad", p.Commit)
	case git.Conflicted:
		got.Tree = want.Tree // the real command makes it
		got.Conflicts = w.conflictsIn(l, tree)
	}
	if got.Outcome != c.want {
		w.Errorf("the outcome is %s, want %s", got.Outcome, c.want)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("cherry-pick (-) and the pick (+) differ:\n%s", diff)
	}
	if after := w.raw("status", "--porcelain=v2", "--branch"); after != before {
		w.Errorf("the person's work tree was\n%s\nand is\n%s", before, after)
	}
}

// conflictsIn leaves the conflict in a work tree, and takes it back.
func (w work) conflictsIn(l *git.Local, t git.Tree) []string {
	w.Helper()
	if err := l.Begin(w.Context(), t, "message"); err != nil {
		w.Fatal(err)
	}
	s, err := l.State(w.Context(), t)
	if err != nil {
		w.Fatal(err)
	}
	if s.Gone || s.Branch != t.Branch || s.Head != t.Onto || len(s.Marked) > 0 {
		w.Errorf("the state is %+v", s)
	}
	if err := l.End(w.Context(), t.Dir); err != nil {
		w.Fatal(err)
	}
	if s, err := l.State(w.Context(), t); err != nil || !s.Gone {
		w.Errorf("the work tree is still there: %+v %v", s, err)
	}
	slices.Sort(s.Unmerged)
	return s.Unmerged
}
