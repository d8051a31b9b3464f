package backport

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// merged is a change, and the people involved in it.
type merged struct {
	by, author  string // logins
	association string
	events      []pull.Event
	reviews     map[string]pull.Review
}

func (o *original) merged() merged {
	return merged{o.r.Merge.By, o.r.Author, o.r.Association, o.r.Events, o.r.Reviews}
}

// person reports whether a login belongs to someone who can be asked to act.
func person(login string) bool {
	return login != "" && login != "ghost" && !strings.HasSuffix(login, "[bot]")
}

// merger is who decided to merge it, or "" if that wasn't a person: a merge queue merges
// for whoever queued it.
func (m merged) merger() string {
	if person(m.by) {
		return m.by
	}
	return m.last(func(e pull.Event) bool { return e.Kind == pull.Queued })
}

// last is the person who last did something.
func (m merged) last(is func(pull.Event) bool) string {
	for _, e := range slices.Backward(m.events) {
		if is(e) && !e.Own && person(e.By) {
			return e.By
		}
	}
	return ""
}

// approver is a person who approved it, the first by name.
func (m merged) approver() string {
	for _, login := range slices.Sorted(maps.Keys(m.reviews)) {
		if m.reviews[login] == pull.Approved && person(login) {
			return login
		}
	}
	return ""
}

// responsible returns who is asked to act on a backport: whoever merged the change,
// requested the backport, approved or wrote the change, or the release manager; always a
// person. assignable: GitHub allows assigning them, as it does with write or triage
// access. Other authors are mentioned.
func (c *Config) responsible(m merged, version string, now time.Time) (login string, assignable bool) {
	labeled := func(is func(branch string, asks bool) bool) string {
		return m.last(func(e pull.Event) bool { return e.Kind == pull.Labeled && is(c.asked(e.Subject)) })
	}
	for _, login := range []string{
		m.merger(),
		labeled(func(branch string, asks bool) bool { return asks && branch == version }),
		labeled(func(_ string, asks bool) bool { return asks }),
		m.approver(),
	} {
		if login != "" {
			return login, true
		}
	}
	if person(m.author) {
		return m.author, member(m.association)
	}
	b, _ := c.Life(version, now)
	if managers := c.managers(b); len(managers) > 0 {
		return managers[0], true
	}
	return "", false
}

// member reports, by an author_association, whether someone belongs to the organization
// or repository. It's wrong for private members: never authorize by it.
func member(association string) bool {
	return slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, association)
}
