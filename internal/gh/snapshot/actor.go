package snapshot

import "strings"

type actorData struct {
	Typename string `json:"__typename"`
	Login    string
	ID       string // of a User, where it was asked for
}

// login returns the name as the rest of GitHub has it: GraphQL omits a bot's "[bot]", and
// deleted users appear as ghost.
func (a *actorData) login() string {
	switch {
	case a == nil:
		return "ghost"
	case a.Typename == "Bot" && !strings.HasSuffix(a.Login, "[bot]"):
		return a.Login + "[bot]"
	}
	return a.Login
}

// person reports whether the account belongs to a person, not an App. Deleted accounts do.
func (a *actorData) person() bool { return a == nil || a.Typename != "Bot" }

// is reports whether it's the App with that slug.
func (a *actorData) is(slug string) bool { return a.login() == slug+"[bot]" }

// person selects an actor, with the ID of users, who may be assigned or requested to
// review.
const person = `{__typename login ...on User{id}}`
