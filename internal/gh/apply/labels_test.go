package apply

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/gh/ghtrial"
	"github.com/concorde-bot/concorde/internal/gh/snapshot"
	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/ghtest/trial"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestLabels(t *testing.T) {
	w := newWorld(t)
	odd := pull.LabelStyle{Name: "a#b/c?d%e", Color: "ededed", Description: "Odd"}
	backport := pull.LabelStyle{Name: "needs backport to 3.16", Color: "c2e0c6", Description: "bug and security fixes"}
	for _, l := range []pull.LabelStyle{odd, backport} {
		trial.OK(t, w.app.CreateLabel(t.Context(), 0, ghtrial.CPython, l))
		l.Description = "another"
		trial.OK(t, w.app.CreateLabel(t.Context(), 0, ghtrial.CPython, l)) // is there
	}
	labels := func(words string) []pull.LabelStyle {
		o, err := w.app.Repository(t.Context(), snapshot.RepositoryQuery{Key: ghtrial.CPython, SettingsPath: settingsPath})
		trial.OK(t, err)
		return slices.DeleteFunc(o.Labels, func(l pull.LabelStyle) bool { return !strings.Contains(l.Name, words) })
	}
	if diff := cmp.Diff([]pull.LabelStyle{backport}, labels("needs backport")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	emoji := pull.LabelStyle{Name: "🐛 bug", Color: "ededed", Description: "A bug 🐛 in a module"}
	trial.OK(t, w.app.CreateLabel(t.Context(), 0, ghtrial.CPython, emoji))
	emoji.Description = "A bug in a module" // safe-settings#428: with the emoji, GitHub refuses it
	if !slices.Contains(labels(""), emoji) {
		t.Errorf("labels %+v", labels(""))
	}
	if !slices.Contains(labels(""), odd) {
		t.Errorf("labels %+v", labels(""))
	}
	trial.OK(t, w.app.EditLabel(t.Context(), 0, ghtrial.CPython, pull.LabelEdit{Old: odd.Name,
		LabelStyle: pull.LabelStyle{Name: "new/name", Description: "New 🐛"}}))
	trial.OK(t, w.app.EditLabel(t.Context(), 0, ghtrial.CPython, pull.LabelEdit{Old: backport.Name,
		LabelStyle: pull.LabelStyle{Name: backport.Name, Color: "aaaaaa"}}))
	got := labels("")
	for _, want := range []pull.LabelStyle{{Name: "new/name", Color: "ededed", Description: "New"}, {Name: backport.Name, Color: "aaaaaa"}} {
		if !slices.Contains(got, want) {
			t.Errorf("no %+v in %+v", want, got)
		}
	}
	for i := range 120 {
		trial.OK(t, w.Repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
	}
	if n := len(labels("")); n < 122 {
		t.Errorf("%d labels", n)
	}
}

func TestLabelFaults(t *testing.T) {
	w := newWorld(t)
	create := func(l pull.LabelStyle) error { return w.app.CreateLabel(t.Context(), 0, ghtrial.CPython, l) }
	edit := func(old string, l pull.LabelStyle) error {
		return w.app.EditLabel(t.Context(), 0, ghtrial.CPython, pull.LabelEdit{Old: old, LabelStyle: l})
	}
	ghtrial.Check(t, "odd colour", create(pull.LabelStyle{Name: "a", Color: "green"}), ghtrial.Rejected,
		`making the label "a" in python/cpython: POST /repos/{owner}/{repo}/labels: 422`)
	for _, name := range []string{"", ".", ".."} {
		ghtrial.Check(t, name, edit(name, pull.LabelStyle{Name: "a"}), ghtrial.Rejected, "is not a label")
	}
	ghtrial.Check(t, "not there", edit("nothing", pull.LabelStyle{Name: "a"}), ghtrial.Gone,
		`editing the label "nothing" of python/cpython: PATCH /repos/{owner}/{repo}/labels/{name}: 404`)
	trial.OK(t, create(pull.LabelStyle{Name: "a"}))
	trial.OK(t, create(pull.LabelStyle{Name: "b"}))
	ghtrial.Check(t, "taken", edit("a", pull.LabelStyle{Name: "b"}), ghtrial.Rejected, "already_exists")
	w.Fault(ghtest.Fault{Method: "POST", Path: "/labels$", DropAfter: true})
	ghtrial.Check(t, "answer lost", create(pull.LabelStyle{Name: "c"}), ghtrial.Temporary, "sending the request")
	trial.OK(t, create(pull.LabelStyle{Name: "c"}))
	nothing := pull.Key{Owner: "python", Repo: "nothing"}
	ghtrial.Check(t, "no repository", w.app.CreateLabel(t.Context(), 0, nothing, pull.LabelStyle{Name: "a"}), ghtrial.Gone, "404")
	rename := pull.LabelEdit{Old: "a", LabelStyle: pull.LabelStyle{Name: "b"}}
	ghtrial.Check(t, "no repository", w.app.EditLabel(t.Context(), 0, nothing, rename),
		ghtrial.Gone, "404")
	trial.OK(t, w.Srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.Srv.RevokeTokens()
	ghtrial.Check(t, "may not", create(pull.LabelStyle{Name: "d"}), ghtrial.Denied, "issues")
	ghtrial.Check(t, "may not", edit("a", pull.LabelStyle{Name: "d"}), ghtrial.Denied, "issues")
}
