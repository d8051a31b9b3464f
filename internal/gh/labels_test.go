package gh

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/concorde-bot/concorde/internal/ghtest"
	"github.com/concorde-bot/concorde/internal/pull"
)

func TestLabels(t *testing.T) {
	w := newWorld(t)
	odd := Label{Name: "a#b/c?d%e", Color: "ededed", Description: "Odd"}
	backport := Label{Name: "needs backport to 3.16", Color: "c2e0c6", Description: "bug and security fixes"}
	for _, l := range []Label{odd, backport} {
		must(t, w.app.CreateLabel(t.Context(), 0, cpython, l))
		l.Description = "another"
		must(t, w.app.CreateLabel(t.Context(), 0, cpython, l)) // is there
	}
	labels := func(words string) []Label {
		o, err := w.app.Outline(t.Context(), OutlineQuery{Key: cpython, SettingsPath: settingsPath})
		must(t, err)
		return slices.DeleteFunc(o.Labels, func(l Label) bool { return !strings.Contains(l.Name, words) })
	}
	if diff := cmp.Diff([]Label{backport}, labels("needs backport")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	emoji := Label{Name: "🐛 bug", Color: "ededed", Description: "A bug 🐛 in a module"}
	must(t, w.app.CreateLabel(t.Context(), 0, cpython, emoji))
	emoji.Description = "A bug in a module" // safe-settings#428: with the emoji, GitHub refuses it
	if !slices.Contains(labels(""), emoji) {
		t.Errorf("labels %+v", labels(""))
	}
	if !slices.Contains(labels(""), odd) {
		t.Errorf("labels %+v", labels(""))
	}
	must(t, w.app.EditLabel(t.Context(), 0, cpython, LabelEdit{odd.Name, Label{Name: "new/name", Description: "New 🐛"}}))
	must(t, w.app.EditLabel(t.Context(), 0, cpython, LabelEdit{backport.Name, Label{Name: backport.Name, Color: "aaaaaa"}}))
	got := labels("")
	for _, want := range []Label{{"new/name", "ededed", "New"}, {backport.Name, "aaaaaa", ""}} {
		if !slices.Contains(got, want) {
			t.Errorf("no %+v in %+v", want, got)
		}
	}
	for i := range 120 {
		must(t, w.repo.SetLabel(ghtest.Label{Name: fmt.Sprint("label ", i)}))
	}
	if n := len(labels("")); n < 122 {
		t.Errorf("%d labels", n)
	}
}

func TestLabelFaults(t *testing.T) {
	w := newWorld(t)
	create := func(l Label) error { return w.app.CreateLabel(t.Context(), 0, cpython, l) }
	edit := func(old string, l Label) error {
		return w.app.EditLabel(t.Context(), 0, cpython, LabelEdit{old, l})
	}
	check(t, "odd colour", create(Label{Name: "a", Color: "green"}), rejected, `making the label "a" in python/cpython: POST /repos/{owner}/{repo}/labels: 422`)
	for _, name := range []string{"", ".", ".."} {
		check(t, name, edit(name, Label{Name: "a"}), rejected, "is not a label")
	}
	check(t, "not there", edit("nothing", Label{Name: "a"}), gone, `editing the label "nothing" of python/cpython: PATCH /repos/{owner}/{repo}/labels/{name}: 404`)
	must(t, create(Label{Name: "a"}))
	must(t, create(Label{Name: "b"}))
	check(t, "taken", edit("a", Label{Name: "b"}), rejected, "already_exists")
	w.fault(ghtest.Fault{Method: "POST", Path: "/labels$", DropAfter: true})
	check(t, "answer lost", create(Label{Name: "c"}), temporary, "sending the request")
	must(t, create(Label{Name: "c"}))
	nothing := pull.Key{Owner: "python", Repo: "nothing"}
	check(t, "no repository", w.app.CreateLabel(t.Context(), 0, nothing, Label{Name: "a"}), gone, "404")
	check(t, "no repository", w.app.EditLabel(t.Context(), 0, nothing, LabelEdit{"a", Label{Name: "b"}}), gone, "404")
	must(t, w.srv.SetPermissions("python", map[string]string{"metadata": "read"}))
	w.srv.RevokeTokens()
	check(t, "may not", create(Label{Name: "d"}), denied, "issues")
	check(t, "may not", edit("a", Label{Name: "d"}), denied, "issues")
}
