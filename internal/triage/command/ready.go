package command

import (
	"slices"

	"github.com/concorde-bot/concorde/internal/pull"
)

// turnsOf is the key of a snapshot's turns.
type turnsOf struct{}

// SaysReady reports whether a comment has the command by which an author says that
// the changes are made. One that came into a hold was turned down. It reads what Holders
// names.
func (c Config) SaysReady(r *pull.Request, comment pull.Comment) bool {
	if r.Me == "" || !commander(comment) {
		return false
	}
	o := commandComment{Comment: comment, said: saidIn(r, comment)}
	says := func(k command) bool { return k.verb == verbReady }
	if !slices.ContainsFunc(o.commands, says) {
		return false
	}
	o.held = heldAt(pull.Once(r, turnsOf{}, func() []turn { return c.turns(r, commandComments(r)) }), comment.At)
	return slices.ContainsFunc(c.heeded(r, o), says)
}

// Holders are those whose roles tell whether the bot is on hold.
func (c Config) Holders(r *pull.Request) (looks pull.Looks) {
	for _, o := range commandComments(r) {
		if o.Unread || slices.ContainsFunc(o.commands, func(k command) bool { return k.verb == verbHold || k.verb == verbResume }) {
			looks.People = append(looks.People, o.By)
		}
	}
	return looks
}
