package backport

import (
	"slices"
	"strings"

	"github.com/concorde-bot/concorde/internal/pull"
)

// withCommands returns the request with permitted commands in its history, as if their
// authors had changed the labels by hand, and returns all who gave commands. What the
// bot did to carry out a command is left out, since someone requested it. So a command
// counts as its author setting the label, both for a release manager's approval and for
// a retry, even if the label was already on.
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

// heeded reports whether a comment said so when it was answered, as far as that can be
// known: the label is as it says, the bot changed it since, or the status comment has
// the branch. What its author added later doesn't count.
func (c *Config) heeded(r *pull.Request, m memory, e pull.Event) bool {
	version, _ := c.asked(e.Subject)
	_, shown := m.Rows[version]
	return shown || r.HasLabel(e.Subject) == (e.Kind == pull.Labeled) || slices.ContainsFunc(r.Events, func(done pull.Event) bool {
		return done.Own && done.Kind == e.Kind && strings.EqualFold(done.Subject, e.Subject) && !done.At.Before(e.At)
	})
}

// commanded reports whether the last change of a label was a command that requests it.
// If the label is off anyway, it will be set now, or the bot hasn't set it.
func (o *original) commanded(label string) bool {
	for _, e := range slices.Backward(o.r.Events) {
		if (e.Kind == pull.Labeled || e.Kind == pull.Unlabeled) && strings.EqualFold(e.Subject, label) {
			return e.Kind == pull.Labeled && e.Command
		}
	}
	return false
}
