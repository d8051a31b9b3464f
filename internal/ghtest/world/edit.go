package world

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// PullInput is the body of both writes; what is absent stays.
type PullInput struct {
	Title       *string `json:"title"`
	Body        *string `json:"body"`
	Head        *string `json:"head"`
	Base        *string `json:"base"`
	State       *string `json:"state"`
	Reason      *string `json:"state_reason"` // of an issue
	Draft       bool    `json:"draft"`
	Maintainers *bool   `json:"maintainer_can_modify"`
}

// Texts checks what GitHub limits.
func (in PullInput) Texts() error {
	switch {
	case in.Title != nil && strings.TrimSpace(*in.Title) == "":
		return Invalid("PullRequest", "title", "missing_field", "")
	case in.Title != nil && utf8.RuneCountInString(*in.Title) > 256:
		return Invalid("PullRequest", "title", "custom", "title is too long (maximum is 256 characters)")
	case in.Body != nil && utf8.RuneCountInString(*in.Body) > 65536:
		return Invalid("PullRequest", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return nil
}

// EditIssue changes an issue; the write says how the client asked.
func (a Actor) EditIssue(r *Repo, i *Issue, in PullInput, as Write) error {
	if i.Pull != nil {
		in.Base = nil
		return a.EditPull(r, i, in, as)
	}
	if err := in.Texts(); err != nil {
		return err
	}
	if in.State != nil && !slices.Contains([]string{"open", "closed"}, *in.State) {
		return Invalid("Issue", "state", "invalid", "")
	}
	reason := "completed"
	if set(&reason, in.Reason); !slices.Contains(append(closeReasons, "reopened"), reason) {
		return Invalid("Issue", "state_reason", "invalid", "")
	}
	r.Edit(i, a.Writer(), Edit{Title: in.Title, Body: in.Body})
	if in.State != nil && *in.State != i.State {
		if i.State == "open" {
			r.closeAs(i, a.Writer(), reason)
		} else if err := r.Reopen(i, a.Writer()); err != nil {
			return err
		}
	}
	if a.ByApp() {
		as.Kind, as.Number = "issue-edit", i.Number
		r.Record(as)
	}
	return nil
}

// EditPull changes a pull request; the write says how the client asked.
func (a Actor) EditPull(r *Repo, i *Issue, in PullInput, as Write) error {
	if err := in.Texts(); err != nil {
		return err
	}
	reopens, err := r.pullUpdate(i, in)
	if err != nil {
		return err
	}
	r.Edit(i, a.Writer(), Edit{Title: in.Title, Body: in.Body, Base: in.Base})
	if in.Maintainers != nil {
		i.Pull.Maintainers = *in.Maintainers && i.Pull.HeadRepo != r
	}
	switch {
	case reopens:
		err = r.Reopen(i, a.Writer())
	case in.State != nil && *in.State == "closed" && i.State == "open":
		r.Close(i, a.Writer())
	}
	if err != nil {
		return err
	}
	if a.ByApp() {
		as.Kind, as.Number = "pull-edit", i.Number
		r.Record(as)
	}
	return r.Settle()
}

// pullUpdate checks a change of base and state, before anything is changed.
func (r *Repo) pullUpdate(i *Issue, in PullInput) (reopens bool, err error) {
	p := i.Pull
	if in.State != nil && !slices.Contains([]string{"open", "closed"}, *in.State) {
		return false, Invalid("PullRequest", "state", "invalid", "")
	}
	reopens = in.State != nil && *in.State == "open" && i.State == "closed"
	if reopens {
		if reason := r.staysClosed(p); reason != "" {
			return false, Invalid("PullRequest", "state", "custom", "state cannot be changed. "+reason)
		}
	}
	if in.Base == nil || *in.Base == p.BaseRef {
		return reopens, nil
	}
	switch {
	case i.State == "closed":
		return false, Invalid("PullRequest", "base", "invalid", "Cannot change the base branch of a closed pull request.")
	case r.Refs["refs/heads/"+*in.Base] == "":
		return false, Invalid("PullRequest", "base", "invalid", "Proposed base branch '"+*in.Base+"' was not found")
	case r.OpenPullOf(p.HeadRepo, p.HeadRef, *in.Base) != nil:
		return false, Invalid("PullRequest", "base", "invalid", "A pull request already exists for base branch '"+*in.Base+"' and head branch '"+p.HeadRef+"'")
	}
	return reopens, nil
}

// Edit is a change of texts or of the base; nil stays.
type Edit struct{ Title, Body, Base *string }

// Edit changes what differs, with one event for all of them. The base is that of a pull request, and exists.
func (r *Repo) Edit(i *Issue, by *User, e Edit) {
	was := map[string]string{}
	if e.Title != nil && *e.Title != i.Title {
		was["title"] = i.Title
		r.happened(i, TimelineEvent{Kind: "RenamedTitle", Actor: by, From: i.Title, To: *e.Title})
		i.Title = *e.Title
	}
	if e.Body != nil && *e.Body != i.Body {
		was["body"] = i.Body
		i.Body, i.Edits = *e.Body, Edits{r.World.Now(), by}
	}
	if p := i.Pull; e.Base != nil && *e.Base != p.BaseRef {
		was["base"], was["sha"] = p.BaseRef, p.BaseSHA
		r.happened(i, TimelineEvent{Kind: "BaseRefChanged", Actor: by, From: p.BaseRef, To: *e.Base})
		p.BaseRef, p.BaseSHA = *e.Base, r.Refs["refs/heads/"+*e.Base]
		_ = r.distrust(i, by) // which only fails where nothing is enabled
	}
	if len(was) > 0 {
		r.refer(i, by, i.Body)
		r.changed(i, Event{Action: "edited", By: by, Was: was})
	}
}
