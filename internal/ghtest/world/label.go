package world

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// AddLabel reports whether the label is new there.
func (r *Repo) AddLabel(i *Issue, name string, by *User) bool {
	l := r.Label(name)
	if slices.Contains(i.Labels, l.Name) {
		return false
	}
	i.Labels = append(i.Labels, l.Name)
	r.happened(i, TimelineEvent{Kind: "Labeled", Actor: by, Label: l})
	r.changed(i, Event{Action: "labeled", By: by, Label: l})
	return true
}

// RemoveLabel reports whether the label was there.
func (r *Repo) RemoveLabel(i *Issue, name string, by *User) bool {
	at := slices.IndexFunc(i.Labels, func(l string) bool { return strings.EqualFold(l, name) })
	if at < 0 {
		return false
	}
	l := r.Label(name)
	i.Labels = slices.Delete(i.Labels, at, at+1)
	r.happened(i, TimelineEvent{Kind: "Unlabeled", Actor: by, Label: l})
	r.changed(i, Event{Action: "unlabeled", By: by, Label: l})
	return true
}

var labelColor = regexp.MustCompile(`^[0-9a-fA-F]{6}$`)

// LabelInput is the body of both writes; what is absent stays.
type LabelInput struct {
	Name        *string `json:"name"`
	NewName     *string `json:"new_name"`
	Color       *string `json:"color"`
	Description *string `json:"description"`
}

// Check is why GitHub refuses the label, or nil; name is its new name.
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

// RenameLabel changes a label's name, on issues too.
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

// DropLabel deletes a label, and takes it off all issues.
func (r *Repo) DropLabel(l *Label) {
	delete(r.Labels, strings.ToLower(l.Name))
	l.Deleted = true
	for _, i := range r.Issues {
		i.Labels = slices.DeleteFunc(i.Labels, func(name string) bool { return name == l.Name })
	}
}
