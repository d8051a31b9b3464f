package world

import (
	"time"
)

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

func (r *Repo) happened(i *Issue, e TimelineEvent) {
	e.ID, e.At = r.World.nextID(), r.World.Now()
	i.Events = append(i.Events, e)
}
