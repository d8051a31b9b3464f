package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Review is a submitted review.
type Review struct {
	ID          int64
	Author      *User
	State, Body string // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED
	SHA         string // the head that was reviewed
	Submitted   time.Time
}

func (r *Repo) dismiss(i *Issue, v *Review, by *User, message string) {
	r.happened(i, TimelineEvent{Kind: "ReviewDismissed", Actor: by, Review: v, From: v.State, To: message})
	v.State, i.Updated = "DISMISSED", r.World.Now()
	r.World.emit(Event{Name: "pull_request_review", Action: "dismissed", Repo: r, By: by, Issue: i, Review: v})
}

func (v *Review) opinionated() bool { return v.State == "APPROVED" || v.State == "CHANGES_REQUESTED" }

// Opinions are each reviewer's latest review that is more than a comment, oldest first.
func (r *Repo) Opinions(p *Pull, writersOnly bool) []*Review {
	var out []*Review
	for _, v := range p.Reviews {
		if v.State == "COMMENTED" || (writersOnly && !r.CanWrite(v.Author)) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(x *Review) bool { return x.Author == v.Author }), v)
	}
	return out
}

// RequestReviews reports whether there was anybody new to ask; all are asked or none.
func (r *Repo) RequestReviews(i *Issue, by *User, logins []string) (bool, error) {
	var asked []*User
	for _, login := range logins {
		u := r.World.User(login)
		switch {
		case u == nil || r.Roles[u] == "":
			return false, Unprocessable("Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " + r.FullName() + " repository.")
		case u == i.Author:
			return false, Unprocessable("Review cannot be requested from pull request author.")
		case !slices.Contains(i.Pull.Reviewers, u):
			asked = append(asked, u)
		}
	}
	for _, u := range asked {
		i.Pull.Reviewers = append(i.Pull.Reviewers, u)
		r.happened(i, TimelineEvent{Kind: "ReviewRequested", Actor: by, User: u})
		r.changed(i, Event{Action: "review_requested", By: by, User: u})
	}
	return len(asked) > 0, nil
}

// WithdrawReviews takes requests for reviews back.
func (r *Repo) WithdrawReviews(i *Issue, by *User, logins []string) bool {
	found := false
	for _, login := range logins {
		at := slices.IndexFunc(i.Pull.Reviewers, func(u *User) bool { return strings.EqualFold(u.Login, login) })
		if at < 0 {
			continue
		}
		u := i.Pull.Reviewers[at]
		i.Pull.Reviewers, found = slices.Delete(i.Pull.Reviewers, at, at+1), true
		r.happened(i, TimelineEvent{Kind: "ReviewRequestRemoved", Actor: by, User: u})
		r.changed(i, Event{Action: "review_request_removed", By: by, User: u})
	}
	return found
}

// Assign leaves out those who cannot be assigned, as GitHub does without a word.
func (r *Repo) Assign(i *Issue, by *User, logins []string) bool {
	const most = 10
	found := false
	for _, login := range logins {
		u := r.World.User(login)
		if u == nil || slices.Contains(i.Assignees, u) || !r.Assignable(i, u) || len(i.Assignees) == most {
			continue
		}
		i.Assignees, found = append(i.Assignees, u), true
		r.happened(i, TimelineEvent{Kind: "Assigned", Actor: by, User: u})
		r.changed(i, Event{Action: "assigned", By: by, User: u})
	}
	return found
}

func (r *Repo) Unassign(i *Issue, by *User, logins []string) bool {
	found := false
	for _, login := range logins {
		at := slices.IndexFunc(i.Assignees, func(u *User) bool { return strings.EqualFold(u.Login, login) })
		if at < 0 {
			continue
		}
		u := i.Assignees[at]
		i.Assignees, found = slices.Delete(i.Assignees, at, at+1), true
		r.happened(i, TimelineEvent{Kind: "Unassigned", Actor: by, User: u})
		r.changed(i, Event{Action: "unassigned", By: by, User: u})
	}
	return found
}

// Assignable are collaborators, the author, and who commented.
func (r *Repo) Assignable(i *Issue, u *User) bool {
	return r.Roles[u] != "" || u == i.Author || slices.ContainsFunc(i.Comments, func(c *Comment) bool { return c.Author == u })
}

// Review submits a review of the head: APPROVED, CHANGES_REQUESTED or COMMENTED, and returns its id.
func (r *Repo) Review(i *Issue, by *User, state, body string) (int64, error) {
	switch {
	case !slices.Contains([]string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED"}, state):
		return 0, fmt.Errorf("there is no review %q", state)
	case body == "" && state != "APPROVED":
		return 0, errors.New("it needs a body")
	case by == i.Author && state == "APPROVED":
		return 0, Unprocessable("Can not approve your own pull request")
	case by == i.Author && state != "COMMENTED":
		return 0, Unprocessable("Can not request changes on your own pull request")
	}
	v := &Review{ID: r.World.nextID(), Author: by, State: state, Body: body, SHA: i.Pull.HeadSHA, Submitted: r.World.Now()}
	i.Pull.Reviews = append(i.Pull.Reviews, v)
	i.Pull.Reviewers = slices.DeleteFunc(i.Pull.Reviewers, func(u *User) bool { return u == by })
	i.Updated = v.Submitted
	r.World.emit(Event{Name: "pull_request_review", Action: "submitted", Repo: r, By: by, Issue: i, Review: v})
	return v.ID, r.Settle()
}

// DismissReview dismisses an approval or a request for changes.
func (r *Repo) DismissReview(i *Issue, by *User, id int64, message string) error {
	at := slices.IndexFunc(i.Pull.Reviews, func(v *Review) bool { return v.ID == id })
	if at < 0 || !i.Pull.Reviews[at].opinionated() {
		return fmt.Errorf("review %d is none that can be dismissed", id)
	}
	r.dismiss(i, i.Pull.Reviews[at], by, message)
	return r.Settle()
}
