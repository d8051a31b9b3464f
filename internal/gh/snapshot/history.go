package snapshot

import (
	"cmp"
	"encoding/json"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Kinds of events that issues have too, and those of pull requests alone.
const (
	issueEvents = `LABELED_EVENT,UNLABELED_EVENT,ASSIGNED_EVENT,CLOSED_EVENT,REOPENED_EVENT`
	pullEvents  = `REVIEW_REQUESTED_EVENT,READY_FOR_REVIEW_EVENT,CONVERT_TO_DRAFT_EVENT,REVIEW_DISMISSED_EVENT,HEAD_REF_FORCE_PUSHED_EVENT,` +
		`BASE_REF_CHANGED_EVENT,AUTOMATIC_BASE_CHANGE_SUCCEEDED_EVENT,` + queuedEvent
	queuedEvent = `ADDED_TO_MERGE_QUEUE_EVENT`
)

// eventFields are those of each kind of event; a team that is asked for a
// review is no actor, and has no login.
const (
	labelEvents = `__typename ` +
		`...on LabeledEvent{createdAt actor{__typename login} label{name}} ` +
		`...on UnlabeledEvent{createdAt actor{__typename login} label{name}} `
	eventFields = labelEvents +
		`...on AssignedEvent{createdAt actor{__typename login} assignee{__typename ...on Actor{login}}} ` +
		`...on ClosedEvent{createdAt actor{__typename login}} ` +
		`...on ReopenedEvent{createdAt actor{__typename login}} `
	pullEventFields = `...on ReviewRequestedEvent{createdAt actor{__typename login} requestedReviewer{__typename ...on Actor{login}}} ` +
		`...on ReadyForReviewEvent{createdAt actor{__typename login}} ` +
		`...on ConvertToDraftEvent{createdAt actor{__typename login}} ` +
		`...on ReviewDismissedEvent{createdAt actor{__typename login} review{author{__typename login}}} ` +
		`...on HeadRefForcePushedEvent{createdAt actor{__typename login} afterCommit{oid}} ` +
		`...on BaseRefChangedEvent{createdAt actor{__typename login} currentRefName} ` +
		`...on AutomaticBaseChangeSucceededEvent{createdAt actor{__typename login} newBase} ` + queuedFields
	// queuedFields have two people: who queued it isn't always who acted.
	queuedFields = `...on AddedToMergeQueueEvent{createdAt actor{__typename login} enqueuer{__typename login}}`
)

const reviewFields = `opinions:latestOpinionatedReviews(first:100,writersOnly:true){nodes{author{__typename login} state submittedAt ` +
	`commit{oid}}} ` +
	`reviewRequests(first:100){nodes{requestedReviewer{__typename ...on Actor{login}}}} assignees(first:100){nodes{__typename login}}`

// historyData is what happened to a pull request, and its comments.
type historyData struct {
	Comments gh.Connection[commentData]
	Events   gh.Connection[eventData]
	Reviews  gh.Connection[opinionData]
	Mentions gh.Connection[struct {
		Source struct {
			summaryData
			Repository struct{ NameWithOwner string }
			Closes     *gh.Connection[closedData]
		}
	}]
}

// closesFields are the issues that a pull request closes.
const closesFields = `closes:closingIssuesReferences(first:10){totalCount nodes{number repository{nameWithOwner}}}`

type closedData struct {
	Number     int
	Repository struct{ NameWithOwner string }
}

// closed are the issues of a repository among those that a pull request closes, and
// whether there may be more.
func closed(all *gh.Connection[closedData], of pull.Key) (numbers []int, more bool) {
	if all == nil {
		return nil, true
	}
	for _, n := range all.Nodes {
		if strings.EqualFold(n.Repository.NameWithOwner, of.Repository().String()) {
			numbers = append(numbers, n.Number)
		}
	}
	return numbers, len(all.Nodes) < all.TotalCount
}

type commentData struct {
	FullDatabaseID  json.Number `json:"fullDatabaseId"` // a string in JSON
	ID              string
	ViewerDidAuthor bool
	Body            string
	CreatedAt       time.Time
	UpdatedAt       time.Time
	Author, Editor  *actorData
	ReactionGroups  []struct {
		Content          pull.Reaction
		ViewerHasReacted bool
	}

	size          int  // of the body as it came
	named, unread bool // it names this App; its body was emptied
}

type opinionData struct {
	Author      *actorData
	State       string
	SubmittedAt time.Time
	Commit      *struct{ Oid string }
}

type eventData struct {
	Typename                    string `json:"__typename"`
	CreatedAt                   time.Time
	Actor, Enqueuer             *actorData
	Label                       struct{ Name string }
	RequestedReviewer, Assignee *actorData
	Review                      struct{ Author *actorData }
	AfterCommit                 *struct{ Oid string }
	CurrentRefName, NewBase     string
}

// own reports whether this App wrote the comment. GitHub shows the author in two ways,
// either of which may be missing; then the other decides.
func (n commentData) own(slug string) bool { return n.ViewerDidAuthor || n.Author.is(slug) }

// answered reports whether this App reacted so.
func (n commentData) answered(with pull.Reaction) bool {
	for _, g := range n.ReactionGroups {
		if g.ViewerHasReacted && g.Content == with {
			return true
		}
	}
	return false
}

// notesIn finds this App's comments. If two have the same key, the older one stays current.
func notesIn(comments []commentData, slug string, into map[string]pull.PostedNote) {
	for _, n := range comments {
		id, err := n.FullDatabaseID.Int64()
		key, note, ok := gh.ReadMark(n.Body)
		if _, known := into[key]; ok && err == nil && n.own(slug) && !known {
			note.ID, note.Node = id, n.ID
			into[key] = note
		}
	}
}

// events leaves out requests to teams and deleted accounts, and labels without a name:
// GitHub may omit a deleted label.
func (h historyData) events(slug string) []pull.Event {
	var all []pull.Event
	for _, n := range h.Events.Nodes {
		e := n.event()
		by := cmp.Or(n.Enqueuer, n.Actor)
		e.By, e.Own, e.At = by.login(), by.is(slug), n.CreatedAt
		if e.Kind != "" && (e.Subject != "" || nameless[e.Kind]) {
			all = append(all, e)
		}
	}
	return all
}

// nameless are kinds of events without a subject.
var nameless = map[pull.EventKind]bool{pull.Drafted: true, pull.Readied: true, pull.WasClosed: true, pull.WasReopened: true,
	pull.ForcePushed: true, pull.Dismissed: true, pull.Queued: true}

// plainEvents are the types of events that only need their kind.
var plainEvents = map[string]pull.EventKind{
	"ReadyForReviewEvent": pull.Readied, "ConvertToDraftEvent": pull.Drafted, "ClosedEvent": pull.WasClosed, "ReopenedEvent": pull.WasReopened,
	"AddedToMergeQueueEvent": pull.Queued,
}

func (n eventData) event() pull.Event {
	named := func(kind pull.EventKind, a *actorData) pull.Event {
		if a == nil || a.Login == "" {
			return pull.Event{Kind: kind}
		}
		return pull.Event{Kind: kind, Subject: a.login()}
	}
	switch n.Typename {
	case "LabeledEvent":
		return pull.Event{Kind: pull.Labeled, Subject: n.Label.Name}
	case "UnlabeledEvent":
		return pull.Event{Kind: pull.Unlabeled, Subject: n.Label.Name}
	case "ReviewRequestedEvent":
		return named(pull.ReviewRequested, n.RequestedReviewer)
	case "AssignedEvent":
		return named(pull.Assigned, n.Assignee)
	case "ReviewDismissedEvent":
		return named(pull.Dismissed, n.Review.Author)
	case "HeadRefForcePushedEvent":
		e := pull.Event{Kind: pull.ForcePushed}
		if n.AfterCommit != nil {
			e.Subject = n.AfterCommit.Oid
		}
		return e
	case "BaseRefChangedEvent", "AutomaticBaseChangeSucceededEvent":
		return pull.Event{Kind: pull.BaseChanged, Subject: cmp.Or(n.CurrentRefName, n.NewBase)}
	}
	return pull.Event{Kind: plainEvents[n.Typename]}
}

// saidIn returns everyone's comments.
func saidIn(comments []commentData, slug string) []pull.Comment {
	var all []pull.Comment
	for _, n := range comments {
		id, err := n.FullDatabaseID.Int64()
		if err != nil {
			continue
		}
		c := pull.Comment{ID: id, Node: n.ID, By: n.Author.login(), Bot: !n.Author.person(), Own: n.own(slug), Body: n.Body, At: n.CreatedAt,
			Unread: n.unread}
		if n.Editor != nil {
			c.Editor = n.Editor.login()
		}
		for _, g := range n.ReactionGroups {
			c.Answered = c.Answered || g.ViewerHasReacted
		}
		c.Done = n.answered(pull.ThumbsUp)
		all = append(all, c)
	}
	return all
}

func (h historyData) opinions() []pull.Opinion {
	words := map[string]pull.Review{"APPROVED": pull.Approved, "CHANGES_REQUESTED": pull.ChangesRequested}
	var all []pull.Opinion
	for _, n := range h.Reviews.Nodes {
		o := pull.Opinion{By: n.Author.login(), Bot: !n.Author.person(), Review: words[n.State], At: n.SubmittedAt}
		if n.Commit != nil {
			o.Commit = n.Commit.Oid
		}
		if o.Review != "" {
			all = append(all, o)
		}
	}
	return all
}

// mentions returns pull requests of the same repository.
func (h historyData) mentions(repository pull.Key, slug string) []pull.Summary {
	var all []pull.Summary
	for _, n := range h.Mentions.Nodes {
		of := n.Source
		if of.Number > 0 && strings.EqualFold(of.Repository.NameWithOwner, repository.Repository().String()) {
			s := of.summary(slug)
			s.Closes, s.MoreCloses = closed(of.Closes, repository)
			all = append(all, s)
		}
	}
	return all
}

type reviewData struct {
	Opinions       gh.Connection[opinionData]
	ReviewRequests gh.Connection[struct{ RequestedReviewer *actorData }]
	Assignees      gh.Connection[actorData]
}

// reviews returns the opinions by login, without dismissed ones. Hidden people share a
// name, and a hidden review may request changes.
func (d reviewData) reviews() map[string]pull.Review {
	all := map[string]pull.Review{}
	for _, n := range d.Opinions.Nodes {
		switch by := n.Author.login(); {
		case n.State == "CHANGES_REQUESTED":
			all[by] = pull.ChangesRequested
		case n.State == "APPROVED" && all[by] == "":
			all[by] = pull.Approved
		}
	}
	if len(d.Opinions.Nodes) < d.Opinions.Entries {
		all["ghost"] = pull.ChangesRequested
	}
	return all
}

// approvals returns a commit's approvals by people: a bot may have write access and
// approve. For a deleted account, no one knows whose it was.
func (d reviewData) approvals(head string) []pull.Approval {
	var all []pull.Approval
	for _, n := range d.Opinions.Nodes {
		if n.State == "APPROVED" && n.Commit != nil && n.Commit.Oid == head && n.Author != nil && n.Author.Typename == "User" {
			all = append(all, pull.Approval{By: n.Author.login(), At: n.SubmittedAt})
		}
	}
	return all
}

// people returns the requested reviewers and the assignees.
func (d reviewData) people() (reviewers, assignees []string) {
	for _, n := range d.ReviewRequests.Nodes {
		if n.RequestedReviewer != nil && n.RequestedReviewer.Login != "" {
			reviewers = append(reviewers, n.RequestedReviewer.login())
		}
	}
	for _, n := range d.Assignees.Nodes {
		assignees = append(assignees, n.login())
	}
	return reviewers, assignees
}

// mergeState reads MergeStateStatus. HAS_HOOKS means clean on a server with pre-receive
// hooks.
func mergeState(status string) pull.MergeState {
	if status == "HAS_HOOKS" {
		return pull.MergeClean
	}
	return pull.MergeState(strings.ToLower(status))
}
