package snapshot

import (
	"testing"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
)

// BenchmarkLoad is a whole snapshot with one file read: two requests to the
// test server on this machine.
func BenchmarkLoad(b *testing.B) {
	srv, err := ghtest.New(ghtest.Config{Dir: b.TempDir(), RateLimit: 1 << 30})
	must(b, err)
	defer srv.Close()
	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{})
	must(b, err)
	_, err = repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	must(b, err)
	_, err = repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: "alice:fix"})
	must(b, err)
	app, err := newHub(gh.Config{AppID: srv.AppID(), PrivateKey: srv.PrivateKeyPEM(), APIURL: srv.APIURL()})
	must(b, err)
	for b.Loop() {
		_, err := app.Load(b.Context(), Query{Key: somePull, Installation: srv.InstallationID("python"), Needs: everything, Reads: all})
		must(b, err)
	}
}
