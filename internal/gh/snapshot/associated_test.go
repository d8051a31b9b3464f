package snapshot

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// strangers opens pull requests of a stranger. Afterwards, all of them contain a branch.
func (w releaseWorld) strangers(n int) (contain func(branch string)) {
	w.T.Helper()
	head := func(i int) string { return fmt.Sprint("mallory:try-", i) }
	for i := range n {
		_, err := w.Repo.Push(head(i), ghtest.Commit{From: "main", Message: "Try", Files: map[string]ghtest.File{fmt.Sprint(i): ghtest.Text("x")}})
		trial.OK(w.T, err)
		_, err = w.Repo.OpenPR(ghtest.PR{Title: "Try", Head: head(i), Base: "main"})
		trial.OK(w.T, err)
	}
	return func(branch string) {
		w.T.Helper()
		for i := range n {
			_, err := w.Repo.ForcePush(head(i), branch)
			trial.OK(w.T, err)
		}
	}
}

// TestRebasedAmongStrangers: the commit before a merge shows whether that was a rebase merge of several commits, also where strangers' pull
// requests contain it.
func TestRebasedAmongStrangers(t *testing.T) {
	w := newReleaseWorld(t)
	contain := w.strangers(6)
	for _, name := range []string{"a", "b"} {
		_, err := w.Repo.Push("fix", ghtest.Commit{From: "3.14", Message: name, Files: map[string]ghtest.File{name: ghtest.Text("x")}})
		trial.OK(t, err)
	}
	key := ghtrial.CPython
	var err error
	key.Number, err = w.Repo.OpenPR(ghtest.PR{Title: "Fix", Author: "alice", Head: "fix", Base: "3.14"})
	trial.OK(t, err)
	_, err = w.Repo.MergeBy(key.Number, "guido", "rebase")
	trial.OK(t, err)
	contain("3.14")
	if r := w.load(Query{Key: key}); r.Merge == nil || !r.Merge.Rebased {
		t.Errorf("%+v", r.Merge)
	}
}

// TestStrangersPullsWithACommit: GitHub lists open pull requests that contain a commit which the
// default branch doesn't have. However many older
// ones there are, what brought the commit is the merged one.
func TestStrangersPullsWithACommit(t *testing.T) {
	w := newReleaseWorld(t)
	contain := w.strangers(6)
	merged := w.merge("3.14")
	brought := func() {
		t.Helper()
		b, err := w.app.Checked(t.Context(), CheckedQuery{Key: ghtrial.CPython, Branch: "3.14", Source: watching()})
		trial.OK(t, err)
		r := w.release(look())
		last, err := w.app.Last(t.Context(), LastQuery{Key: ghtrial.CPython, Branch: "3.14", Paths: []string{"fix.txt"}})
		trial.OK(t, err)
		if got := b.Commits[len(b.Commits)-1].Pull; got != merged || r.Commits[0].Pull != merged || last["fix.txt"] != merged {
			t.Errorf("#%d, #%d and #%d, want #%d", got, r.Commits[0].Pull, last["fix.txt"], merged)
		}
	}
	brought()
	contain("3.14")
	brought()
	tip, err := w.Repo.Push("3.14", ghtest.Commit{Message: "Pushed by hand", Files: map[string]ghtest.File{"late": ghtest.Text("x")}})
	trial.OK(t, err)
	if r := w.release(look()); r.Commits[0].SHA != tip || r.Commits[0].Pull != 0 {
		t.Errorf("%+v", r.Commits[0])
	}
}
