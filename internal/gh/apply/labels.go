package apply

import (
	"context"
	"fmt"
	"net/url"

	"github.com/google/go-github/v60/github"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// maxLabelDescription is in characters ("Create a label").
const maxLabelDescription = 100

// CreateLabel creates a label. It leaves an existing label of that name alone.
func (w *Writer) CreateLabel(ctx context.Context, installation int64, key pull.Key, l pull.LabelStyle) error {
	err := w.createLabel(gh.Writing(ctx, key.Repository()), installation, key, l)
	if err != nil {
		w.app.Forget(key, err)
		return fmt.Errorf("making the label %q in %s: %w", l.Name, key.Repository(), err)
	}
	return nil
}

func (w *Writer) createLabel(ctx context.Context, installation int64, key pull.Key, l pull.LabelStyle) error {
	t, err := w.target(ctx, key, installation)
	if err != nil {
		return err
	}
	_, err = t.makeLabel(ctx, l)
	if refusedFor(err, "already_exists") {
		return nil
	}
	return err
}

func (t *target) makeLabel(ctx context.Context, l pull.LabelStyle) (*github.Label, error) {
	label := &github.Label{Name: &l.Name}
	if l.Color != "" {
		label.Color = &l.Color
	}
	if l.Description != "" {
		label.Description = github.String(pull.Describe(l.Description, maxLabelDescription))
	}
	made, _, err := t.REST.Issues.CreateLabel(ctx, t.About.Owner, t.About.Repo, label)
	return made, gh.Settle(err)
}

// EditLabel changes a label's name, color and description. It returns Gone if the label
// doesn't exist.
func (w *Writer) EditLabel(ctx context.Context, installation int64, key pull.Key, e pull.LabelEdit) error {
	err := w.editLabel(gh.Writing(ctx, key.Repository()), installation, key, e)
	if err != nil {
		w.app.Forget(key, err)
		return fmt.Errorf("editing the label %q of %s: %w", e.Old, key.Repository(), err)
	}
	return nil
}

// editLabel sends the request itself: go-github doesn't have the new name.
func (w *Writer) editLabel(ctx context.Context, installation int64, key pull.Key, e pull.LabelEdit) error {
	if e.Old == "" || e.Old == "." || e.Old == ".." { // these would lead to another path
		return gh.Rejectf("%q is not a label", e.Old)
	}
	t, err := w.target(ctx, key, installation)
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
	req, err := t.REST.NewRequest("PATCH", fmt.Sprintf("repos/%s/%s/labels/%s", key.Owner, key.Repo, url.PathEscape(e.Old)), body)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	_, err = t.REST.Do(ctx, req, nil)
	return gh.Settle(err)
}
