package world

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var teamSlug = regexp.MustCompile(`^[a-z0-9_-]+$`)

// SetTeam makes a team of an organization, or gives it other members.
func (w *World) SetTeam(org, slug string, logins []string) error {
	if !teamSlug.MatchString(slug) || org == "" {
		return fmt.Errorf("making team %s/%s: it cannot have that name", org, slug)
	}
	t := w.Team(org, slug)
	if t == nil {
		t = w.AddTeam(org, slug)
		w.emit(Event{Name: "team", Action: "created", By: t.Org, Team: t})
	}
	for _, u := range slices.Clone(t.Members) {
		if !slices.ContainsFunc(logins, func(login string) bool { return strings.EqualFold(login, u.Login) }) {
			w.Leave(t, u)
		}
	}
	for _, login := range logins {
		w.Join(t, w.Account(login))
	}
	return nil
}

// AddTeam makes a team without members, and emits nothing.
func (w *World) AddTeam(org, slug string) *Team {
	account := w.Account(org)
	account.Kind = "Organization"
	t := &Team{ID: w.nextID(), Org: account, Slug: slug, Created: w.Now()}
	w.teams[teamKey(org, slug)] = t
	return t
}

// DeleteTeam deletes a team.
func (w *World) DeleteTeam(t *Team) {
	delete(w.teams, teamKey(t.Org.Login, t.Slug))
	w.emit(Event{Name: "team", Action: "deleted", By: t.Org, Team: t})
}

// Join makes somebody a member; members stay members.
func (w *World) Join(t *Team, u *User) {
	if slices.Contains(t.Members, u) {
		return
	}
	t.Members, t.Invited = append(t.Members, u), without(t.Invited, u)
	w.emit(Event{Name: "membership", Action: "added", By: t.Org, Team: t, User: u})
}

// Leave reports whether there was a member to take out.
func (w *World) Leave(t *Team, u *User) bool {
	if !slices.Contains(t.Members, u) {
		return false
	}
	t.Members = without(t.Members, u)
	w.emit(Event{Name: "membership", Action: "removed", By: t.Org, Team: t, User: u})
	return true
}

func without(users []*User, u *User) []*User {
	return slices.DeleteFunc(users, func(x *User) bool { return x == u })
}
