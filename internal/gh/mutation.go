package gh

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// mutationsPerRequest bounds one request. A plan has five or so.
const mutationsPerRequest = 25

// freshBody is how old the snapshot of an issue may be whose body is written.
const freshBody = 2 * time.Second

// Together tells whether an action goes into one request with others of its
// kind. Each is done or refused for itself.
func Together(action pull.Action) bool {
	switch action.(type) {
	case pull.AddLabel, pull.RemoveLabel, pull.AddNote, pull.React, pull.EditBlock, pull.Ready, pull.Close:
		return true
	}
	return false
}

// Batches cuts the actions of a plan, in their order, into those that go into
// one request.
func Batches(actions []pull.Action) [][]pull.Action {
	var all [][]pull.Action
	for i, a := range actions {
		last := len(all) - 1
		if i > 0 && Together(a) && Together(actions[i-1]) && len(all[last]) < mutationsPerRequest {
			all[last] = append(all[last], a)
			continue
		}
		all = append(all, []pull.Action{a})
	}
	return all
}

// change is one mutation of a request ("Mutations", GraphQL API).
type change struct {
	name       string
	input      map[string]any
	permission string
}

// changes makes the writes in one request, and gives the error of each. One that
// names a label by an id that is no more is tried once again.
func (r *repository) changes(ctx context.Context, actions []pull.Action) []error {
	faults := r.change(ctx, actions)
	var again []pull.Action
	var labels []string
	for i, a := range actions {
		if _, gone := errors.AsType[*Gone](faults[i]); gone && pull.LabelOf(a) != "" {
			again, labels = append(again, a), append(labels, pull.LabelOf(a))
		}
	}
	if len(again) == 0 {
		return faults
	}
	r.app.ids.forget(r.key, labels)
	retried := r.change(ctx, again)
	for i, a := range actions {
		if at := slices.Index(again, a); at >= 0 && faults[i] != nil {
			faults[i] = retried[at]
		}
	}
	return faults
}

func (r *repository) change(ctx context.Context, actions []pull.Action) []error {
	faults := make([]error, len(actions))
	fail := func(err error) []error {
		for i := range faults {
			if faults[i] == nil {
				faults[i] = err
			}
		}
		return faults
	}
	if err := r.identify(ctx, r.unknown(actions)); err != nil {
		return fail(err)
	}
	var sent []change
	var of []int // the action of each
	for i, a := range actions {
		c, err := r.changeOf(ctx, a)
		faults[i] = err
		if c != nil {
			sent, of = append(sent, *c), append(of, i)
		}
	}
	if len(sent) == 0 {
		return faults
	}
	err := r.send(ctx, sent)
	each, some := errors.AsType[*mixed](err)
	for n, i := range of {
		faults[i] = err
		if some {
			faults[i] = each.faults[alias(n)]
		}
		if denied, ok := errors.AsType[*Denied](faults[i]); ok {
			faults[i] = &Denied{Answer: denied.Answer, Permission: sent[n].permission}
		}
	}
	return faults
}

// unknown are the labels whose ids are not known.
func (r *repository) unknown(actions []pull.Action) []string {
	var names []string
	for _, a := range actions {
		name := pull.LabelOf(a)
		if _, known := r.app.ids.label(r.key, name); name != "" && !known {
			names = append(names, name)
		}
	}
	return names
}

func alias(n int) string { return fmt.Sprint("change", n) }

// send sends the mutations, which GitHub makes one after the other.
func (r *repository) send(ctx context.Context, all []change) error {
	var declared, fields []string
	variables := map[string]any{}
	for i, c := range all {
		declared = append(declared, fmt.Sprintf("$%s:%s%sInput!", alias(i), strings.ToUpper(c.name[:1]), c.name[1:]))
		fields = append(fields, fmt.Sprintf("%s:%s(input:$%s){clientMutationId}", alias(i), c.name, alias(i)))
		variables[alias(i)] = c.input
	}
	query := "mutation(" + strings.Join(declared, ",") + "){" + strings.Join(fields, " ") + "}"
	return r.graphql(context.WithValue(ctx, mutation{}, len(all)), query, variables, &struct{}{})
}

const (
	writesSubject = "issues: write, pull requests: write"
	writesPull    = "pull requests: write"
	writesDraft   = "contents: write, pull requests: write" // whether it is one
)

// changeOf is the mutation for an action; nil where there is nothing to do any
// more.
func (r *repository) changeOf(ctx context.Context, action pull.Action) (*change, error) {
	subject, known := r.app.ids.subjects.Get(r.key)
	if !known {
		return nil, &Temporary{Answer{Endpoint: graphqlEndpoint, Message: "the answer has no id for the pull request or issue"}}
	}
	switch a := action.(type) {
	case pull.AddLabel:
		id, err := r.labelToAdd(ctx, a)
		if err != nil {
			return nil, err
		}
		return &change{"addLabelsToLabelable", map[string]any{"labelableId": subject.id, "labelIds": []string{id}}, writesSubject}, nil
	case pull.RemoveLabel:
		id, known := r.app.ids.label(r.key, a.Name)
		if !known {
			return nil, nil // the repository has no such label
		}
		return &change{"removeLabelsFromLabelable", map[string]any{"labelableId": subject.id, "labelIds": []string{id}}, writesSubject}, nil
	case pull.AddNote:
		body, err := mark(a.Note)
		if err != nil {
			return nil, &Rejected{Answer{Message: err.Error()}}
		}
		return &change{"addComment", map[string]any{"subjectId": subject.id, "body": body}, writesSubject}, nil
	case pull.React:
		return &change{"addReaction", map[string]any{"subjectId": a.Node, "content": string(a.With)}, writesSubject}, nil
	case pull.Ready:
		return &change{"markPullRequestReadyForReview", map[string]any{"pullRequestId": subject.id}, writesDraft}, nil
	case pull.Close:
		return &change{"closePullRequest", map[string]any{"pullRequestId": subject.id}, writesPull}, nil
	case pull.EditBlock:
		return r.bodyChange(ctx, subject, a)
	}
	return nil, &Rejected{Answer{Message: fmt.Sprintf("no way is known to apply %T", action)}}
}

// labelToAdd is the id of a label, which is made where there is none.
func (r *repository) labelToAdd(ctx context.Context, a pull.AddLabel) (string, error) {
	if id, known := r.app.ids.label(r.key, a.Name); known {
		return id, nil
	}
	if a.Existing {
		return "", &Rejected{Answer{Message: fmt.Sprintf("the repository has no label %q: make it, or change the settings if it was renamed", a.Name)}}
	}
	if strings.TrimSpace(a.Name) == "" {
		return "", &Rejected{Answer{Message: fmt.Sprintf("%q is not a label", a.Name)}}
	}
	made, err := r.makeLabel(ctx, Label{Name: a.Name, Color: a.Color, Description: a.Description})
	switch {
	case refusedFor(err, "already_exists"): // made meanwhile
		if err := r.identify(ctx, []string{a.Name}); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	default:
		r.app.ids.know(r.key, a.Name, made.GetNodeID())
	}
	id, known := r.app.ids.label(r.key, a.Name)
	if !known {
		return "", &Temporary{Answer{Message: fmt.Sprintf("GitHub does not show the label %q yet", a.Name)}}
	}
	return id, nil
}

// bodyChange puts the block into the body as it is now. GitHub has no way to
// write it only if nobody else did meanwhile, so it is read right before. An issue
// that was just loaded was read right before: there is one query for all of it.
func (r *repository) bodyChange(ctx context.Context, subject node, a pull.EditBlock) (*change, error) {
	body := a.Seen
	if !subject.issue || r.app.cfg.Now().Sub(a.At).Abs() > freshBody {
		var found struct{ Repository answers }
		q := text{request: []string{"id body"}, issue: []string{"id body"}, variables: map[string]any{"number": r.key.Number}}
		if err := r.query(ctx, q.String(), q.variables, &found); err != nil {
			return nil, err
		}
		var p pullData
		if err := found.Repository.one(issueOrPull, &p); err != nil {
			return nil, err
		}
		body = p.Body
	}
	next := a.In(body)
	switch {
	case next == body:
		return nil, nil
	case len([]rune(next)) > maxBodyText:
		return nil, &Rejected{Answer{Message: fmt.Sprintf("the body would have more than %d characters", maxBodyText)}}
	case subject.issue:
		return &change{"updateIssue", map[string]any{"id": subject.id, "body": next}, "issues: write"}, nil
	}
	return &change{"updatePullRequest", map[string]any{"pullRequestId": subject.id, "body": next}, writesPull}, nil
}
