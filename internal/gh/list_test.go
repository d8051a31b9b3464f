package gh

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestRepositories(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	want := []Repository{{Key: pull.Key{Owner: "python", Repo: "cpython"}, Installation: w.srv.InstallationID("python")}}
	for i := range 105 {
		name := fmt.Sprintf("peps%03d", i)
		_, err := w.srv.Repo("python/"+name, ghtest.RepoOptions{})
		must(t, err)
		want = append(want, Repository{Key: pull.Key{Owner: "python", Repo: name}, Installation: w.srv.InstallationID("python")})
	}
	_, err := w.srv.Repo("elsewhere/x", ghtest.RepoOptions{NotInstalled: true})
	must(t, err)
	_, err = w.srv.Repo("psf/black", ghtest.RepoOptions{})
	must(t, err)
	want = append(want, Repository{Key: pull.Key{Owner: "psf", Repo: "black"}, Installation: w.srv.InstallationID("psf")})
	installations, err := w.app.Installations(t.Context())
	must(t, err)
	got, err := w.app.Repositories(t.Context(), installations)
	must(t, err)
	byKey := func(a, b Repository) int { return strings.Compare(a.Key.String(), b.Key.String()) }
	slices.SortFunc(got, byKey)
	slices.SortFunc(want, byKey)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// One installation that cannot be read does not hide the other.
	f := ghtest.BadGateway()
	f.Path = fmt.Sprintf("^/app/installations/%d/access_tokens", w.srv.InstallationID("psf"))
	w.fault(f)
	app, err := New(w.cfg)
	must(t, err)
	some, err := app.Repositories(t.Context(), installations)
	as[*Temporary](t, err)
	if len(some) != 106 {
		t.Errorf("%d repositories", len(some))
	}
	f.Path, f.Status = "^/app/installations$", 500
	w.fault(f)
	_, err = app.Installations(t.Context())
	as[*Temporary](t, err)
}

// TestLostInstallation: a run can tell that it is the whole installation that is
// suspended or removed, and not one repository of it.
func TestLostInstallation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.srv.Suspend("python")
	all, err := w.app.Installations(t.Context())
	must(t, err)
	id := w.srv.InstallationID("python")
	if diff := cmp.Diff([]Installation{{ID: id, Account: "python", Suspended: true}}, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	key := pull.Key{Owner: "python", Repo: "cpython", Number: 1}
	lost := func(installation int64) bool {
		t.Helper()
		_, err := w.app.Load(t.Context(), Query{Key: key, Installation: installation})
		return as[*Gone](t, err).Installation()
	}
	if !lost(id) {
		t.Error("suspended, and nobody knows")
	}
	w.srv.Unsuspend("python")
	if lost(id) {
		t.Error("a missing pull request passes for a missing installation")
	}
	w.srv.Uninstall("python")
	if !lost(id) {
		t.Error("removed, and nobody knows")
	}
}

func TestPullRequests(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 5, 12, 0, 0, 0, time.UTC)
	w := newWorld(t, func(c *ghtest.Config, _ *Config) { c.Now = func() time.Time { return now } })
	_, err := w.repo.Push("alice:fix", ghtest.Commit{Message: "m", Author: "alice", Files: map[string]ghtest.File{"a": ghtest.Text("a")}})
	must(t, err)
	var want []int
	for i := range 205 {
		branch := fmt.Sprint("alice:fix", i)
		_, err := w.repo.Push(branch, ghtest.Commit{Message: "m", Author: "alice", From: "main", Files: map[string]ghtest.File{"a": ghtest.Text(fmt.Sprint(i))}})
		must(t, err)
		n, err := w.repo.OpenPR(ghtest.PR{Title: "t", Author: "alice", Head: branch})
		must(t, err)
		want = append(want, n)
		w.srv.Advance(time.Minute)
	}
	must(t, w.repo.Close(want[100], "alice"))
	want = slices.Delete(want, 100, 101)
	slices.Reverse(want)
	for _, test := range []struct {
		since time.Time
		want  []int
		calls int
	}{
		{time.Time{}, want, 3},
		{now.Add(200 * time.Minute), want[:5], 1},
		{now.Add(104 * time.Minute), want[:101], 2},
		{now.Add(24 * time.Hour), nil, 1},
	} {
		w.srv.ResetRequests()
		got, err := w.app.PullRequests(t.Context(), Listing{Repository: pull.Key{Owner: "python", Repo: "cpython"}, Since: test.since})
		must(t, err)
		if diff := cmp.Diff(test.want, got); diff != "" || w.sent() != test.calls {
			t.Errorf("since %v: %d requests (-want +got):\n%s", test.since, w.sent(), diff)
		}
	}
	_, err = w.app.PullRequests(t.Context(), Listing{Repository: pull.Key{Owner: "python", Repo: "nothing"}})
	as[*Gone](t, err)
}
