package command

import (
	"slices"

	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/lifecycle"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Asked are the backports that commands request or take back, as if each label had been
// set or removed by hand when the comment was written. May decides who is allowed to,
// once roles are known.
func (c Config) Asked(r *pull.Request) []pull.Event {
	if c.Settings.Mode != config.On || r.Issue {
		return nil
	}
	var all []pull.Event
	comments, _ := c.heard(r)
	for _, o := range comments {
		for _, k := range c.heeded(r, o) {
			all = append(all, c.allowed(r, o, k)...)
			e := pull.Event{Kind: pull.Labeled, By: o.By, At: o.At, Command: true, Edited: o.Answered && o.Editor != ""}
			version, labelled := c.version(k.name)
			switch {
			case k.verb == verbBackport:
				version = k.name
			case k.verb != verbLabel || !labelled || k.sign == "":
				continue
			case k.sign == "-":
				e.Kind = pull.Unlabeled
			}
			e.Subject = c.Backport.Label + " " + version
			if lifecycle.ValidVersion(version) {
				all = append(all, e)
			}
		}
	}
	return c.bounded(r, all)
}

// maxAsked bounds the versions that strangers can make the bot check.
const maxAsked = 20

// bounded leaves out older versions that nobody requests who is certainly allowed to,
// before roles are known.
func (c Config) bounded(r *pull.Request, all []pull.Event) []pull.Event {
	bare := *r
	bare.People = nil
	versions := map[string]bool{}
	var kept []pull.Event
	for _, e := range slices.Backward(all) {
		if !c.May(&bare, e.By) {
			if len(versions) == maxAsked && !versions[e.Subject] {
				continue
			}
			versions[e.Subject] = true
		}
		kept = append(kept, e)
	}
	slices.Reverse(kept)
	return kept
}

// May reports whether someone is allowed to request backports. It reads the Team, and
// Looks.People.
func (c Config) May(r *pull.Request, login string) bool {
	return c.ranks(r, login, verbBackport)
}
