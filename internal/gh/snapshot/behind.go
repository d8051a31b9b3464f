package snapshot

import "github.com/concorde-bot/concorde/internal/gh"

// glimpsed remembers what was just loaded.
func (l *loading) glimpsed() {
	l.from.latest.Add(l.Key, glimpse{l.out.UpdatedAt, l.out.State, l.asked})
}

// compare checks whether GitHub shows another pull request in an older state than its own
// load saw lately. GitHub's copies lag behind each other, and a run enqueued by that load
// would find nothing to do. Two changes within a second have the same time.
func (l *loading) compare(others ...summaryData) {
	for _, o := range others {
		key := l.Key
		key.Number = o.Number
		known, found := l.from.latest.Get(key)
		if !found || key == l.Key || l.asked.Sub(known.at).Abs() > gh.Lag || o.UpdatedAt.IsZero() { // zero: a hole
			continue
		}
		if o.UpdatedAt.Before(known.updated) || o.UpdatedAt.Equal(known.updated) && o.state() != known.state {
			l.out.Behind = true
		}
	}
}
