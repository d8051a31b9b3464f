package world

import (
	"fmt"
	"slices"
	"time"
)

// Issue is an issue, or with pull set a pull request.
type Issue struct {
	ID                       int64
	Repo                     *Repo
	Number                   int
	Title, Body              string
	Author                   *User
	Association              string
	Labels                   []string
	Assignees                []*User
	Comments                 []*Comment
	Events                   []TimelineEvent
	State                    string // open, closed
	Reason                   string // of the state of an issue: completed, not_planned, duplicate, reopened, or empty
	Deleted                  bool
	Created, Updated, Closed time.Time
	Edits                    // of the body
	Reactions                []*Reaction
	Lock                     *Lock // nil: everybody may comment
	Pull                     *Pull
	Versions                 []version // in bad weather
}

type Pull struct {
	HeadOwner        *User
	HeadRepo         *Repo // its deleted flag tells a fork that is gone
	HeadRef, HeadSHA string
	pusher           *User // of the head; nil: it is as it was when the pull request was opened
	BaseRef, BaseSHA string
	Draft            bool
	MergedAt         time.Time
	MergedBy         *User
	MergeSHA         string
	introduced       []string // commits that the merge put on the base, oldest first
	number           int
	Maintainers      bool // may push to the head branch
	Reviewers        []*User
	Reviews          []*Review
	Auto             *AutoMerge
	linked           []*Issue // that close with it, by hand
}

func (p *Pull) ref() string { return fmt.Sprintf("refs/pull/%d/head", p.number) }

func (p *Pull) Merged() bool { return !p.MergedAt.IsZero() }

// Head is the tip of the head branch, "" when the branch or its repository is gone.
func (p *Pull) Head() string {
	if p.HeadRepo.Deleted {
		return ""
	}
	return p.HeadRepo.Refs["refs/heads/"+p.HeadRef]
}

// Label is the head as GitHub names it, "owner:branch".
func (p *Pull) Label() string { return p.HeadOwner.Login + ":" + p.HeadRef }

// NewPull is a pull request to open with Repo.OpenPR.
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

// NewIssue is an issue to open with Repo.OpenIssue.
type NewIssue struct {
	Title, Body, Author string
	Labels              []string
	Number              int // the next one when 0; others go on from the last without it
}

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

// NodeID is what the GraphQL API calls it.
func (i *Issue) NodeID() string {
	if i.Pull != nil {
		return NodeID("PR", i.ID)
	}
	return NodeID("I", i.ID)
}

// changed notes the time of a change and emits the event.
func (r *Repo) changed(i *Issue, n Event) {
	i.Updated = r.World.Now()
	n.Name, n.Repo, n.Issue = "issues", r, i
	if i.Pull != nil {
		n.Name = "pull_request"
	}
	r.World.emit(n)
}

// EditIssue changes an issue; the write says how that was asked for.
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
