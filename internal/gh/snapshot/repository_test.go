package snapshot

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestOutline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outline := func() pull.Repository {
		t.Helper()
		w.srv.ResetRequests()
		o, err := w.app.Repository(t.Context(), RepositoryQuery{Key: cpython, SettingsPath: settingsPath})
		must(t, err)
		slices.Sort(o.Branches)
		slices.SortFunc(o.Labels, func(a, b pull.LabelStyle) int { return strings.Compare(a.Name, b.Name) })
		return o
	}
	settings := func(f ghtest.File) {
		t.Helper()
		_, err := w.repo.Push("main", ghtest.Commit{Message: "m", Author: "guido", Files: map[string]ghtest.File{settingsPath: f}})
		must(t, err)
	}
	want := pull.Repository{Key: cpython, DefaultBranch: "main", Branches: []string{"main"},
		Tips: map[string]string{"main": w.repo.Ref("main")}}
	if diff := cmp.Diff(want, outline()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	settings(ghtest.Text("rules: {}\n"))
	want.Settings = []byte("rules: {}\n")
	for i := range 100 {
		want.Branches = append(want.Branches, fmt.Sprint("3.", i))
		_, err := w.repo.Push(fmt.Sprint("3.", i))
		must(t, err)
	}
	must(t, w.repo.Tag("2.7", "main"))
	for i := range 205 {
		l := pull.LabelStyle{Name: fmt.Sprintf("label %03d", i), Color: "c2e0c6", Description: fmt.Sprint("No. ", i)}
		want.Labels = append(want.Labels, l)
		must(t, w.repo.SetLabel(ghtest.Label(l)))
	}
	slices.Sort(want.Branches)
	for _, name := range want.Branches {
		want.Tips[name] = w.repo.Ref(name)
	}
	if diff := cmp.Diff(want, outline()); diff != "" || w.sent() != 4 { // two pages of branches, three of labels
		t.Errorf("%d requests (-want +got):\n%s", w.sent(), diff)
	}
	settings(ghtest.Text("# \xe9\n")) // GraphQL shows another character
	if o := outline(); string(o.Settings) != "# \xe9\n" || w.sent() != 5 {
		t.Errorf("settings %q, %d requests", o.Settings, w.sent())
	}
}

func TestOutlineFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outline := func(key pull.Key) error {
		_, err := w.app.Repository(t.Context(), RepositoryQuery{Key: key, SettingsPath: settingsPath})
		return err
	}
	check(t, "no repository", outline(pull.Key{Owner: "python", Repo: "nothing"}), gone, "loading python/nothing: ")
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 502, Times: 3})
	check(t, "502", outline(cpython), temporary, "loading python/cpython: POST /graphql: 502")
	w.fault(ghtest.Fault{Path: "^/graphql", Status: 200, Body: `{"data":{"repository":null}}`})
	check(t, "nothing", outline(cpython), temporary, "lacks what was asked for")
	for i := range 101 {
		must(t, w.repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
	}
	w.fault(ghtest.Fault{Path: "^/graphql", Contains: "all:labels", Status: 502, Times: 3})
	check(t, "further page", outline(cpython), temporary, "loading python/cpython: listing labels: POST /graphql: 502")
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.srv.RevokeTokens()
	check(t, "may not", outline(cpython), denied, "contents")
}
