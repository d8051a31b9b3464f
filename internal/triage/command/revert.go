package command

import (
	"github.com/concorde-bot/concorde/config"
	"github.com/concorde-bot/concorde/internal/pull"
)

// Reverts are the comments that ask for a revert, oldest first, with the reason as their
// Body: by those who may, or all while roles aren't known.
func (c Config) Reverts(r *pull.Request, all bool) (asked []pull.Comment) {
	if c.Settings.Mode != config.On || r.Issue {
		return nil
	}
	comments, _ := c.heard(r)
	for _, o := range comments {
		for _, k := range c.heeded(r, o) {
			if k.verb == verbRevert && (all || c.stands(r, o, verbRevert)) {
				ask := o.Comment
				ask.Body = reason(k.name)
				asked = append(asked, ask)
			}
		}
	}
	return asked
}

// revert checks a command to revert: the rule on reverts carries it out.
func (t *execution) revert(k command) {
	switch {
	case !t.Revert:
		t.fault(k, faultNoReverts)
	case t.r.State != pull.Merged:
		t.fault(k, faultUnlanded)
	}
}
