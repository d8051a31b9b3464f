package snapshot

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// TestStrangersPullsWithACommit: GitHub lists open pull requests that contain a commit which the default branch doesn't have. However many older
// ones there are, what brought the commit is the merged one.
func TestStrangersPullsWithACommit(t *testing.T) {
	w := newReleaseWorld(t)
	const strangers = 6
	for i := range strangers {
		head := fmt.Sprint("mallory:try-", i)
		_, err := w.Repo.Push(head, ghtest.Commit{From: "main", Message: "Try", Files: map[string]ghtest.File{fmt.Sprint(i): ghtest.Text("x")}})
		trial.OK(t, err)
		_, err = w.Repo.OpenPR(ghtest.PR{Title: "Try", Head: head, Base: "main"})
		trial.OK(t, err)
	}
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
	for i := range strangers {
		_, err := w.Repo.ForcePush(fmt.Sprint("mallory:try-", i), "3.14")
		trial.OK(t, err)
	}
	brought()
	tip, err := w.Repo.Push("3.14", ghtest.Commit{Message: "Pushed by hand", Files: map[string]ghtest.File{"late": ghtest.Text("x")}})
	trial.OK(t, err)
	if r := w.release(look()); r.Commits[0].SHA != tip || r.Commits[0].Pull != 0 {
		t.Errorf("%+v", r.Commits[0])
	}
}
