package gh_test

import (
	"github.com/concorde-bot/concorde/internal/pull"
)

// openBackport opens a pull request of the App from a branch of the repository.
func (w *world) openBackport(branch string) (pull.Key, string) {
	w.t.Helper()
	sha := w.backport(branch)
	s, err := w.app.OpenPull(w.t.Context(), 0, cpython, pull.OpenPull{Head: branch, Base: "main", Title: "[3.14] gh-1: Fix it"})
	must(w.t, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: s.Number}, sha
}
