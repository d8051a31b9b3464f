package ghtest

import (
	"errors"
	"fmt"
	"time"
)

// issue is an issue, or with pull set a pull request.
type issue struct {
	id                       int64
	repo                     *Repo
	number                   int
	title, body              string
	author                   *user
	association              string
	labels                   []string
	assignees                []*user
	comments                 []*comment
	events                   []event
	state                    string // open, closed
	reason                   string // of the state of an issue: completed, not_planned, duplicate, reopened, or empty
	deleted                  bool
	created, updated, closed time.Time
	edits                    // of the body
	reactions                []*reaction
	lock                     *lock // nil: everybody may comment
	pull                     *pull
	versions                 []version // in bad weather
}

type pull struct {
	headOwner        *user
	headRepo         *Repo // its deleted flag tells a fork that is gone
	headRef, headSHA string
	pusher           *user // of the head; nil: it is as it was when the pull request was opened
	baseRef, baseSHA string
	draft            bool
	mergedAt         time.Time
	mergedBy         *user
	mergeSHA         string
	introduced       []string // commits that the merge put on the base, oldest first
	number           int
	maintainers      bool // may push to the head branch
	reviewers        []*user
	reviews          []*review
	auto             *autoMerge
	linked           []*issue // that close with it, by hand
}

func (p *pull) ref() string  { return fmt.Sprintf("refs/pull/%d/head", p.number) }
func (p *pull) merged() bool { return !p.mergedAt.IsZero() }

// head is the tip of the head branch, "" when the branch or its repository is gone.
func (p *pull) head() string {
	if p.headRepo.deleted {
		return ""
	}
	return p.headRepo.refs["refs/heads/"+p.headRef]
}

// label is the head as GitHub names it, "owner:branch".
func (p *pull) label() string { return p.headOwner.login + ":" + p.headRef }

// PR is a pull request to open with Repo.OpenPR.
type PR struct {
	Title       string
	Body        string
	Author      string   // the owner of the head branch when empty
	Association string   // NONE, FIRST_TIMER, FIRST_TIME_CONTRIBUTOR, CONTRIBUTOR, COLLABORATOR, MEMBER, OWNER; CONTRIBUTOR when empty
	Head        string   // "alice:fix", or a branch of the repository itself
	Base        string   // the default branch when empty
	Draft       bool     // opens as a draft
	Labels      []string // are on it when it opens
}

// Issue is an issue to open with Repo.OpenIssue.
type Issue struct {
	Title, Body, Author string
	Labels              []string
	Number              int // the next one when 0; others go on from the last without it
}

func (r *Repo) newIssue(title, body, author string, labels []string) *issue {
	i := &issue{
		id: r.srv.nextID(), repo: r, title: title, body: body, author: r.srv.account(author), association: "CONTRIBUTOR",
		state: "open", created: r.srv.now(), updated: r.srv.now(),
	}
	for _, name := range labels {
		i.labels = append(i.labels, r.label(name).name)
	}
	r.take(i)
	return i
}

// renumber gives the newest issue another number.
func (r *Repo) renumber(i *issue, number int) {
	delete(r.issues, i.number)
	r.last--
	i.number = number
	r.issues[number] = i
}

// nodeID is what the GraphQL API calls it.
func (i *issue) nodeID() string {
	if i.pull != nil {
		return nodeID("PR", i.id)
	}
	return nodeID("I", i.id)
}

// changed notes the time of a change and fires the event.
func (r *Repo) changed(i *issue, action string, by *user, extra obj) {
	i.updated = r.srv.now()
	if i.pull != nil {
		r.srv.hooks.pullRequest(r, action, i, by, extra)
	} else {
		r.srv.hooks.issue(r, action, i, by, extra)
	}
}

// act finds an issue or pull request and runs a change under the lock.
func (r *Repo) act(number int, doing string, change func(*issue) error) error {
	r.srv.mu.Lock()
	defer r.srv.mu.Unlock()
	i := r.issues[number]
	if i == nil {
		return fmt.Errorf("%s %s#%d: there is none", doing, r.fullName(), number)
	}
	if err := change(i); err != nil {
		return fmt.Errorf("%s %s#%d: %w", doing, r.fullName(), number, err)
	}
	return nil
}

// actPull is act for pull requests only.
func (r *Repo) actPull(number int, doing string, change func(*issue) error) error {
	return r.act(number, doing, func(i *issue) error {
		if i.pull == nil {
			return errors.New("it is an issue")
		}
		return change(i)
	})
}
