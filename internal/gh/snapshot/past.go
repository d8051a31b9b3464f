package snapshot

import (
	"maps"
	"slices"
	"time"

	"github.com/concorde-bot/concorde/internal/gh"
)

// Histories only grow at their end, and those with more than a page are read
// once. The next load requests what comes after, and the total: if something appeared
// or disappeared in the middle, everything is read again. Commits aren't such a list,
// since their dates order them.

// continues lets the query start where the past ends.
func (p *past) continues(q *gh.Query) {
	if p == nil {
		return
	}
	for name, s := range p.read {
		q.Variables[name] = s.cursor
	}
	if p.comments != nil {
		connection{name: "touched", selection: touchedFields, issues: touchedFields}.addTo(q)
	}
}

// touchedFields are the comments that were edited last.
const touchedFields = `touched:comments(first:100,orderBy:{field:UPDATED_AT,direction:DESC}){nodes{fullDatabaseId updatedAt}}`

// edited reports whether past comments may have been edited since.
func (p *past) edited(touched []commentData) bool {
	if p == nil || p.comments == nil {
		return false
	}
	known := map[string]time.Time{}
	for _, c := range p.comments {
		known[c.FullDatabaseID.String()] = c.UpdatedAt
	}
	all := len(touched) < perPage // all comments edited since
	for _, c := range touched {
		all = all || !c.UpdatedAt.After(p.touched) || !c.UpdatedAt.After(p.seen)
		if at, is := known[c.FullDatabaseID.String()]; is && !at.Equal(c.UpdatedAt) {
			return true
		}
	}
	return !all
}

// perPage is the largest page ("Rate limits and query limits", GraphQL API).
const perPage = 100

// recall starts a load where the past ends.
func (l *loading) recall(known *past) {
	l.history = reading{past: past{needs: l.Needs, began: l.out.Now, read: map[string]stretch{}}, now: l.out.Now, totals: map[string]int{}}
	if known == nil {
		return
	}
	h := &l.history
	h.began, h.read, h.deleted = known.began, maps.Clone(known.read), known.deleted
	h.touched, h.settled = known.touched, known.read["comments"]
}

// recount adds what is known.
func (l *loading) recount(known *past) {
	l.history.recounted = true
	if known == nil {
		return
	}
	l.out.Events, l.out.Opinions, l.out.NotesDeleted = slices.Clone(known.events), slices.Clone(known.opinions), known.deleted
	l.said(known.comments)
	l.history.older = len(known.comments)
}

// keepsHistory keeps lists with more than a page for the next load.
func (l *loading) keepsHistory() {
	p := l.history.past
	p.seen = l.history.now.Add(-gh.Lag)
	p.read["comments"], p.comments = l.history.settled, slices.Clone(l.history.all[:l.history.older])
	maps.DeleteFunc(p.read, func(_ string, s stretch) bool { return s.count <= l.Page() || s.cursor == "" })
	p.events, p.opinions, p.deleted = slices.Clip(l.out.Events), slices.Clip(l.out.Opinions), l.out.NotesDeleted
	for name, drop := range map[string]func(){
		"events": func() { p.events = nil }, "reviews": func() { p.opinions = nil },
		"deletions": func() { p.deleted = 0 }, "comments": func() { p.comments = nil },
	} {
		if _, long := p.read[name]; !long {
			drop()
		}
	}
	l.from.pasts.keep(l.Key, &p)
}
