package pull_test

import (
	"slices"
	"testing"

	"github.com/concorde-bot/concorde/internal/markdown"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Each kind of action has a place in the order and an effect on the model.
func TestKinds(t *testing.T) {
	reader := pull.Block{Markdown: markdown.Body{}, Start: "<!-- a -->", End: "<!-- /a -->"}
	actions := []pull.Action{
		pull.Pick{}, pull.OpenPull{}, pull.RestoreBranch{}, pull.Reopen{}, pull.Ready{}, pull.EditNote{},
		pull.EditEntry{Entry: pull.Entry{List: pull.List{Block: reader}}}, pull.EditBlock{Block: reader}, pull.AddNote{},
		pull.RemoveLabel{}, pull.AddLabel{}, pull.SetCheck{}, pull.RequestReview{}, pull.Assign{}, pull.React{}, pull.SetStatus{},
		pull.CancelMerge{}, pull.MergePull{}, pull.Close{}, pull.DeleteBranch{},
	}
	var kinds []string
	joined := 0
	for _, a := range actions {
		if slices.Contains(kinds, a.Kind()) {
			t.Errorf("two actions are of kind %q", a.Kind())
		}
		kinds = append(kinds, a.Kind())
		if _, err := request().After(a); err != nil {
			t.Error(err)
		}
		if pull.Joins(a) {
			joined++
		}
	}
	if joined != 12 {
		t.Errorf("%d kinds go into one request, want 12", joined)
	}
	for _, odd := range []pull.Action{unknown("unheard of"), unknown("label")} {
		if _, err := request().After(odd); err == nil {
			t.Errorf("the model knows %q of a type of its own", odd.Kind())
		}
	}
	if pull.Joins(unknown("unheard of")) {
		t.Error("an unknown kind goes into one request with others")
	}
}

type unknown string

func (unknown) String() string { return "unknown" }

func (u unknown) Kind() string { return string(u) }
