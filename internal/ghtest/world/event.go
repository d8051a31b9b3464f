package world

import (
	"github.com/concorde-bot/concorde/internal/ghtest/gitstore"
)

// Event is something that happened, as webhooks report it.
type Event struct {
	Name   string // of the webhook event: pull_request, issue_comment, push, …
	Action string // opened, labeled, …; a push and a status have none
	Repo   *Repo  // nil for what happens to an organization or an installation
	By     *User

	Issue   *Issue // or pull request
	Comment *Comment
	Review  *Review
	Label   *Label            // that was put on or taken off
	User    *User             // who was assigned, asked to review, or joined or left the team
	Other   *Issue            // of a transferred issue: as it was before, or is now
	Reason  string            // why it was dequeued, why auto-merge was disabled, why a merge group was destroyed
	Was     map[string]string // what an edit replaced, by name: title, body, base and its sha, name

	Ref, Before, After string // of a push; the commits of a new head too
	Status             *Status
	Commit             *gitstore.Commit // of the status
	Suite              *Suite
	Group              *Queued
	Team               *Team
	Installation       *Installation
}

// emit tells the listener, and keeps what an issue is like after the change.
func (w *World) emit(n Event) {
	if n.Issue != nil {
		w.keep(n.Issue)
	}
	w.Listen(n)
}
