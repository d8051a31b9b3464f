package ghtest

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

var pullWriteRoutes = []route{
	{"POST /repos/{owner}/{repo}/pulls", "pull_requests:write", (*Server).createPull},
	{"PATCH /repos/{owner}/{repo}/pulls/{number}", "pull_requests:write", (*Server).updatePull},
	{"PUT /repos/{owner}/{repo}/pulls/{number}/merge", "contents:write", (*Server).mergePull},
}

// pullInput is the body of both writes; what is absent stays.
type pullInput struct {
	Title       *string `json:"title"`
	Body        *string `json:"body"`
	Head        *string `json:"head"`
	Base        *string `json:"base"`
	State       *string `json:"state"`
	Reason      *string `json:"state_reason"` // of an issue
	Draft       bool    `json:"draft"`
	Maintainers *bool   `json:"maintainer_can_modify"`
}

// texts checks what GitHub limits.
func (in pullInput) texts() error {
	switch {
	case in.Title != nil && strings.TrimSpace(*in.Title) == "":
		return invalid("PullRequest", "title", "missing_field", "")
	case in.Title != nil && utf8.RuneCountInString(*in.Title) > 256:
		return invalid("PullRequest", "title", "custom", "title is too long (maximum is 256 characters)")
	case in.Body != nil && utf8.RuneCountInString(*in.Body) > 65536:
		return invalid("PullRequest", "body", "custom", "body is too long (maximum is 65536 characters)")
	}
	return nil
}

func (s *Server) createPull(c *call) (any, error) {
	var in pullInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	for name, value := range map[string]*string{"head": in.Head, "base": in.Base} {
		if value == nil {
			return nil, &apiError{Status: 422, Message: "Invalid request.\n\n\"" + name + "\" wasn't supplied."}
		}
	}
	if in.Title == nil {
		return nil, invalid("PullRequest", "title", "missing_field", "")
	}
	head, ref, err := c.pullHead(in)
	if err != nil {
		return nil, err
	}
	pr := PR{Title: *in.Title, Base: *in.Base, Draft: in.Draft, Author: c.writer().login}
	set(&pr.Body, in.Body)
	i, err := c.repo.newPull(pr, head, ref)
	if err != nil {
		return nil, err
	}
	if in.Maintainers != nil {
		i.pull.maintainers = *in.Maintainers && head != c.repo
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: "pull", Number: i.number, SHA: i.pull.headSHA, Key: i.pull.baseRef + " <- " + i.pull.label(), Text: i.title})
	}
	c.status = http.StatusCreated
	return s.fullPull(c, i), nil
}

// pullHead checks a new pull request and finds where its head is.
func (c *call) pullHead(in pullInput) (*Repo, string, error) {
	r := c.repo
	if err := in.texts(); err != nil {
		return nil, "", err
	}
	base := r.refs["refs/heads/"+*in.Base]
	if base == "" {
		return nil, "", invalid("PullRequest", "base", "invalid", "")
	}
	head, ref, err := r.branch(*in.Head, false)
	if err != nil || head.refs["refs/heads/"+ref] == "" {
		return nil, "", invalid("PullRequest", "head", "invalid", "")
	}
	custom := func(message string) error {
		return &apiError{Status: 422, Message: "Validation Failed", Errors: []obj{{"resource": "PullRequest", "code": "custom", "message": message}}}
	}
	if r.openPull(head, ref, *in.Base) != nil {
		return nil, "", custom("A pull request already exists for " + head.owner.login + ":" + ref + ".")
	}
	_, commits, err := r.store.between(base, head.refs["refs/heads/"+ref])
	switch {
	case err != nil:
		return nil, "", custom("The " + ref + " branch has no history in common with " + *in.Base)
	case len(commits) == 0 && head == r:
		return nil, "", custom("No commits between " + *in.Base + " and " + ref)
	case len(commits) == 0:
		return nil, "", custom("No commits between " + r.owner.login + ":" + *in.Base + " and " + head.owner.login + ":" + ref)
	}
	return head, ref, nil
}

func (s *Server) updatePull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	var in pullInput
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := c.editPull(c.repo, i, in, Write{Key: c.fields(), Text: string(c.body)}); err != nil {
		return nil, err
	}
	return s.fullPull(c, i), nil
}

// editPull changes a pull request; the write says how that was asked for.
func (c *call) editPull(r *Repo, i *issue, in pullInput, as Write) error {
	if err := in.texts(); err != nil {
		return err
	}
	reopens, err := r.pullUpdate(i, in)
	if err != nil {
		return err
	}
	r.edit(i, c.writer(), edit{title: in.Title, body: in.Body, base: in.Base})
	if in.Maintainers != nil {
		i.pull.maintainers = *in.Maintainers && i.pull.headRepo != r
	}
	switch {
	case reopens:
		err = r.reopen(i, c.writer())
	case in.State != nil && *in.State == "closed" && i.state == "open":
		r.close(i, c.writer())
	}
	if err != nil {
		return err
	}
	if c.byApp() {
		as.Kind, as.Number = "pull-edit", i.number
		r.wrote(as)
	}
	return r.settle()
}

// pullUpdate checks a change of base and state, before anything is changed.
func (r *Repo) pullUpdate(i *issue, in pullInput) (reopens bool, err error) {
	p := i.pull
	if in.State != nil && !slices.Contains([]string{"open", "closed"}, *in.State) {
		return false, invalid("PullRequest", "state", "invalid", "")
	}
	reopens = in.State != nil && *in.State == "open" && i.state == "closed"
	if reopens {
		if reason := r.staysClosed(p); reason != "" {
			return false, invalid("PullRequest", "state", "custom", "state cannot be changed. "+reason)
		}
	}
	if in.Base == nil || *in.Base == p.baseRef {
		return reopens, nil
	}
	switch {
	case i.state == "closed":
		return false, invalid("PullRequest", "base", "invalid", "Cannot change the base branch of a closed pull request.")
	case r.refs["refs/heads/"+*in.Base] == "":
		return false, invalid("PullRequest", "base", "invalid", "Proposed base branch '"+*in.Base+"' was not found")
	case r.openPull(p.headRepo, p.headRef, *in.Base) != nil:
		return false, invalid("PullRequest", "base", "invalid", "A pull request already exists for base branch '"+*in.Base+"' and head branch '"+p.headRef+"'")
	}
	return reopens, nil
}

// fields are the names in the body of a request, sorted.
func (c *call) fields() string {
	in := map[string]json.RawMessage{}
	if c.decode(&in) != nil {
		return ""
	}
	var names []string
	for name := range in {
		names = append(names, name)
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

func (s *Server) mergePull(c *call) (any, error) {
	i, err := c.pull()
	if err != nil {
		return nil, err
	}
	var in struct {
		Title   string `json:"commit_title"`
		Message string `json:"commit_message"`
		SHA     string `json:"sha"`
		Method  string `json:"merge_method"`
	}
	if len(c.body) > 0 {
		if err := c.decode(&in); err != nil {
			return nil, err
		}
	}
	if in.Method == "" {
		in.Method = "merge"
	}
	if !slices.Contains([]string{"merge", "squash", "rebase"}, in.Method) {
		return nil, &apiError{Status: 422, Message: "Invalid request.\n\n" + in.Method + " is not a member of [\"merge\", \"squash\", \"rebase\"]."}
	}
	if err := c.repo.mayMerge(i, in.SHA, in.Method); err != nil {
		return nil, err
	}
	sha, err := c.repo.merge(i, MergeOptions{By: c.writer().login, Method: in.Method, Title: in.Title, Body: in.Message})
	if errors.Is(err, errConflict) {
		return nil, &apiError{Status: http.StatusMethodNotAllowed, Message: "This branch can't be rebased"}
	}
	if err != nil {
		return nil, err
	}
	if c.byApp() {
		c.repo.wrote(Write{Kind: "merge", Number: i.number, SHA: sha, Key: in.Method, Text: in.Title})
	}
	return obj{"sha": sha, "merged": true, "message": "Pull Request successfully merged"}, c.repo.settle()
}

// mayMerge checks what GitHub checks before a merge through the API.
func (r *Repo) mayMerge(i *issue, sha, method string) error {
	p := i.pull
	refused := func(message string) error {
		return &apiError{Status: http.StatusMethodNotAllowed, Message: message, Docs: "https://docs.github.com/rest/pulls/pulls#merge-a-pull-request"}
	}
	if i.state != "open" {
		return refused("Pull Request is not mergeable")
	}
	if sha != "" && sha != p.headSHA {
		return &apiError{Status: http.StatusConflict, Message: "Head branch was modified. Review and try the merge again."}
	}
	if reason := r.methodRefused(method); reason != "" {
		return refused(reason)
	}
	if want, _ := r.protection(p.baseRef); want.MergeQueue {
		return refused("Changes must be made through the merge queue")
	}
	switch r.mergeState(i) {
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
