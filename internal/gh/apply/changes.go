package apply

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// changes makes the writes in one request, and returns an error for each. It retries once
// those that used an outdated ID of a label or person.
func (t *target) changes(ctx context.Context, actions []pull.Action) []error {
	faults := t.change(ctx, actions)
	var again []pull.Action
	for i, a := range actions {
		if _, gone := errors.AsType[*gh.Gone](faults[i]); gone && t.outdated(a) {
			again = append(again, a)
		}
	}
	if len(again) == 0 {
		return faults
	}
	retried := t.change(ctx, again)
	for i, a := range actions {
		if at := slices.Index(again, a); at >= 0 && faults[i] != nil {
			faults[i] = retried[at]
		}
	}
	return faults
}

func (t *target) change(ctx context.Context, actions []pull.Action) []error {
	faults := make([]error, len(actions))
	fail := func(err error) []error {
		for i := range faults {
			if faults[i] == nil {
				faults[i] = err
			}
		}
		return faults
	}
	if err := t.identify(ctx, t.named(actions)); err != nil {
		return fail(err)
	}
	release, err := t.bodies.hold(ctx, rewritten(t.About, actions))
	if err != nil {
		return fail(err)
	}
	defer release()
	var sent []change
	var of []int // the action of each
	texts := drafts{}
	for i, a := range actions {
		c, err := t.changeOf(ctx, a, texts)
		faults[i] = err
		if c != nil {
			sent, of = append(sent, *c), append(of, i)
		}
	}
	if len(sent) == 0 {
		return faults
	}
	err = t.mutations(ctx, sent, "", &struct{}{})
	for n, i := range of {
		faults[i] = sent[n].outcome(n, err)
		if sent[n].done != nil {
			sent[n].done(faults[i])
		}
		if _, gone := errors.AsType[*gh.Gone](faults[i]); gone && isEdit(actions[i]) {
			faults[i] = nil // the next plan knows
		}
	}
	return faults
}

func isEdit(a pull.Action) bool {
	_, edit := a.(pull.EditNote)
	return edit
}

// named returns the things whose IDs the actions need.
func (t *target) named(actions []pull.Action) (of identities) {
	for _, a := range actions {
		switch a.(type) {
		case pull.AddLabel, pull.RemoveLabel:
			of.labels = append(of.labels, pull.LabelOf(a))
		case pull.SetCheck:
			of.repository = true
		}
	}
	return of
}

// changeOf returns the mutation for an action, after earlier ones to the same bodies; nil
// if there's nothing left to do.
func (t *target) changeOf(ctx context.Context, action pull.Action, texts drafts) (*change, error) {
	subject, known := t.IDs.Subject(t.About)
	if !known {
		return nil, noSubject()
	}
	switch a := action.(type) {
	case pull.AddLabel, pull.RemoveLabel:
		return t.labelChange(ctx, subject.ID, a)
	case pull.RequestReview, pull.Assign:
		return t.peopleChange(ctx, subject.ID, a)
	case pull.AddNote:
		return noteChange("addComment", map[string]any{"subjectId": subject.ID}, a.Note)
	case pull.EditNote:
		return noteChange("updateIssueComment", map[string]any{"id": a.Node}, a.Note)
	case pull.SetCheck:
		return t.checkChange(a)
	case pull.React:
		return &change{name: "addReaction", input: map[string]any{"subjectId": a.Node, "content": string(a.With)}, permission: writesSubject}, nil
	case pull.Ready:
		return &change{name: "markPullRequestReadyForReview", input: map[string]any{"pullRequestId": subject.ID}, permission: writesContents}, nil
	case pull.Close:
		return &change{name: "closePullRequest", input: map[string]any{"pullRequestId": subject.ID}, permission: writesPull}, nil
	case pull.EditBlock, pull.EditEntry:
		return t.bodyChange(ctx, rewriteOf(t.About, a), texts)
	}
	return nil, gh.Rejectf("no way is known to apply %T", action)
}

func (t *target) labelChange(ctx context.Context, subject string, action pull.Action) (*change, error) {
	c := &change{name: "addLabelsToLabelable", permission: writesSubject}
	var id string
	switch a := action.(type) {
	case pull.AddLabel:
		var err error
		if id, err = t.labelToAdd(ctx, a); err != nil {
			return nil, err
		}
	case pull.RemoveLabel:
		known := false
		if id, known = t.IDs.Label(t.About, a.Name); !known {
			return nil, nil // the repository has no such label
		}
		c.name = "removeLabelsFromLabelable"
	}
	c.input = map[string]any{"labelableId": subject, "labelIds": []string{id}}
	return c, nil
}

func (t *target) peopleChange(ctx context.Context, subject string, action pull.Action) (*change, error) {
	switch a := action.(type) {
	case pull.RequestReview:
		id, known := t.IDs.Person(a.Login)
		if !known {
			return nil, t.requestReview(ctx, a.Login)
		}
		return &change{name: "requestReviews", input: map[string]any{"pullRequestId": subject, "userIds": []string{id}, "union": true},
			permission: writesPull}, nil
	case pull.Assign:
		id, known := t.IDs.Person(a.Login)
		if !known {
			return nil, t.assign(ctx, a.Login)
		}
		return &change{name: "addAssigneesToAssignable", input: map[string]any{"assignableId": subject, "assigneeIds": []string{id}},
			permission: writesSubject}, nil
	}
	return nil, gh.Rejectf("no way is known to apply %T", action)
}

func noteChange(name string, input map[string]any, note pull.Note) (*change, error) {
	body, err := gh.Mark(note)
	if err != nil {
		return nil, gh.Rejectf("%s", err.Error())
	}
	input["body"] = body
	return &change{name: name, input: input, permission: writesSubject}, nil
}

// labelToAdd returns a label's ID, and creates the label if it doesn't exist.
func (t *target) labelToAdd(ctx context.Context, a pull.AddLabel) (string, error) {
	if id, known := t.IDs.Label(t.About, a.Name); known {
		return id, nil
	}
	if a.Existing {
		return "", gh.Rejectf("the repository has no label %q: make it, or change the settings if it was renamed", a.Name)
	}
	if strings.TrimSpace(a.Name) == "" {
		return "", gh.Rejectf("%q is not a label", a.Name)
	}
	made, err := t.makeLabel(ctx, pull.LabelStyle{Name: a.Name, Color: a.Color, Description: a.Description})
	switch {
	case refusedFor(err, "already_exists"): // created meanwhile
		if err := t.identify(ctx, identities{labels: []string{a.Name}}); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	default:
		t.IDs.SetLabel(t.About, a.Name, made.GetNodeID())
	}
	id, known := t.IDs.Label(t.About, a.Name)
	if !known {
		return "", &gh.Temporary{Answer: gh.Answer{Message: fmt.Sprintf("GitHub does not show the label %q yet", a.Name)}}
	}
	return id, nil
}

// lighter makes writes that share a request. If GitHub refuses all as too many, it tries
// each half. If GitHub takes some, the next run makes the others, once it has seen what's
// there.
func (t *target) lighter(ctx context.Context, actions []pull.Action) []error {
	faults := t.changes(ctx, actions)
	if len(actions) == 1 || slices.ContainsFunc(faults, func(err error) bool { return !tooMany(err) }) {
		return faults
	}
	half := (len(actions) + 1) / 2
	faults = append(t.lighter(ctx, actions[:half]), faults[half:]...)
	if !slices.ContainsFunc(faults[:half], tooMany) { // else GitHub is in trouble
		copy(faults[half:], t.lighter(ctx, actions[half:]))
	}
	return faults
}
