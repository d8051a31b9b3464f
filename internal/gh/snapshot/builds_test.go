package snapshot

import (
	"fmt"
	"testing"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
)

// TestBuildsOfForks: a stranger's pull requests from a branch of the same name run the workflow
// too. They are no nightly builds, and however many there are, the branch's are found.
func TestBuildsOfForks(t *testing.T) {
	w := newWorld(t)
	_, err := w.Repo.Push("main", ghtest.Commit{Message: "Build at night", Files: map[string]ghtest.File{
		".github/workflows/nightly.yml": ghtest.Text("on: [workflow_dispatch, pull_request]\n")}})
	trial.OK(t, err)
	trial.OK(t, w.Repo.Dispatch("nightly.yml", "main", "guido"))
	trial.OK(t, w.Repo.EndWorkflow("nightly.yml", "main", "failure"))
	push := func(n int) {
		_, err := w.Repo.Push("mallory:main", ghtest.Commit{Message: fmt.Sprint("Try ", n), From: "main"})
		trial.OK(t, err)
	}
	push(0)
	_, err = w.Repo.OpenPR(ghtest.PR{Title: "Try", Head: "mallory:main", Base: "main"})
	trial.OK(t, err)
	q := BuildsQuery{Key: ghtrial.CPython, Branch: "main", Workflow: "nightly.yml"}
	builds := func() {
		t.Helper()
		all, err := w.app.Builds(t.Context(), q)
		if err != nil || len(all) != 1 || all[0].SHA != w.Repo.Ref("main") || !all[0].Shows {
			t.Errorf("%+v, %v", all, err)
		}
	}
	builds()
	for n := range 120 {
		push(n + 1)
	}
	w.Srv.ResetRequests()
	builds()
	if w.Sent() != 2 {
		t.Errorf("%d requests, want 2", w.Sent())
	}
}
