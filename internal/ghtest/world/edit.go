package world

import (
	"net/http"
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

// EditPull changes a pull request; the write says how that was asked for.
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

// MayMerge checks what GitHub checks before a merge through the API.
func (r *Repo) MayMerge(i *Issue, sha, method string) error {
	p := i.Pull
	refused := func(message string) error {
		return &Refusal{Status: http.StatusMethodNotAllowed, Message: message, Docs: "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request"}
	}
	if i.State != "open" {
		return refused("Pull Request is not mergeable")
	}
	if sha != "" && sha != p.HeadSHA {
		return &Refusal{Status: http.StatusConflict, Message: "Head branch was modified. Review and try the merge again."}
	}
	if reason := r.methodRefused(method); reason != "" {
		return refused(reason)
	}
	if want, _ := r.Protection(p.BaseRef); want.MergeQueue {
		return refused("Changes must be made through the merge queue")
	}
	switch r.MergeState(i) {
	case "DIRTY", "UNKNOWN":
		return refused("Pull Request is not mergeable")
	case "DRAFT":
		return refused("Pull Request is still a draft")
	case "BLOCKED":
		return refused(strings.Join(r.unmet(p), " "))
	case "BEHIND":
		return refused("Head branch is out of date. Review and try the merge again.")
	}
	return nil
}
