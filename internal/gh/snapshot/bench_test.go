package snapshot

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// BenchmarkLoad is a whole snapshot with one file read: two requests to the
// test server on this machine.
func BenchmarkLoad(b *testing.B) {
	srv, err := ghtest.New(ghtest.Config{Dir: b.TempDir(), RateLimit: 1 << 30})
	trial.OK(b, err)
	defer srv.Close()
	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{})
	trial.OK(b, err)
	_, err = repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	trial.OK(b, err)
	_, err = repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: "alice:fix"})
	trial.OK(b, err)
	app, err := newHub(gh.Config{AppID: srv.AppID(), PrivateKey: srv.PrivateKeyPEM(), APIURL: srv.APIURL()})
	trial.OK(b, err)
	for b.Loop() {
		query := Query{Key: ghtrial.SomePull, Installation: srv.InstallationID("python"), Needs: ghtrial.Everything, Reads: all}
		_, err := app.Load(b.Context(), query)
		trial.OK(b, err)
	}
}
