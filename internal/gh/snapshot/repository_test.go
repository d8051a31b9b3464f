package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestOutline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outline := func() pull.Repository {
		t.Helper()
		w.Srv.ResetRequests()
		o, err := w.app.Repository(t.Context(), RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath})
		trial.OK(t, err)
		slices.Sort(o.Branches)
		slices.SortFunc(o.Labels, func(a, b pull.LabelStyle) int { return strings.Compare(a.Name, b.Name) })
		return o
	}
	settings := func(f ghtest.File) {
		t.Helper()
		_, err := w.Repo.Push("main", ghtest.Commit{Message: "m", Author: "guido", Files: map[string]ghtest.File{settingsPath: f}})
		trial.OK(t, err)
	}
	want := pull.Repository{Key: ghtrial.CPython, DefaultBranch: "main", Branches: []string{"main"},
		Tips: map[string]string{"main": w.Repo.Ref("main")}}
	if diff := cmp.Diff(want, outline()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	settings(ghtest.Text("rules: {}\n"))
	want.Settings = []byte("rules: {}\n")
	for i := range 100 {
		want.Branches = append(want.Branches, fmt.Sprint("3.", i))
		_, err := w.Repo.Push(fmt.Sprint("3.", i))
		trial.OK(t, err)
	}
	trial.OK(t, w.Repo.Tag("2.7", "main"))
	for i := range 205 {
		l := pull.LabelStyle{Name: fmt.Sprintf("label %03d", i), Color: "c2e0c6", Description: fmt.Sprint("No. ", i)}
		want.Labels = append(want.Labels, l)
		trial.OK(t, w.Repo.SetLabel(ghtest.Label(l)))
	}
	slices.Sort(want.Branches)
	for _, name := range want.Branches {
		want.Tips[name] = w.Repo.Ref(name)
	}
	if diff := cmp.Diff(want, outline()); diff != "" || w.Sent() != 4 { // two pages of branches, three of labels
		t.Errorf("%d requests (-want +got):\n%s", w.Sent(), diff)
	}
	settings(ghtest.Text("# \xe9\n")) // GraphQL shows another character
	if o := outline(); string(o.Settings) != "# \xe9\n" || w.Sent() != 5 {
		t.Errorf("settings %q, %d requests", o.Settings, w.Sent())
	}
}

func TestOutlineFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outline := func(key pull.Key) error {
		_, err := w.app.Repository(t.Context(), RepositoryQuery{Key: key, SettingsPath: settingsPath})
		return err
	}
	ghtrial.Check(t, "no repository", outline(pull.Key{Owner: "python", Repo: "nothing"}), ghtrial.Gone, "loading python/nothing: ")
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	ghtrial.Check(t, "502", outline(ghtrial.CPython), ghtrial.Temporary, "loading python/cpython: POST /graphql: 502")
	w.Fault(ghtest.Fault{Path: "^/graphql", Status: 200, Body: `{"data":{"repository":null}}`})
	ghtrial.Check(t, "nothing", outline(ghtrial.CPython), ghtrial.Temporary, "lacks what was asked for")
	for i := range 101 {
		trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
	}
	w.Fault(ghtest.Fault{Path: "^/graphql", Contains: "all:labels", Status: 502, Times: 3})
	ghtrial.Check(t, "further page", outline(ghtrial.CPython), ghtrial.Temporary, "loading python/cpython: listing labels: POST /graphql: 502")
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", outline(ghtrial.CPython), ghtrial.Denied, "contents")
}
