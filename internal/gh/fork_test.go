package gh_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestIsFork(t *testing.T) {
	w := newWorld(t)
	_, err := w.repo.Push("forks:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}})
	must(t, err)
	w.srv.Install("forks")
	_, err = w.srv.Repo("python/other", ghtest.RepoOptions{})
	must(t, err)
	for key, want := range map[pull.Key]bool{{Owner: "forks", Repo: cpython.Repo}: true, {Owner: "python", Repo: "other"}: false} {
		if is, err := w.app.IsFork(t.Context(), key, cpython); err != nil || is != want {
			t.Errorf("%s is a fork: %v, %v", key, is, err)
		}
	}
	_, err = w.app.IsFork(t.Context(), pull.Key{Owner: "nobody", Repo: "none"}, cpython)
	check(t, "none", err, gone, "404")
}

func TestHere(t *testing.T) {
	w := newWorld(t)
	must(t, w.app.Here(t.Context(), cpython))
	must(t, w.repo.Rename("cpython-lts"))
	check(t, "renamed", w.app.Here(t.Context(), cpython), gone,
		"looking whether python/cpython is still there: it is now named python/cpython-lts")
	must(t, w.app.Here(t.Context(), pull.Key{Owner: "python", Repo: "cpython-lts", Number: 7}))
	must(t, w.repo.Delete())
	check(t, "deleted", w.app.Here(t.Context(), cpython), gone, "")
}
