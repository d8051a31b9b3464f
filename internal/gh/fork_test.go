package gh_test

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestIsFork(t *testing.T) {
	w := newWorld(t)
	_, err := w.Repo.Push("forks:fix", ghtest.Commit{Message: "Fix it", Files: map[string]ghtest.File{"a.txt": ghtest.Text("A\n")}})
	trial.OK(t, err)
	w.Srv.Install("forks")
	_, err = w.Srv.Repo("python/other", ghtest.RepoOptions{})
	trial.OK(t, err)
	for key, want := range map[pull.Key]bool{{Owner: "forks", Repo: ghtrial.CPython.Repo}: true, {Owner: "python", Repo: "other"}: false} {
		if is, err := w.app.IsFork(t.Context(), key, ghtrial.CPython); err != nil || is != want {
			t.Errorf("%s is a fork: %v, %v", key, is, err)
		}
	}
	_, err = w.app.IsFork(t.Context(), pull.Key{Owner: "nobody", Repo: "none"}, ghtrial.CPython)
	ghtrial.Check(t, "none", err, ghtrial.Gone, "404")
}

func TestHere(t *testing.T) {
	w := newWorld(t)
	trial.OK(t, w.app.Here(t.Context(), ghtrial.CPython))
	trial.OK(t, w.Repo.Rename("cpython-lts"))
	ghtrial.Check(t, "renamed", w.app.Here(t.Context(), ghtrial.CPython), ghtrial.Gone,
		"looking whether python/cpython is still there: it is now named python/cpython-lts")
	trial.OK(t, w.app.Here(t.Context(), pull.Key{Owner: "python", Repo: "cpython-lts", Number: 7}))
	trial.OK(t, w.Repo.Delete())
	ghtrial.Check(t, "deleted", w.app.Here(t.Context(), ghtrial.CPython), ghtrial.Gone, "")
}
