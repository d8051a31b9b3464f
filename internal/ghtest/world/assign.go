package world

import (
	"slices"
	"strings"
)

// Assign leaves out those who cannot be assigned, as GitHub silently does.
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

// Unassign reports whether any of the logins was assigned.
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
