package world

import (
	"slices"
)

// Roles of collaborators, weakest first.
var Roles = []string{"read", "triage", "write", "maintain", "admin"}

// CanWrite reports whether a user's approval counts; the App's does.
func (r *Repo) CanWrite(u *User) bool {
	return u == r.World.App.Bot || u == r.Owner || slices.Index(Roles, r.Roles[u]) >= slices.Index(Roles, "write")
}

// Permission is the role in the words of the API that knew no finer ones: admin, write, read, none.
func (r *Repo) Permission(u *User) string {
	switch role := r.Roles[u]; {
	case u == r.Owner || role == "admin":
		return "admin"
	case r.CanWrite(u):
		return "write"
	case role != "" || !r.Private:
		return "read"
	}
	return "none"
}

// Association is that of people who review.
func (r *Repo) Association(u *User) string {
	if r.CanWrite(u) {
		return "MEMBER"
	}
	return "CONTRIBUTOR"
}
