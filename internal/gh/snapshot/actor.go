package snapshot

import "strings"

type actorData struct {
	Typename string `json:"__typename"`
	Login    string
	ID       string // of a User, where it was asked for
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

// person tells accounts of people from those of Apps. Deleted ones were people's.
func (a *actorData) person() bool { return a == nil || a.Typename != "Bot" }

// is reports whether it is the App of that slug.
func (a *actorData) is(slug string) bool { return a.login() == slug+"[bot]" }

// person is an actor, with the id of one who may be asked for a review or assigned.
const person = `{__typename login ...on User{id}}`
