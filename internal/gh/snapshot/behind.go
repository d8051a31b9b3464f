package snapshot

import (
	"github.com/concorde-bot/concorde/internal/gh"
	"github.com/concorde-bot/concorde/internal/pull"
)

// glimpsed remembers what was just loaded, unless an earlier load saw a later state:
// GitHub's copies lag behind each other, and successive answers come from any of them.
func (l *loading) glimpsed() {
	known, found := l.lately(l.Key)
	if found && l.out.UpdatedAt.Before(known.updated) {
		l.behind(known)
		return
	}
	l.from.latest.Add(l.Key, glimpse{l.out.UpdatedAt, l.out.State, l.asked})
}

// compare checks whether GitHub shows another pull request in an older state than its own
// load saw lately: a run enqueued by that load would find nothing to do. Two changes
// within a second have the same time.
func (l *loading) compare(others ...summaryData) {
	for _, o := range others {
		key := l.Key
		key.Number = o.Number
		known, found := l.lately(key)
		if !found || key == l.Key || o.UpdatedAt.IsZero() { // zero: a hole
			continue
		}
		if o.UpdatedAt.Before(known.updated) || o.UpdatedAt.Equal(known.updated) && o.state() != known.state {
			l.behind(known)
		}
	}
}

// lately returns the latest state that GitHub's copies may not have yet.
func (l *loading) lately(key pull.Key) (glimpse, bool) {
	known, found := l.from.latest.Get(key)
	return known, found && l.asked.Sub(known.at).Abs() <= gh.Lag
}

func (l *loading) behind(known glimpse) {
	if known.at.After(l.out.Behind) {
		l.out.Behind = known.at
	}
}
