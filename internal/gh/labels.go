package gh

import (
	"context"
	"fmt"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/pull"
)

// maxLabelDescription is in characters ("Create a label").
const maxLabelDescription = 100

// Label of a repository. Its description is written as pull.Describe has it.
type Label struct {
	Name        string // at most 50 characters
	Color       string // six hexadecimal digits; "": GitHub chooses, or it stays
	Description string // at most 100 characters
}

// CreateLabel makes a label. One of that name that is there stays as it is.
func (a *App) CreateLabel(ctx context.Context, installation int64, key pull.Key, l Label) error {
	err := a.createLabel(writing(ctx, key.Repository()), installation, key, l)
	if err != nil {
		a.forget(key, err)
		return fmt.Errorf("making the label %q in %s: %w", l.Name, key.Repository(), err)
	}
	return nil
}

func (a *App) createLabel(ctx context.Context, installation int64, key pull.Key, l Label) error {
	r, err := a.repository(ctx, key, installation)
	if err != nil {
		return err
	}
	_, err = r.makeLabel(ctx, l)
	if refusedFor(err, "already_exists") {
		return nil
	}
	return err
}

func (r *repository) makeLabel(ctx context.Context, l Label) (*github.Label, error) {
	label := &github.Label{Name: &l.Name}
	if l.Color != "" {
		label.Color = &l.Color
	}
	if l.Description != "" {
		label.Description = github.String(pull.Describe(l.Description, maxLabelDescription))
	}
	made, _, err := r.client.Issues.CreateLabel(ctx, r.key.Owner, r.key.Repo, label)
	return made, settle(err)
}

// LabelEdit says what becomes of the label Old.
type LabelEdit struct {
	Old string
	Label
}

// EditLabel gives a label another name, colour and description. Gone means that
// there is no such label.
func (a *App) EditLabel(ctx context.Context, installation int64, key pull.Key, e LabelEdit) error {
	err := a.editLabel(writing(ctx, key.Repository()), installation, key, e)
	if err != nil {
		a.forget(key, err)
		return fmt.Errorf("editing the label %q of %s: %w", e.Old, key.Repository(), err)
	}
	return nil
}

// editLabel sends the form that GitHub describes: go-github has no new name.
func (a *App) editLabel(ctx context.Context, installation int64, key pull.Key, e LabelEdit) error {
	if e.Old == "" || e.Old == "." || e.Old == ".." { // these would lead to another path
		return &Rejected{Answer{Message: fmt.Sprintf("%q is not a label", e.Old)}}
	}
	r, err := a.repository(ctx, key, installation)
	if err != nil {
		return err
	}
	body := map[string]string{"description": pull.Describe(e.Description, maxLabelDescription)}
	if e.Color != "" {
		body["color"] = e.Color
	}
	if e.Name != e.Old {
		body["new_name"] = e.Name
	}
	req, err := r.client.NewRequest("PATCH", fmt.Sprintf("repos/%s/%s/labels/%s", key.Owner, key.Repo, url.PathEscape(e.Old)), body)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	_, err = r.client.Do(ctx, req, nil)
	return settle(err)
}
