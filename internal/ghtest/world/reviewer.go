package world

import (
	"strings"
)

// Association is that of people who review.
func (r *Repo) Association(u *User) string {
	if r.CanWrite(u) {
		return "MEMBER"
	}
	return "CONTRIBUTOR"
}

func (a Actor) RequestReviews(r *Repo, i *Issue, logins []string) error {
	if i.State != "open" {
		return &Refusal{Status: 422, Message: "Cannot request a review of a closed pull request."}
	}
	asked, err := r.RequestReviews(i, a.Writer(), logins)
	if asked && a.ByApp() {
		r.Record(Write{Kind: "request-review", Number: i.Number, Key: strings.Join(logins, ",")})
	}
	return err
}
