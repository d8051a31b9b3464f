package world

import (
	"strings"
)

// AddComment comments; on what is locked an App may not, whatever its permissions are.
func (a Actor) AddComment(r *Repo, i *Issue, text string) (*Comment, error) {
	if err := CheckComment(text); err != nil {
		return nil, err
	}
	if !r.MayTalk(i, a.Writer()) {
		return nil, lockedError("Unable to create comment because issue is locked.")
	}
	x := r.AddComment(i, a.Writer(), text)
	if a.ByApp() {
		r.Record(Write{Kind: "comment", Number: i.Number, Key: Decimal(x.ID), Text: text})
	}
	return x, nil
}

// UpdateComment changes the text of a comment.
func (a Actor) UpdateComment(r *Repo, i *Issue, x *Comment, text string) error {
	if err := CheckComment(text); err != nil {
		return err
	}
	r.EditComment(i, x, a.Writer(), text)
	if a.ByApp() {
		r.Record(Write{Kind: "comment-edit", Number: i.Number, Key: Decimal(x.ID), Text: text})
	}
	return nil
}

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

// React adds a reaction to a comment, or with nil to the issue itself, and reports whether it is new.
func (a Actor) React(r *Repo, i *Issue, c *Comment, content string) (*Reaction, bool, error) {
	switch {
	case GraphQLReaction(content) == "":
		return nil, false, Invalid("Reaction", "content", "invalid", "")
	case !r.MayTalk(i, a.Writer()):
		return nil, false, lockedError("Unable to create reaction because issue is locked.")
	}
	key, list := "", &i.Reactions
	if c != nil {
		key, list = Decimal(c.ID), &c.Reactions
	}
	x, made := r.react(list, a.Writer(), content)
	r.World.keep(i)
	if made && a.ByApp() {
		r.Record(Write{Kind: "react", Number: i.Number, Key: key, Text: content})
	}
	return x, made, nil
}

// RequestReviews requests reviews of an open pull request from all of these logins, or from none.
func (a Actor) RequestReviews(r *Repo, i *Issue, logins []string) error {
	if i.State != "open" {
		return &Refusal{Status: 422, Message: "Cannot request a review of a closed pull request."}
	}
	asked, err := r.RequestReviews(i, a.Writer(), logins)
	if asked && a.ByApp() {
		r.Record(Write{Kind: "request-review", Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return err
}
