package gh

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// eventFields are those of each kind of event; a team that is asked for a
// review is no actor, and has no login.
const eventFields = `__typename ` +
	`...on LabeledEvent{createdAt actor{__typename login} label{name}} ` +
	`...on UnlabeledEvent{createdAt actor{__typename login} label{name}} ` +
	`...on ReviewRequestedEvent{createdAt actor{__typename login} requestedReviewer{__typename ...on Actor{login}}} ` +
	`...on AssignedEvent{createdAt actor{__typename login} assignee{__typename ...on Actor{login}}}`

const reviewFields = `opinions:latestOpinionatedReviews(first:100,writersOnly:true){nodes{author{__typename login} state commit{oid}}} ` +
	`reviewRequests(first:100){nodes{requestedReviewer{__typename ...on Actor{login}}}} assignees(first:100){nodes{__typename login}}`

// historyData is what happened to a pull request, and what was said.
type historyData struct {
	Comments list[commentData]
	Events   list[eventData]
}

type commentData struct {
	FullDatabaseID  json.Number `json:"fullDatabaseId"` // a string in JSON
	ViewerDidAuthor bool
	Body            string
}

type eventData struct {
	Typename                    string `json:"__typename"`
	CreatedAt                   time.Time
	Actor                       *actorData
	Label                       struct{ Name string }
	RequestedReviewer, Assignee *actorData
}

type actorData struct {
	Typename string `json:"__typename"`
	Login    string
}

// login is the name that the rest of GitHub uses: GraphQL leaves out the
// "[bot]" of bots, and deleted users show as the ghost.
func (a *actorData) login() string {
	switch {
	case a == nil:
		return "ghost"
	case a.Typename == "Bot" && !strings.HasSuffix(a.Login, "[bot]"):
		return a.Login + "[bot]"
	}
	return a.Login
}

// is tells whether it is the App of that slug.
func (a *actorData) is(slug string) bool { return a.login() == slug+"[bot]" }

// notes finds this App's comments. Should there be two of a key, the older one
// is kept up to date.
func (h historyData) notes(into map[string]pull.PostedNote) {
	for _, n := range h.Comments.Nodes {
		id, err := n.FullDatabaseID.Int64()
		key, note, ok := marked(n.Body)
		if _, known := into[key]; ok && err == nil && n.ViewerDidAuthor && !known {
			note.ID = id
			into[key] = note
		}
	}
}

// events leaves out what was asked of a team, or of an account that is gone.
func (h historyData) events(slug string) []pull.Event {
	var all []pull.Event
	for _, n := range h.Events.Nodes {
		e := pull.Event{By: n.Actor.login(), Own: n.Actor.is(slug), At: n.CreatedAt}
		var of *actorData
		switch n.Typename {
		case "LabeledEvent":
			e.Kind, e.Subject = pull.Labeled, n.Label.Name
		case "UnlabeledEvent":
			e.Kind, e.Subject = pull.Unlabeled, n.Label.Name
		case "ReviewRequestedEvent":
			e.Kind, of = pull.ReviewRequested, n.RequestedReviewer
		case "AssignedEvent":
			e.Kind, of = pull.Assigned, n.Assignee
		}
		if of != nil && of.Login != "" {
			e.Subject = of.login()
		}
		if e.Subject != "" {
			all = append(all, e)
		}
	}
	return all
}

type reviewData struct {
	Opinions list[struct {
		Author *actorData
		State  string
		Commit *struct{ Oid string }
	}]
	ReviewRequests list[struct{ RequestedReviewer *actorData }]
	Assignees      list[actorData]
}

func (d reviewData) reviews() map[string]pull.Review {
	all := map[string]pull.Review{}
	for _, n := range d.Opinions.Nodes {
		switch n.State { // not DISMISSED
		case "APPROVED":
			all[n.Author.login()] = pull.Approved
		case "CHANGES_REQUESTED":
			all[n.Author.login()] = pull.ChangesRequested
		}
	}
	return all
}

// approvals are the logins whose approval is of a commit.
func (d reviewData) approvals(head string) []string {
	var all []string
	for _, n := range d.Opinions.Nodes {
		if n.State == "APPROVED" && n.Commit != nil && n.Commit.Oid == head {
			all = append(all, n.Author.login())
		}
	}
	return all
}

// people are those who are asked for a review, and those who are assigned.
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

// mergeState reads MergeStateStatus. HAS_HOOKS is clean on a server with
// pre-receive hooks.
func mergeState(status string) pull.MergeState {
	if status == "HAS_HOOKS" {
		return pull.MergeClean
	}
	return pull.MergeState(strings.ToLower(status))
}
