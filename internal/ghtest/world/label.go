package world

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// AddLabels puts labels on; those that are on it already change nothing.
func (a Actor) AddLabels(r *Repo, i *Issue, names []string) error {
	if len(i.Labels)+len(names) > 100 {
		return Invalid("Issue", "labels", "custom", "issues cannot have more than 100 labels")
	}
	for _, name := range names {
		if r.AddLabel(i, name, a.Writer()) && a.ByApp() {
			r.Record(Write{Kind: "label", Number: i.Number, Key: name})
		}
	}
	return nil
}

// RemoveLabel reports whether the label was on it.
func (a Actor) RemoveLabel(r *Repo, i *Issue, name string) bool {
	found := r.RemoveLabel(i, name, a.Writer())
	if found && a.ByApp() {
		r.Record(Write{Kind: "unlabel", Number: i.Number, Key: name})
	}
	return found
}

var labelColor = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

// LabelInput is the body of both writes; what is absent stays.
type LabelInput struct {
	Name        *string `json:"name"`
	NewName     *string `json:"new_name"`
	Color       *string `json:"color"`
	Description *string `json:"description"`
}

// Check reports what GitHub does not take; name is the one that the label shall have.
func (in LabelInput) Check(name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return Invalid("Label", "name", "missing_field", "")
	case utf8.RuneCountInString(name) > 50:
		return Invalid("Label", "name", "custom", "name is too long (maximum is 50 characters)")
	case in.Color != nil && !labelColor.MatchString(*in.Color):
		return Invalid("Label", "color", "invalid", "")
	case in.Description != nil && utf8.RuneCountInString(*in.Description) > 100:
		return Invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)")
	case in.Description != nil && fourBytes(*in.Description):
		return Invalid("Label", "description", "custom", noFourBytes)
	}
	return nil
}

// Apply changes a label's style.
func (in LabelInput) Apply(to *Label) {
	set(&to.Color, in.Color)
	set(&to.Description, in.Description)
}

func (r *Repo) RenameLabel(l *Label, name string) {
	delete(r.Labels, strings.ToLower(l.Name))
	for _, i := range r.Issues {
		if at := slices.Index(i.Labels, l.Name); at >= 0 {
			i.Labels[at] = name
		}
	}
	l.Name = name
	r.Labels[strings.ToLower(name)] = l
}

func (r *Repo) DropLabel(l *Label) {
	delete(r.Labels, strings.ToLower(l.Name))
	l.Deleted = true
	for _, i := range r.Issues {
		i.Labels = slices.DeleteFunc(i.Labels, func(name string) bool { return name == l.Name })
	}
}
