package pull

import (
	"html"
	"slices"
	"strings"
	"time"
)

// EventKind is what happened.
type EventKind string

const (
	Labeled         EventKind = "labeled"
	Unlabeled       EventKind = "unlabeled"
	ReviewRequested EventKind = "review requested"
	Assigned        EventKind = "assigned"
	Drafted         EventKind = "drafted"      // made a draft
	Readied         EventKind = "readied"      // made ready for review
	WasClosed       EventKind = "was closed"   // merged or not
	WasReopened     EventKind = "was reopened" //
	Dismissed       EventKind = "dismissed"    // a review; the subject is who wrote it
	ForcePushed     EventKind = "force-pushed" // the subject is the new head
	BaseChanged     EventKind = "base changed" // the subject is the new base
	Queued          EventKind = "queued"       // put into a merge queue
	Allowed         EventKind = "allowed"      // only from commands; the subject is the version
	Refused         EventKind = "refused"      // likewise
	Frozen          EventKind = "frozen"       // only from commands; the subject is the version
	Thawed          EventKind = "thawed"       // likewise
)

// Event is one change to a pull request.
type Event struct {
	Kind    EventKind
	Subject string // the label, the login or the commit; "" if the kind says everything
	By      string // login; "ghost" for deleted accounts
	Own     bool   // this App did it
	At      time.Time
	// Command: a command in a comment requested it; nobody did it by hand.
	Command bool
	Why     string // a command's reason
	// Edited: that comment was edited, perhaps after it was answered.
	Edited bool
}

// Happened reports whether the history has such an event. Subjects are compared without
// regard to case.
func (r *Request) Happened(kind EventKind, subject string) bool {
	for _, e := range r.Events {
		if e.Kind == kind && strings.EqualFold(e.Subject, subject) {
			return true
		}
	}
	return false
}

// HeadCame is the latest time at which the head can have come, by GitHub's clock.
// Without any evidence, that's the newest change that GitHub knows about. Commit dates
// don't count, since whoever makes a commit chooses them. Neither does what was seen
// before a push that brought back an old head, which is always a forced one.
func (r *Request) HeadCame() time.Time {
	came := r.UpdatedAt
	earlier := func(at time.Time) {
		if !at.IsZero() && (came.IsZero() || at.Before(came)) {
			came = at
		}
	}
	earlier(r.HeadSeen)
	for _, o := range r.Opinions {
		if o.Commit == r.Head {
			earlier(o.At)
		}
	}
	atLeast := r.CreatedAt
	for _, e := range r.Events {
		if e.Kind == ForcePushed && e.Subject == r.Head {
			earlier(e.At)
			if e.At.After(atLeast) {
				atLeast = e.At
			}
		}
	}
	if came.Before(atLeast) {
		return atLeast
	}
	return came
}

// Review is an opinion that stands.
type Review string

const (
	Approved         Review = "approved"
	ChangesRequested Review = "changes requested"
)

// Approval of the head.
type Approval struct {
	By string // login of a person with write access
	At time.Time
}

// Standing returns the head's approvals since the pull request got its base. GitHub
// keeps those for another base. Its times are whole seconds: approvals in the same
// second don't count.
func (r *Request) Standing() []Approval {
	return slices.DeleteFunc(slices.Clone(r.Approvals), func(a Approval) bool {
		return slices.ContainsFunc(r.Events, func(e Event) bool { return e.Kind == BaseChanged && !e.At.Before(a.At) })
	})
}

// Opinion is a review that approved or requested changes.
type Opinion struct {
	By     string // login
	Bot    bool   // not a person
	Review Review
	Commit string // the head that was reviewed
	At     time.Time
}

// Comment on a pull request or issue; reviews aren't included.
type Comment struct {
	ID   int64
	Node string // its id in the GraphQL API
	By   string // login
	Bot  bool   // not a person
	Own  bool   // by this App
	Body string
	// Unread: there's too much to read here, and this names the App, but the body is left out.
	Unread bool
	At     time.Time
	// Editor is who edited it last, or "". It needn't be the author.
	Editor string
	// Answered: this App reacted to it.
	Answered bool
	// Done: the reaction says that all in it was carried out.
	Done bool
}

// Role is what someone may do in the repository ("Repository roles for an
// organization"); each role includes the ones before it.
type Role int

const (
	Anyone Role = iota
	Triage
	Write
	Maintain
	Admin
)

// IsCore reports whether someone is a core developer.
func (r *Request) IsCore(login string) bool { return r.Core[strings.ToLower(login)] }

// Issue is what a pull request knows about an issue.
type Issue struct {
	Exists bool // here, as an issue or pull request: it may have been deleted or transferred
	Pull   bool // it's a pull request
	Closed bool
	Title  string
	Body   string
	At     time.Time // when it was read
}

// Comparison is the head, compared with a branch of the repository.
type Comparison struct {
	Known  bool // the branch exists and shares history with the head
	Ahead  int  // commits that the branch lacks
	Behind int  // commits of the branch that the head lacks
}

// LogEntry is one of the bot's writes, from the audit log. Entries of older versions lack
// what isn't for rules.
type LogEntry struct {
	At     time.Time `json:"at"`
	Rule   string    `json:"rule"`
	Action string    `json:"action"`        // such as: label +"docs" (Action.String)
	Why    string    `json:"why,omitempty"` // file and line of the rule, or a reason

	// For people alone: what caused the run (a delivery's id, "sweep", …), and the state
	// that the action replaced and wrote (Request.Change).
	Cause  string `json:"cause,omitempty"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// Touched reports whether a person ever added or removed a label.
func (r *Request) Touched(label string) bool {
	return slices.ContainsFunc(r.Events, func(e Event) bool {
		return (e.Kind == Labeled || e.Kind == Unlabeled) && !e.Own && strings.EqualFold(e.Subject, label)
	})
}

// Names reports whether a comment names an App, as every command does. It looks at the text
// before that's read as Markdown, which may have "&#64;" for "@".
func Names(me, text string) bool {
	return strings.Contains(strings.ToLower(html.UnescapeString(text)), "@"+strings.ToLower(me))
}
