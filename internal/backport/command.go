package backport

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// withCommands gives the request with the commands of those who may in its
// history, in the place where they set or take off a label by hand, and all who
// gave commands. What the bot did to carry a command out is left out: somebody
// did it. So a command is a label set by its author, for a release manager's
// word as well as for a new try, though the label may be on already.
func (c *Config) withCommands(r *pull.Request, may func(login string) bool) (with *pull.Request, people []string) {
	if c.Asked == nil {
		return r, nil
	}
	var all []pull.Event
	m := remembered(r)
	for _, e := range c.Asked(r) {
		people = append(people, e.By)
		if may(e.By) && (!e.Edited || c.heeded(r, m, e)) {
			all = append(all, e)
		}
	}
	if len(all) == 0 {
		return r, people
	}
	all = append(all, r.Events...)
	slices.SortStableFunc(all, func(a, b pull.Event) int { return a.At.Compare(b.At) })
	last := map[string]pull.Event{} // by label
	next := *r
	next.Events = nil
	for _, e := range all {
		label := strings.ToLower(e.Subject)
		if before := last[label]; e.Own && before.Command && before.Kind == e.Kind {
			continue
		}
		if e.Kind == pull.Labeled || e.Kind == pull.Unlabeled {
			last[label] = e
		}
		next.Events = append(next.Events, e)
	}
	return &next, people
}

// heeded tells whether a comment said so when it was answered, as far as that
// shows: the label is as it says, the bot made it so since, or the board has the
// branch. What else its author wrote into it later does not run.
func (c *Config) heeded(r *pull.Request, m memory, e pull.Event) bool {
	version, _ := c.asked(e.Subject)
	_, shown := m.Rows[version]
	return shown || r.HasLabel(e.Subject) == (e.Kind == pull.Labeled) || slices.ContainsFunc(r.Events, func(done pull.Event) bool {
		return done.Own && done.Kind == e.Kind && strings.EqualFold(done.Subject, e.Subject) && !done.At.Before(e.At)
	})
}

// commanded tells whether the last that was done about a label is a command that
// asks for it. Where the label is off all the same, it is to be set now, or the
// bot did not set it.
func (o *original) commanded(label string) bool {
	for _, e := range slices.Backward(o.r.Events) {
		if (e.Kind == pull.Labeled || e.Kind == pull.Unlabeled) && strings.EqualFold(e.Subject, label) {
			return e.Kind == pull.Labeled && e.Command
		}
	}
	return false
}
