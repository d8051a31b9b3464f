package world

import (
	"errors"
	"fmt"
)

// NewPull is a pull request to open.
type NewPull struct {
	Title       string
	Body        string
	Author      string   // the owner of the head branch when empty
	Association string   // NONE, FIRST_TIMER, FIRST_TIME_CONTRIBUTOR, CONTRIBUTOR, COLLABORATOR, MEMBER, OWNER; CONTRIBUTOR when empty
	Head        string   // "alice:fix", or a branch of the repository itself
	Base        string   // the default branch when empty
	Draft       bool     // opens as a draft
	Labels      []string // are on it when it opens
}

// NewIssue is an issue to open.
type NewIssue struct {
	Title, Body, Author string
	Labels              []string
	Number              int // the next one when 0; others go on from the last without it
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
	return i, r.propose(i, i.Author)
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

// NewIssue makes an issue with the next number, and emits nothing.
func (r *Repo) NewIssue(title, body, author string, labels []string) *Issue {
	i := &Issue{
		ID: r.World.nextID(), Repo: r, Title: title, Body: body, Author: r.World.Account(author), Association: "CONTRIBUTOR",
		State: "open", Created: r.World.Now(), Updated: r.World.Now(),
	}
	for _, name := range labels {
		i.Labels = append(i.Labels, r.Label(name).Name)
	}
	r.take(i)
	return i
}

// Renumber gives the newest issue another number.
func (r *Repo) Renumber(i *Issue, number int) {
	delete(r.Issues, i.Number)
	r.last--
	i.Number = number
	r.Issues[number] = i
}

// leave takes an issue out of the repository.
func (r *Repo) leave(i *Issue) {
	delete(r.Issues, i.Number)
	if i.State == "open" {
		r.Open--
	}
}

// take gives an issue the next number.
func (r *Repo) take(i *Issue) {
	r.last++
	i.Number = r.last
	r.Issues[i.Number] = i
	if i.State == "open" {
		r.Open++
	}
}
