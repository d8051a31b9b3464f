package git_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/concorde-bot/concorde/internal/git"
)

// leaveCases are changes that touch files of a newer version: the pick must come to what
// it would without them.
func leaveCases() []struct {
	name               string
	base, ours, theirs func(work)
	leave              []string
	rest               func(work) // theirs without the left-out files
	want               git.Outcome
} {
	const newer = "Doc/whatsnew/3.15.rst"
	base := files("a", lines(), newer, lines())
	fix := files("a", lines("20:fixed"))
	return []struct {
		name               string
		base, ours, theirs func(work)
		leave              []string
		rest               func(work)
		want               git.Outcome
	}{
		{"changed, not on the branch", base, remove(newer), all(fix, files(newer, lines("3:new"))), []string{newer}, fix, git.Clean},
		{"changed on both", base, files(newer, lines("3:ours")), all(fix, files(newer, lines("3:new"))), []string{newer}, fix, git.Clean},
		{"added", files("a", lines()), nil, all(fix, files(newer, "new\n")), []string{newer}, fix, git.Clean},
		{"removed", base, files(newer, lines("3:ours")), all(fix, remove(newer)), []string{newer}, fix, git.Clean},
		{"moved", base, nil, all(fix, move(newer, "Doc/moved.rst")), []string{newer}, all(fix, files("Doc/moved.rst", lines())), git.Clean},
		{"becomes a directory", base, nil, all(fix, remove(newer), files(newer+"/x", "x\n")), []string{newer}, fix, git.Clean},
		{"becomes executable", base, nil, all(fix, mode(newer, 0o755)), []string{newer}, fix, git.Clean},
		{"nothing else", base, remove(newer), files(newer, lines("3:new")), []string{newer}, nil, git.Present},
		{"not touched", base, nil, fix, []string{newer, "Doc/none"}, fix, git.Clean},
		{"conflict elsewhere", base, files("a", lines("20:ours")), all(fix, files(newer, lines("3:new"))), []string{newer}, fix, git.Conflicted},
	}
}

// TestPickLeavesFiles holds a pick that leaves files out against the pick of a commit that
// never touched them: in the bot's engine, and in a person's repository.
func TestPickLeavesFiles(t *testing.T) {
	t.Parallel()
	s, e := newServer(t), newEngine(t, nil)
	for i, c := range leaveCases() {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWork(t)
			pickCase{base: c.base, ours: c.ours, theirs: c.theirs}.build(w)
			whole := w.head()
			w.git("checkout", "-q", "-f", "-b", "rest", "main^")
			if c.rest != nil {
				c.rest(w)
			}
			w.git("add", "-A")
			w.git("commit", "-q", "--allow-empty", "-m", "the rest")
			r := leaving{w, e, s.publish(w, fmt.Sprintf("%d.git", i)), filepath.Join(s.root, fmt.Sprintf("%d.git", i))}
			want, got := r.pick(w.head(), nil), r.pick(whole, c.leave)
			if got.Outcome != c.want || want.Outcome != c.want {
				t.Fatalf("the outcome is %s, without the files %s, want %s (%v)", got.Outcome, want.Outcome, c.want, got.Err)
			}
			if one, other := r.tree(want), r.tree(got); one != other {
				t.Errorf("without the files:\n%s\nleft out:\n%s", one, other)
			}
			if again := r.pick(whole, c.leave); again.Commit != got.Commit {
				t.Errorf("the same pick is %s, then %s", got.Commit, again.Commit)
			}
			r.locally(whole, c.leave, got)
		})
	}
}

// leaving is a repository, with the engine that picks in it.
type leaving struct {
	work
	engine    *git.Engine
	url, bare string
}

func (r leaving) pick(commit string, leave []string) git.Picked {
	r.Helper()
	picked, err := r.engine.Pick(r.Context(), git.Job{Remote: r.url, Commit: commit, Committer: committer, Markers: true,
		Targets: []git.Target{{Branch: "3.14", Head: "backport-" + commit[:7], Leave: leave}}})
	if err != nil {
		r.Fatal(err)
	}
	return picked[0]
}

// tree is what a pick comes to, with the same labels in its markers whatever was picked.
func (r leaving) tree(p git.Picked) string {
	if p.Commit == "" {
		return ""
	}
	labels := strings.NewReplacer("originals/"+p.Original.ID, "original", p.Original.ID, "original", p.Commit, "pick")
	return r.git("-C", r.bare, "ls-tree", "-r", "--format=%(objectmode) %(path)", p.Commit) +
		labels.Replace(r.raw("-C", r.bare, "grep", "", p.Commit))
}

// locally holds the pick in a person's repository against the engine's, and a
// conflict in a work tree against the left-out files.
func (r leaving) locally(commit string, leave []string, want git.Picked) {
	w := r.work
	w.Helper()
	l := openLocal(w.T, w.dir)
	onto := w.git("rev-parse", "3.14")
	p, err := l.Pick(w.Context(), git.LocalPick{Commit: commit, Onto: onto, Leave: leave})
	if err != nil || p.Outcome != want.Outcome {
		w.Fatalf("the outcome is %s, want %s (%v)", p.Outcome, want.Outcome, err)
	}
	switch p.Outcome {
	case git.Clean:
		if one, other := w.raw("ls-tree", "-r", p.Commit), w.raw("-C", r.bare, "ls-tree", "-r", want.Commit); one != other {
			w.Errorf("in the person's repository:\n%s\nthe bot's:\n%s", one, other)
		}
	case git.Conflicted:
		trimmed, err := l.Without(w.Context(), commit, leave)
		if err != nil {
			w.Fatal(err)
		}
		tree := git.Tree{Dir: filepath.Join(w.TempDir(), "tree"), Branch: "backport", Commit: trimmed, Onto: onto}
		if unmerged := w.conflictsIn(l, tree); len(unmerged) != 1 || unmerged[0] != "a" {
			w.Errorf("the work tree has conflicts in %q", unmerged)
		}
	}
	if status := w.raw("status", "--porcelain=v2"); status != "" {
		w.Errorf("the person's work tree was changed:\n%s", status)
	}
}
