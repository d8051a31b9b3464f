package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// NewPull makes a pull request of a branch that exists.
func (r *Repo) NewPull(pr NewPull, head *Repo, ref string) (*Issue, error) {
	if pr.Association == "" {
		pr.Association = "CONTRIBUTOR"
	}
	i := r.NewIssue(pr.Title, pr.Body, pr.Author, pr.Labels)
	i.Association = pr.Association
	i.Pull = &Pull{
		number: i.Number, HeadOwner: head.Owner, HeadRepo: head, HeadRef: ref, HeadSHA: head.Refs["refs/heads/"+ref],
		BaseRef: pr.Base, BaseSHA: r.Refs["refs/heads/"+pr.Base], Draft: pr.Draft, Maintainers: head != r,
	}
	if err := r.SetRef(i.Pull.ref(), i.Pull.HeadSHA); err != nil {
		return nil, err
	}
	r.refer(i, i.Author, i.Body)
	r.changed(i, Event{Action: "opened", By: i.Author})
	return i, nil
}

// Edit is a change of texts or of the base; nil stays.
type Edit struct{ Title, Body, Base *string }

// Edit changes what differs, with one event for all of it. The base is that of a pull request, and exists.
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

func (r *Repo) SetDraft(i *Issue, by *User, draft bool) error {
	if i.Pull.Draft == draft {
		return nil
	}
	i.Pull.Draft = draft
	action, kind := "ready_for_review", "ReadyForReview"
	if draft {
		action, kind = "converted_to_draft", "ConvertToDraft"
	}
	r.happened(i, TimelineEvent{Kind: kind, Actor: by})
	r.changed(i, Event{Action: action, By: by})
	return r.Settle()
}

// OpenPR opens a pull request. The head must exist and differ from the base.
func (r *Repo) OpenPR(pr NewPull) (*Issue, error) {
	if pr.Base == "" {
		pr.Base = r.DefaultBranch
	}
	head, ref, err := r.Branch(pr.Head, false)
	if err != nil {
		return nil, fmt.Errorf("opening a pull request: %w", err)
	}
	headSHA, baseSHA := head.Refs["refs/heads/"+ref], r.Refs["refs/heads/"+pr.Base]
	if headSHA == "" || baseSHA == "" || headSHA == baseSHA {
		return nil, fmt.Errorf("opening a pull request: nothing to merge from %q into %q", pr.Head, pr.Base)
	}
	if pr.Author == "" {
		pr.Author = head.Owner.Login
	}
	return r.NewPull(pr, head, ref)
}

// OpenIssue opens an issue.
func (r *Repo) OpenIssue(in NewIssue) (*Issue, error) {
	if in.Title == "" {
		return nil, errors.New("opening an issue: it has no title")
	}
	i := r.NewIssue(in.Title, in.Body, in.Author, in.Labels)
	if in.Number > 0 {
		r.Renumber(i, in.Number)
	}
	r.refer(i, i.Author, i.Body)
	r.World.emit(Event{Name: "issues", Action: "opened", Repo: r, By: i.Author, Issue: i})
	return i, nil
}
