package apply

import (
	"context"
	"fmt"
	"slices"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// identities are the things whose IDs a request needs, besides the subject.
type identities struct {
	labels     []string
	repository bool
}

// identify requests the missing IDs. A label that the repository doesn't have stays
// unknown.
func (t *target) identify(ctx context.Context, of identities) error {
	q := gh.Query{Variables: map[string]any{}}
	if _, known := t.IDs.Subject(t.About); !known {
		q.Pull, q.Issue = []string{"id"}, []string{"id"}
		q.Variables["number"] = t.About.Number
	}
	if _, known := t.IDs.Repository(t.About); of.repository && !known {
		q.Repository = []string{"id"}
	}
	labels := slices.DeleteFunc(of.labels, func(name string) bool { _, known := t.IDs.Label(t.About, name); return known })
	for i, name := range labels {
		q.Declared = append(q.Declared, fmt.Sprintf("$label%d:String!", i))
		q.Repository = append(q.Repository, fmt.Sprintf("label%d:label(name:$label%d){id name}", i, i))
		q.Variables[fmt.Sprint("label", i)] = name
	}
	if len(q.Variables)+len(q.Repository) == 0 {
		return nil
	}
	var found struct{ Repository gh.Fields }
	if err := t.Ask(ctx, q.String(), q.Variables, &found); err != nil {
		return err
	}
	for i, name := range labels {
		var label *struct{ ID string }
		if err := found.Repository.ReadNth("label", i, &label); err != nil {
			return err
		}
		if label != nil {
			t.IDs.SetLabel(t.About, name, label.ID)
		}
	}
	if _, asked := found.Repository["id"]; asked {
		var id string
		if err := found.Repository.Read("id", &id); err != nil {
			return err
		}
		t.IDs.SetRepository(t.About, id)
	}
	if len(q.Pull) == 0 {
		return nil
	}
	var s subjectData
	if err := found.Repository.Read(gh.IssueOrPull, &s); err != nil {
		return err
	}
	t.IDs.SetSubject(t.About, s.subject())
	return nil
}

// subjectData is what a write needs to know about a pull request or issue.
type subjectData struct {
	Typename string `json:"__typename"`
	ID, Body string
}

func (s subjectData) subject() gh.Subject { return gh.Subject{ID: s.ID, Issue: s.Typename == "Issue"} }

// outdated forgets the IDs that an action used: a label that was deleted and created again
// has another one. It reports whether a retry may succeed.
func (t *target) outdated(a pull.Action) bool {
	switch a := a.(type) {
	case pull.AddLabel, pull.RemoveLabel:
		t.IDs.ForgetLabel(t.About, pull.LabelOf(a))
	case pull.RequestReview:
		t.IDs.ForgetPerson(a.Login)
	case pull.Assign:
		t.IDs.ForgetPerson(a.Login)
	case pull.SetCheck:
		t.IDs.ForgetRepository(t.About)
		return false // it may be the commit that isn't there (yet)
	default:
		return false
	}
	t.IDs.ForgetSubject(t.About)
	return true
}
