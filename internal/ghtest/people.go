package ghtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// OpenPR opens a pull request and returns its number. The head must exist and differ from the base.
func (r *Repo) OpenPR(pr PR) (int, error) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	if pr.Base == "" {
		pr.Base = r.defaultBranch
	}
	head, ref, err := r.branch(pr.Head, false)
	if err != nil {
		return 0, fmt.Errorf("opening a pull request: %w", err)
	}
	headSHA, baseSHA := head.refs["refs/heads/"+ref], r.refs["refs/heads/"+pr.Base]
	if headSHA == "" || baseSHA == "" || headSHA == baseSHA {
		return 0, fmt.Errorf("opening a pull request: nothing to merge from %q into %q", pr.Head, pr.Base)
	}
	if pr.Author == "" {
		pr.Author = head.owner.login
	}
	i, err := r.newPull(pr, head, ref)
	if err != nil {
		return 0, err
	}
	return i.number, nil
}

// newPull makes a pull request of a branch that exists.
func (r *Repo) newPull(pr PR, head *Repo, ref string) (*issue, error) {
	if pr.Association == "" {
		pr.Association = "CONTRIBUTOR"
	}
	i := r.newIssue(pr.Title, pr.Body, pr.Author, pr.Labels)
	i.association = pr.Association
	i.pull = &pull{
		number: i.number, headOwner: head.owner, headRepo: head, headRef: ref, headSHA: head.refs["refs/heads/"+ref],
		baseRef: pr.Base, baseSHA: r.refs["refs/heads/"+pr.Base], draft: pr.Draft, maintainers: head != r,
	}
	if err := r.setRef(i.pull.ref(), i.pull.headSHA); err != nil {
		return nil, err
	}
	r.refer(i, i.author, i.body)
	r.changed(i, "opened", i.author, nil)
	return i, nil
}

// OpenIssue opens an issue and returns its number.
func (r *Repo) OpenIssue(in Issue) (int, error) {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	if in.Title == "" {
		return 0, errors.New("opening an issue: it has no title")
	}
	i := r.newIssue(in.Title, in.Body, in.Author, in.Labels)
	if in.Number > 0 {
		r.renumber(i, in.Number)
	}
	r.refer(i, i.author, i.body)
	r.srv.hooks.issue(r, "opened", i, i.author, nil)
	return i.number, nil
}

// EditTitle changes the title, by the author.
func (r *Repo) EditTitle(number int, title string) error { return r.EditTitleBy(number, "", title) }

// EditTitleBy changes the title, by somebody who may.
func (r *Repo) EditTitleBy(number int, by, title string) error {
	return r.editAs(number, "editing the title of", by, edit{title: &title})
}

// EditBody changes the text, by the author.
func (r *Repo) EditBody(number int, body string) error { return r.EditBodyBy(number, "", body) }

// EditBodyBy changes the text, by somebody who may.
func (r *Repo) EditBodyBy(number int, by, body string) error {
	return r.editAs(number, "editing the body of", by, edit{body: &body})
}

// editAs edits by a person, or with no name by the author.
func (r *Repo) editAs(number int, doing, by string, e edit) error {
	return r.act(number, doing, func(i *issue) error {
		who := i.author
		if by != "" {
			who = r.srv.account(by)
		}
		r.edit(i, who, e)
		return nil
	})
}

// EditBase moves a pull request to another base branch, by the author.
func (r *Repo) EditBase(number int, base string) error {
	return r.actPull(number, "editing the base of", func(i *issue) error {
		if r.refs["refs/heads/"+base] == "" {
			return fmt.Errorf("there is no branch %q", base)
		}
		r.edit(i, i.author, edit{base: &base})
		return r.settle()
	})
}

// edit is a change of texts or of the base; nil stays.
type edit struct{ title, body, base *string }

// edit changes what differs, with one event for all of it. The base is that of a pull request, and exists.
func (r *Repo) edit(i *issue, by *user, e edit) {
	changes := obj{}
	if e.title != nil && *e.title != i.title {
		changes["title"] = obj{"from": i.title}
		r.happened(i, event{kind: "RenamedTitle", actor: by, from: i.title, to: *e.title})
		i.title = *e.title
	}
	if e.body != nil && *e.body != i.body {
		changes["body"] = obj{"from": i.body}
		i.body, i.edits = *e.body, edits{r.srv.now(), by}
	}
	if p := i.pull; e.base != nil && *e.base != p.baseRef {
		changes["base"] = obj{"ref": obj{"from": p.baseRef}, "sha": obj{"from": p.baseSHA}}
		r.happened(i, event{kind: "BaseRefChanged", actor: by, from: p.baseRef, to: *e.base})
		p.baseRef, p.baseSHA = *e.base, r.refs["refs/heads/"+*e.base]
		_ = r.distrust(i, by) // which only fails where nothing is enabled
	}
	if len(changes) > 0 {
		r.refer(i, by, i.body)
		r.changed(i, "edited", by, obj{"changes": changes})
	}
}

// Label puts labels on, by a person. Those that are on it already change nothing.
func (r *Repo) Label(number int, by string, names ...string) error {
	return r.act(number, "labelling", func(i *issue) error {
		for _, name := range names {
			r.addLabel(i, name, r.srv.account(by))
		}
		return nil
	})
}

// Unlabel takes labels off, by a person.
func (r *Repo) Unlabel(number int, by string, names ...string) error {
	return r.act(number, "unlabelling", func(i *issue) error {
		for _, name := range names {
			if !r.removeLabel(i, name, r.srv.account(by)) {
				return fmt.Errorf("it has no label %q", name)
			}
		}
		return nil
	})
}

func (r *Repo) addLabel(i *issue, name string, by *user) bool {
	l := r.label(name)
	if slices.Contains(i.labels, l.name) {
		return false
	}
	i.labels = append(i.labels, l.name)
	r.happened(i, event{kind: "Labeled", actor: by, label: l})
	r.changed(i, "labeled", by, obj{"label": r.srv.labelJSON(r, l)})
	return true
}

func (r *Repo) removeLabel(i *issue, name string, by *user) bool {
	at := slices.IndexFunc(i.labels, func(l string) bool { return strings.EqualFold(l, name) })
	if at < 0 {
		return false
	}
	l := r.label(name)
	i.labels = slices.Delete(i.labels, at, at+1)
	r.happened(i, event{kind: "Unlabeled", actor: by, label: l})
	r.changed(i, "unlabeled", by, obj{"label": r.srv.labelJSON(r, l)})
	return true
}

// SetDraft turns a pull request into a draft or makes it ready for review, by the author.
func (r *Repo) SetDraft(number int, draft bool) error {
	return r.actPull(number, "drafting", func(i *issue) error { return r.setDraft(i, i.author, draft) })
}

func (r *Repo) setDraft(i *issue, by *user, draft bool) error {
	if i.pull.draft == draft {
		return nil
	}
	i.pull.draft = draft
	action, kind := "ready_for_review", "ReadyForReview"
	if draft {
		action, kind = "converted_to_draft", "ConvertToDraft"
	}
	r.happened(i, event{kind: kind, actor: by})
	r.changed(i, action, by, nil)
	return r.settle()
}
