package command

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Freezes are the commands in a tracking issue's comments that freeze or thaw its version
// and that count, oldest first: each is an event Frozen or Thawed of the version.
func (c Config) Freezes(r *pull.Request, comments []pull.Comment) []pull.Event {
	if c.Settings.Mode != config.On {
		return nil
	}
	of := *r
	of.Comments = comments
	kinds := map[string]pull.EventKind{verbFreeze: pull.Frozen, verbThaw: pull.Thawed}
	var all []pull.Event
	for _, o := range commandComments(&of) {
		for _, k := range o.commands {
			if kind := kinds[k.verb]; kind != "" && c.decides(r, o, k.name) {
				all = append(all, pull.Event{Kind: kind, Subject: k.name, By: o.By, At: o.At, Command: true})
			}
		}
	}
	return all
}

// decides reports whether a comment's commands on a version count: its author is a release
// manager of it, or was when the bot carried it out.
func (c Config) decides(r *pull.Request, o commandComment, version string) bool {
	return c.manages(r, version, o.By) || o.Done && o.Editor == ""
}

// manages reports whether someone is a release manager of a version.
func (c Config) manages(r *pull.Request, version, login string) bool {
	return c.Managers != nil && slices.ContainsFunc(c.Managers(version, r.Now), func(m string) bool { return strings.EqualFold(m, login) })
}

// freeze checks a command that freezes or thaws a version. What follows from it is decided
// elsewhere, from the comment.
func (t *execution) freeze(k command) {
	switch issue := t.Release.Issue(k.name); {
	case !lifecycle.ValidVersion(k.name):
		t.fault(k, noFreezeVersion(t.r.Me, k.verb))
	case issue == 0:
		t.fault(k, noTracking(k.name))
	case issue != t.r.Key.Number:
		t.fault(k, otherTracking(k.name, issue))
	case !t.decides(t.r, t.commandComment, k.name):
		t.fault(k, t.whoManages(k.name))
	}
}
