package ghtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// review is a submitted review.
type review struct {
	id          int64
	author      *user
	state, body string // APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED
	sha         string // the head that was reviewed
	submitted   time.Time
}

// Review submits a review of the head: APPROVED, CHANGES_REQUESTED or COMMENTED, and returns its id.
func (r *Repo) Review(number int, by, state, body string) (int64, error) {
	var id int64
	err := r.actPull(number, "reviewing", func(i *issue) error {
		who := r.srv.account(by)
		switch {
		case !slices.Contains([]string{"APPROVED", "CHANGES_REQUESTED", "COMMENTED"}, state):
			return fmt.Errorf("there is no review %q", state)
		case body == "" && state != "APPROVED":
			return errors.New("it needs a body")
		case who == i.author && state == "APPROVED":
			return unprocessable("Can not approve your own pull request")
		case who == i.author && state != "COMMENTED":
			return unprocessable("Can not request changes on your own pull request")
		}
		v := &review{id: r.srv.nextID(), author: who, state: state, body: body, sha: i.pull.headSHA, submitted: r.srv.now()}
		i.pull.reviews = append(i.pull.reviews, v)
		i.pull.reviewers = slices.DeleteFunc(i.pull.reviewers, func(u *user) bool { return u == who })
		i.updated, id = v.submitted, v.id
		r.srv.hooks.review(r, "submitted", i, v, who)
		return r.settle()
	})
	return id, err
}

// DismissReview dismisses an approval or a request for changes.
func (r *Repo) DismissReview(number int, by string, id int64, message string) error {
	return r.actPull(number, "dismissing a review of", func(i *issue) error {
		at := slices.IndexFunc(i.pull.reviews, func(v *review) bool { return v.id == id })
		if at < 0 || !i.pull.reviews[at].opinionated() {
			return fmt.Errorf("review %d is none that can be dismissed", id)
		}
		r.dismiss(i, i.pull.reviews[at], r.srv.account(by), message)
		return r.settle()
	})
}

func (r *Repo) dismiss(i *issue, v *review, by *user, message string) {
	r.happened(i, event{kind: "ReviewDismissed", actor: by, review: v, from: v.state, to: message})
	v.state, i.updated = "DISMISSED", r.srv.now()
	r.srv.hooks.review(r, "dismissed", i, v, by)
}

func (v *review) opinionated() bool { return v.state == "APPROVED" || v.state == "CHANGES_REQUESTED" }

// opinions are each reviewer's latest review that is more than a comment, oldest first.
func (r *Repo) opinions(p *pull, writersOnly bool) []*review {
	var out []*review
	for _, v := range p.reviews {
		if v.state == "COMMENTED" || (writersOnly && !r.canWrite(v.author)) {
			continue
		}
		out = append(slices.DeleteFunc(out, func(x *review) bool { return x.author == v.author }), v)
	}
	return out
}

// RequestReview asks collaborators to review, by a person.
func (r *Repo) RequestReview(number int, by string, logins ...string) error {
	return r.actPull(number, "requesting a review of", func(i *issue) error {
		_, err := r.requestReviews(i, r.srv.account(by), logins)
		return err
	})
}

// requestReviews reports whether there was anybody new to ask; all are asked or none.
func (r *Repo) requestReviews(i *issue, by *user, logins []string) (bool, error) {
	var asked []*user
	for _, login := range logins {
		u := r.srv.users[strings.ToLower(login)]
		switch {
		case u == nil || r.roles[u] == "":
			return false, unprocessable("Reviews may only be requested from collaborators. One or more of the users or teams you specified is not a collaborator of the " + r.fullName() + " repository.")
		case u == i.author:
			return false, unprocessable("Review cannot be requested from pull request author.")
		case !slices.Contains(i.pull.reviewers, u):
			asked = append(asked, u)
		}
	}
	for _, u := range asked {
		i.pull.reviewers = append(i.pull.reviewers, u)
		r.happened(i, event{kind: "ReviewRequested", actor: by, user: u})
		r.changed(i, "review_requested", by, obj{"requested_reviewer": r.srv.userJSON(u)})
	}
	return len(asked) > 0, nil
}

// withdrawReviews takes requests for reviews back.
func (r *Repo) withdrawReviews(i *issue, by *user, logins []string) bool {
	found := false
	for _, login := range logins {
		at := slices.IndexFunc(i.pull.reviewers, func(u *user) bool { return strings.EqualFold(u.login, login) })
		if at < 0 {
			continue
		}
		u := i.pull.reviewers[at]
		i.pull.reviewers, found = slices.Delete(i.pull.reviewers, at, at+1), true
		r.happened(i, event{kind: "ReviewRequestRemoved", actor: by, user: u})
		r.changed(i, "review_request_removed", by, obj{"requested_reviewer": r.srv.userJSON(u)})
	}
	return found
}

// Assign assigns an issue or pull request to people, by a person.
func (r *Repo) Assign(number int, by string, logins ...string) error {
	return r.act(number, "assigning", func(i *issue) error {
		for _, login := range logins {
			if !r.assignable(i, r.srv.account(login)) {
				return fmt.Errorf("%s cannot be assigned", login)
			}
		}
		r.assign(i, r.srv.account(by), logins)
		return nil
	})
}

// assign leaves out those who cannot be assigned, as GitHub does without a word.
func (r *Repo) assign(i *issue, by *user, logins []string) bool {
	const most = 10
	found := false
	for _, login := range logins {
		u := r.srv.users[strings.ToLower(login)]
		if u == nil || slices.Contains(i.assignees, u) || !r.assignable(i, u) || len(i.assignees) == most {
			continue
		}
		i.assignees, found = append(i.assignees, u), true
		r.happened(i, event{kind: "Assigned", actor: by, user: u})
		r.changed(i, "assigned", by, obj{"assignee": r.srv.userJSON(u)})
	}
	return found
}

func (r *Repo) unassign(i *issue, by *user, logins []string) bool {
	found := false
	for _, login := range logins {
		at := slices.IndexFunc(i.assignees, func(u *user) bool { return strings.EqualFold(u.login, login) })
		if at < 0 {
			continue
		}
		u := i.assignees[at]
		i.assignees, found = slices.Delete(i.assignees, at, at+1), true
		r.happened(i, event{kind: "Unassigned", actor: by, user: u})
		r.changed(i, "unassigned", by, obj{"assignee": r.srv.userJSON(u)})
	}
	return found
}

// assignable are collaborators, the author, and who commented.
func (r *Repo) assignable(i *issue, u *user) bool {
	return r.roles[u] != "" || u == i.author || slices.ContainsFunc(i.comments, func(c *comment) bool { return c.author == u })
}
