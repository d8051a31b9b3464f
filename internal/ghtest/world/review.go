package world

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

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
