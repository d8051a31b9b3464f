package world

import (
	"fmt"
	"strings"
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
	Milestone                string // its title; empty for none
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

// NodeID is what the GraphQL API calls it.
func (i *Issue) NodeID() string {
	if i.Pull != nil {
		return NodeID("PR", i.ID)
	}
	return NodeID("I", i.ID)
}

// PullState is OPEN, CLOSED or MERGED.
func (i *Issue) PullState() string {
	if i.Pull.Merged() {
		return "MERGED"
	}
	return strings.ToUpper(i.State)
}

// Comment finds one of its comments.
func (i *Issue) Comment(id int64) (*Comment, error) {
	for _, c := range i.Comments {
		if c.ID == id {
			return c, nil
		}
	}
	return nil, fmt.Errorf("it has no comment %d", id)
}

// Pull is what a pull request has that an issue does not.
type Pull struct {
	HeadOwner        *User
	HeadRepo         *Repo // a deleted fork stays, with its flag set
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

// Merged reports whether it was merged.
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

// Comment is a comment on an issue or pull request.
type Comment struct {
	ID               int64
	Author           *User
	Association      string
	Body             string
	Created, Updated time.Time
	Edits
	Reactions []*Reaction
}

// Edits are the last change of a text.
type Edits struct {
	Edited time.Time // zero: it is as it was written
	Editor *User
}

// Lock keeps all from commenting and reacting but those who may write.
type Lock struct{ Reason string }

// Reaction is an emoji on an issue, a pull request or a comment. It emits no event, and changes no time.
type Reaction struct {
	ID      int64
	Content string // as the REST API names it
	User    *User
	At      time.Time
}

// Review is a submitted review.
type Review struct {
	ID          int64
	Author      *User
	State, Body string // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED
	SHA         string // the head that was reviewed
	Submitted   time.Time
}

func (v *Review) opinionated() bool { return v.State == "APPROVED" || v.State == "CHANGES_REQUESTED" }

// TimelineEvent is one entry of the history of an issue or pull request.
type TimelineEvent struct {
	ID     int64
	Kind   string // GraphQL's type without "Event": Labeled, Unlabeled, RenamedTitle, Closed, Reopened, Merged, ConvertToDraft, …: see event
	Actor  *User
	At     time.Time
	Label  *Label // of Labeled and Unlabeled
	Author *User  // of a deleted comment
	User   *User  // who was asked to review, or assigned
	Review *Review
	Source *Issue // of CrossReferenced: where it was mentioned
	Origin *Repo  // of Transferred
	From   string // old title, head, base or state of the review
	To     string
}
