package gh_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestRepositories(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []gh.InstalledRepository{{Key: pull.Key{Owner: "python", Repo: "cpython"}, Installation: w.Srv.InstallationID("python")}}
	for i := range 105 {
		name := fmt.Sprintf("peps%03d", i)
		_, err := w.Srv.Repo("python/"+name, ghtest.RepoOptions{})
		trial.OK(t, err)
		want = append(want, gh.InstalledRepository{Key: pull.Key{Owner: "python", Repo: name}, Installation: w.Srv.InstallationID("python")})
	}
	_, err := w.Srv.Repo("elsewhere/x", ghtest.RepoOptions{NotInstalled: true})
	trial.OK(t, err)
	_, err = w.Srv.Repo("psf/black", ghtest.RepoOptions{})
	trial.OK(t, err)
	want = append(want, gh.InstalledRepository{Key: pull.Key{Owner: "psf", Repo: "black"}, Installation: w.Srv.InstallationID("psf")})
	installations, err := w.app.Installations(t.Context())
	trial.OK(t, err)
	got, err := w.app.Repositories(t.Context(), installations)
	trial.OK(t, err)
	byKey := func(a, b gh.InstalledRepository) int { return strings.Compare(a.Key.String(), b.Key.String()) }
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// One installation that cannot be read does not hide the other.
	f := ghtest.BadGateway()
	f.Path = fmt.Sprintf("^/app/installations/%d/access_tokens", w.Srv.InstallationID("psf"))
	w.Fault(f)
	app, err := gh.New(w.Cfg)
	trial.OK(t, err)
	some, err := app.Repositories(t.Context(), installations)
	trial.As[*gh.Temporary](t, err)
	if len(some) != 106 {
		t.Errorf("%d repositories", len(some))
	}
	f.Path, f.Status = "^/app/installations$", 500
	w.Fault(f)
	_, err = app.Installations(t.Context())
	trial.As[*gh.Temporary](t, err)
}

// TestLostInstallation: a run can tell that it is the whole installation that is
// suspended or removed, and not one repository of it.
func TestLostInstallation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.Srv.Suspend("python")
	all, err := w.app.Installations(t.Context())
	trial.OK(t, err)
	id := w.Srv.InstallationID("python")
	if diff := cmp.Diff([]gh.Installation{{ID: id, Account: "python", Suspended: true}}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	key := pull.Key{Owner: "python", Repo: "cpython", Number: 1}
	lost := func(installation int64) bool {
		t.Helper()
		_, err := w.app.Load(t.Context(), snapshot.Query{Key: key, Installation: installation})
		return trial.As[*gh.Gone](t, err).Installation()
	}
	if !lost(id) {
		t.Error("suspended, and nobody knows")
	}
	w.Srv.Unsuspend("python")
	if lost(id) {
		t.Error("a missing pull request passes for a missing installation")
	}
	w.Srv.Uninstall("python")
	if !lost(id) {
		t.Error("removed, and nobody knows")
	}
}
