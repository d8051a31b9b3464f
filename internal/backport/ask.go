package backport

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/concorde-bot/concorde/internal/pull"
)

// merged is a change, and who had to do with it.
type merged struct {
	by, author  string // logins
	association string
	events      []pull.Event
	reviews     map[string]pull.Review
}

func (o *original) merged() merged {
	return merged{o.r.Merge.By, o.r.Author, o.r.Association, o.r.Events, o.r.Reviews}
}

// person tells whether a login is somebody who can be asked to act.
func person(login string) bool {
	return login != "" && login != "ghost" && !strings.HasSuffix(login, "[bot]")
}

// merger is who decided that it's merged, "" if that was no person: a merge queue
// merges for whoever queued it.
func (m merged) merger() string {
	if person(m.by) {
		return m.by
	}
	return m.last(func(e pull.Event) bool { return e.Kind == pull.Queued })
}

// last is the person who did something last.
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

// responsible is who is asked to act on the backport to a branch: who merged the
// change, requested the backport, approved, or wrote it, or the release manager; a
// person in any case. assignable: GitHub lets that person be assigned, as those who
// may write or triage. An author from outside is mentioned.
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
	b, _ := c.life(version, now)
	if managers := c.managers(b); len(managers) > 0 {
		return managers[0], true
	}
	return "", false
}

// member tells by an author_association whether somebody belongs to the organisation or
// repository. It's wrong for private members: never authorise by it.
func member(association string) bool {
	return slices.Contains([]string{"OWNER", "MEMBER", "COLLABORATOR"}, association)
}
