// Package ghtrial is what the tests of internal/gh and of the packages below it share: a
// GitHub with a repository, and what they expect of errors.
package ghtrial

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Everything are the facts that a load of a pull request can have.
const Everything = pull.Files | pull.Commits | pull.Statuses | pull.Checks | pull.Notes | pull.Events | pull.Reviews | pull.Merging |
	pull.Comments | pull.Opinions | pull.Mentions

// Things that requests are about.
var (
	CPython    = pull.Key{Owner: "python", Repo: "cpython"}
	SomePull   = pull.Key{Owner: "python", Repo: "cpython", Number: 1}
	SomeSHA    = strings.Repeat("ab", 20)
	SomeStatus = pull.SetStatus{SHA: SomeSHA, Status: pull.Status{Context: "c", State: pull.StatusSuccess, Description: "d"}}
	SomeBranch = pull.RestoreBranch{Branch: "b", SHA: SomeSHA} // content, unlike a status
)

// World is a GitHub with one repository, and what an App needs to speak to it.
type World struct {
	T    *testing.T
	Srv  *ghtest.Server
	Repo *ghtest.Repo
	Cfg  gh.Config
}

// NewWorld starts it.
func NewWorld(t *testing.T, change ...func(*ghtest.Config, *gh.Config)) *World {
	t.Helper()
	sc, cfg := ghtest.Config{Dir: t.TempDir()}, gh.Config{Timeout: time.Minute}
	for _, c := range change {
		c(&sc, &cfg)
	}
	srv, err := ghtest.New(sc)
	trial.OK(t, err)
	t.Cleanup(func() { trial.OK(t, srv.Close()) })
	repo, err := srv.Repo("python/cpython", ghtest.RepoOptions{Files: map[string]ghtest.File{"README.rst": ghtest.Text("Python\n")}})
	trial.OK(t, err)
	cfg.AppID, cfg.PrivateKey, cfg.APIURL = srv.AppID(), srv.PrivateKeyPEM(), srv.APIURL()
	return &World{T: t, Srv: srv, Repo: repo, Cfg: cfg}
}

// Open makes a pull request of one commit from alice's fork.
func (w *World) Open(files map[string]ghtest.File) pull.Key {
	w.T.Helper()
	_, err := w.Repo.Push("alice:fix", ghtest.Commit{Message: "Fix it", Author: "alice", Files: files})
	trial.OK(w.T, err)
	n, err := w.Repo.OpenPR(ghtest.PR{Title: "gh-1: Fix it", Body: "Body", Author: "alice", Head: "alice:fix"})
	trial.OK(w.T, err)
	return pull.Key{Owner: "python", Repo: "cpython", Number: n}
}

// Backport pushes a branch of the repository itself, as an engine does.
func (w *World) Backport(branch string) (sha string) {
	w.T.Helper()
	sha, err := w.Repo.Push(branch, ghtest.Commit{Message: "Fix it", Author: "alice",
		Files: map[string]ghtest.File{"fix.txt": ghtest.Text(branch)}})
	trial.OK(w.T, err)
	return sha
}

// PR is how a pull request is now.
func (w *World) PR(key pull.Key) ghtest.PRState {
	w.T.Helper()
	st, err := w.Repo.PR(key.Number)
	trial.OK(w.T, err)
	return st
}

// Fault has requests fail.
func (w *World) Fault(f ghtest.Fault) {
	w.T.Helper()
	trial.OK(w.T, w.Srv.Fault(f))
}

// Sent counts the requests but for those of authentication.
func (w *World) Sent() int {
	n := 0
	for _, r := range w.Srv.Requests() {
		if !strings.HasSuffix(r.Path, "/access_tokens") && !strings.HasSuffix(r.Path, "/installation") {
			n++
		}
	}
	return n
}

// Plain is what an App needs before a server that mints tokens and leaves the rest to the
// handler.
func Plain(t *testing.T, cfg gh.Config, handler http.HandlerFunc) (gh.Config, *httptest.Server) {
	t.Helper()
	srv := trial.Plain(t, handler)
	cfg.AppID, cfg.PrivateKey, cfg.APIURL = 7, trial.Key(), srv.URL+"/api/v3"
	return cfg, srv
}
