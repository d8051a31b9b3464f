package gh_test

import (
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

var cpython = pull.Key{Owner: "python", Repo: "cpython"}

// backport pushes a branch of the repository itself, as an engine does.
func (w *world) backport(branch string) (sha string) {
	w.t.Helper()
	sha, err := w.repo.Push(branch, ghtest.Commit{Message: "Fix it", Author: "alice", Files: map[string]ghtest.File{"fix.txt": ghtest.Text(branch)}})
	must(w.t, err)
	return sha
}
